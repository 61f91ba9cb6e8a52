"""Joining the modalities."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from mrpn.common.errors import ConfigError
from mrpn.network.norm import feature_norm
from mrpn.network.scoring import Scoring
from mrpn.network.wiring import Norm

T = TypeVar("T")


class Fusion(nn.Module):
    """`Scoring(FeatureNorm(concat(f'_1..f'_M)))`, identical in N0, N1 and N2 (paper, section 4.1).

    The slice of a missing modality is 0 behind the norm too, and takes no part in its statistics;
    the other modalities of that row do (ours).

    Args:
        features: width of every f'_m, by modality (joined in sorted order) or in a fixed order.
        classes: number of classes, or of numbers to predict.
        hidden: width between the dense units of the Scoring.
        dropout: share dropped in training, 0 <= dropout < 1.
        norm: batch or layer normalisation.
    """

    def __init__(
        self,
        features: Mapping[str, int] | Iterable[int],
        classes: int,
        hidden: int = 256,
        dropout: float = 0.5,
        norm: Norm = "batch",
    ) -> None:
        super().__init__()
        self.widths = _ordered(features)
        if not self.widths:
            raise ConfigError("a Fusion needs the features of at least one modality")
        self.norm = feature_norm(sum(self.widths), norm)
        self.scoring = Scoring(sum(self.widths), classes, hidden, dropout)

    def forward(
        self,
        features: Mapping[str, Tensor] | Iterable[Tensor],
        present: Mapping[str, Tensor] | Iterable[Tensor] | None = None,
    ) -> Tensor:
        """Score joined features.

        Args:
            features: f'_m [B, width_m], by modality or in the order of the widths.
            present: which rows have modality m, bool [B], likewise; all of them if None.

        Returns:
            Scores [B, classes]; finite also for a row that lacks every modality.
        """
        parts = _ordered(features)
        if [part.shape[1] for part in parts] != self.widths:
            shapes = ", ".join(str(list(part.shape)) for part in parts)
            raise ConfigError(f"a Fusion of widths {self.widths} was given features of {shapes}")
        mask = None
        if present is not None:
            pairs = zip(_ordered(present), self.widths, strict=True)
            mask = torch.cat([rows[:, None].expand(-1, width) for rows, width in pairs], dim=1)
        scores: Tensor = self.scoring(self.norm(torch.cat(parts, dim=1), mask))
        return scores


def _ordered(values: Mapping[str, T] | Iterable[T]) -> list[T]:
    if isinstance(values, Mapping):
        return [values[name] for name in sorted(values)]
    return list(values)
