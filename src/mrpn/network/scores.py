"""What a network returns for a batch."""

from dataclasses import dataclass, field

from torch import Tensor

from mrpn.common.errors import ConfigError


@dataclass(frozen=True)
class Scores:
    """The scores of one batch.

    Args:
        targets: fused scores s by target, [B, classes] or [B, numbers]; of a uni-modal network,
            the scores of its only branch.
        sides: side scores s_m by modality and target; empty outside training.
        present: which rows have the modality, bool [B] by modality.
        features: on request, f_m under the modality's name and f'_m under that name with a prime
            ("audio", "audio'"), [B, features]; else empty.
    """

    targets: dict[str, Tensor]
    sides: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    present: dict[str, Tensor] = field(default_factory=dict)
    features: dict[str, Tensor] = field(default_factory=dict)

    @property
    def fused(self) -> Tensor:
        """The fused scores of the only target; a ConfigError where there are several."""
        if len(self.targets) != 1:
            names = ", ".join(self.targets)
            raise ConfigError(f"several targets ({names}): choose one, scores.targets[name]")
        return next(iter(self.targets.values()))
