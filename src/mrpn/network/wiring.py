"""How the parts of a network are joined: what ablations vary, and the paper leaves at one value."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from mrpn.common.config import Settings

Norm = Literal["batch", "layer"]
Side = Literal["f", "f'"]
Update = Literal["own", "norm", "perceptron", "dense"]


class Wiring(Settings):
    """The joints of a network; the defaults are the networks of the paper, all else is ours.

    Args:
        update: from f_m to f'_m. `own`: what the kind has, `norm` in n0 and n1, `perceptron` in n2.
            `norm`: a FeatureNorm. `perceptron`: a ResidualPerceptron. `dense`: a DensePerceptron,
            which has as many parameters.
        norm: batch or layer normalisation, wherever a FeatureNorm stands.
        side: whether side scores read f_m or f'_m; a uni-modal network has no f'_m.
        fusion_gradient: share of the fused term's gradient that reaches f_m, and so the branches,
            0 (stopped) to 1 (full). Neither the perceptrons' gradient nor that of the side terms
            changes.
    """

    update: Update = "own"
    norm: Norm = "batch"
    side: Side = "f"
    fusion_gradient: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.side == "f'" and self.fusion_gradient != 1:
            raise ValueError(
                "side scores that read f' share its way back to f with the fusion: "
                "set fusion_gradient=1, or side=f"
            )
        return self

    def joints(self) -> dict[str, Any]:
        """Return these settings alone, also of a class with more."""
        return {name: getattr(self, name) for name in Wiring.model_fields}
