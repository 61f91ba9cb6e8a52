"""How far a network's probabilities may be trusted, found on clips that it never learned from."""

from collections.abc import Iterable
from typing import Self

from pydantic import Field, FiniteFloat, model_validator

from mrpn.common.config import Settings
from mrpn.weights.materials import Material

# For these coverages, in per cent, the header has a threshold.
COVERAGES = tuple(range(50, 100))


class Doubt(Settings):
    """Of one kind of evidence: the voice, the face, or both.

    Args:
        temperature: scores are divided by it before they become probabilities (Guo et al. 2017).
        thresholds: by coverage, 50 to 99 %: a class whose probability is at least this is in the
            set that holds the true one so often (split conformal prediction).
        clips: how many clips both were found on.
    """

    temperature: FiniteFloat = Field(gt=0)
    thresholds: tuple[FiniteFloat, ...] = ()
    clips: int = Field(ge=1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.thresholds and len(self.thresholds) != len(COVERAGES):
            raise ValueError(f"thresholds are {len(COVERAGES)}, one per coverage")
        return self


class Calibration(Settings):
    """The doubt of weights about their answers.

    Args:
        doubts: by evidence: its modalities in sorted order, joined by "+": "audio+video".
        on: the clips, none of which was learned from.
    """

    doubts: dict[str, Doubt]
    on: tuple[Material, ...] = ()


def evidence(modalities: Iterable[str]) -> str:
    """Return the name of what an answer rests on: its modalities, sorted, joined by "+"."""
    return "+".join(sorted(modalities))
