"""Networks as data: what a recipe declares and a weights file carries."""

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from mrpn.common.config import Settings
from mrpn.network.residual import Variant
from mrpn.network.targets import Target
from mrpn.network.wiring import Wiring

Kind = Literal["unimodal", "n0", "n1", "n2"]
Option = bool | int | float | str


class BranchSpec(Settings):
    """The encoder and the aggregator of one modality.

    Args:
        encoder: name of a registered encoder: resnet18, mlp, identity, ...
        in_channels: channels of an image, or width of a vector.
        width: width of the encoder (resnet18: channels of the first stage).
        stem_stride: of resnet18: 2, or 1 for inputs of 64 or less.
        encoder_options: what else the encoder takes, by name.
        aggregator: name of a registered aggregator: lstm, bilstm, transformer, mean, ...
        features: width of f_m.
        aggregator_options: what else the aggregator takes, by name.
    """

    encoder: str = "resnet18"
    in_channels: int = Field(ge=1, le=65_536)
    width: int = Field(default=64, ge=1, le=8_192)
    stem_stride: int = Field(default=2, ge=1, le=2)
    encoder_options: dict[str, Option] = Field(default_factory=dict)
    aggregator: str = "lstm"
    features: int = Field(default=256, ge=1, le=65_536)
    aggregator_options: dict[str, Option] = Field(default_factory=dict)


class NetworkSpec(Wiring):
    """A whole network, with the joints of `Wiring`.

    Args:
        branches: by modality, one or more.
        targets: by name, one or more.
        kind: "unimodal" (one branch), "n0", "n1" or "n2" (MRPN).
        variant: of the residual perceptrons.
        hidden: width inside every Scoring.
        dropout: share dropped inside every Scoring in training, 0 <= dropout < 1.
        seed: of the initial values; parts of the same name start equal under the same seed.
        frozen: whether the branches take no part in training, as in late fusion.
    """

    branches: dict[str, BranchSpec] = Field(min_length=1)
    targets: dict[str, Target] = Field(min_length=1)
    kind: Kind = "n2"
    variant: Variant = "normalized"
    hidden: int = Field(default=256, ge=1, le=65_536)
    dropout: float = Field(default=0.5, ge=0, lt=1)
    seed: int = 0
    frozen: bool = False

    @model_serializer(mode="wrap")
    def _short(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out joints at their defaults: files are as they were before there were any."""
        plain = Wiring()
        values: dict[str, Any] = handler(self)
        for name in Wiring.model_fields:
            if getattr(self, name) == getattr(plain, name):
                values.pop(name, None)
        return values
