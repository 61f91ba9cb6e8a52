"""From scores to an answer that says how sure it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import ConfigError
from mrpn.common.likely import label_set, softmax
from mrpn.weights import COVERAGES, Calibration, evidence

UNSURE = "unsure"
Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Answering:
    """How scores become answers.

    Args:
        classes: names, in the order of the scores.
        calibration: of the weights; None takes scores as they are and gives no sets.
        coverage: how often the set of labels shall hold the true one, 0.5 to 0.99.
        sure: with a probability below this the answer is `unsure`; 0.5: what is more likely wrong
            than right.
    """

    classes: tuple[str, ...]
    calibration: Calibration | None = None
    coverage: float = 0.9
    sure: float = 0.5

    def __post_init__(self) -> None:
        low, high = COVERAGES[0] / 100, COVERAGES[-1] / 100
        if not low <= self.coverage <= high:
            raise ConfigError(f"a coverage of {self.coverage:g} is not from {low:g} to {high:g}")
        if not 0 <= self.sure <= 1:
            raise ConfigError(f"to be sure from {self.sure:g} on is no probability, 0 to 1")

    def probabilities(
        self, scores: NDArray[np.float64], modalities: Iterable[str]
    ) -> Probabilities:
        """Return the calibrated probabilities [classes] of scores that rest on these modalities."""
        doubt = self.calibration and self.calibration.doubts.get(evidence(modalities))
        return softmax(scores, doubt.temperature if doubt else 1.0)

    def labels(self, probabilities: Probabilities, modalities: Iterable[str]) -> tuple[str, ...]:
        """Return the set of labels at the coverage, the likeliest first; empty if uncalibrated."""
        doubt = self.calibration and self.calibration.doubts.get(evidence(modalities))
        if not doubt or not doubt.thresholds:
            return ()
        place = int(np.ceil(100 * self.coverage - 1e-9)) - COVERAGES[0]
        chosen = label_set(probabilities, doubt.thresholds[place])
        return tuple(self.classes[number] for number in chosen)

    def answer(self, probabilities: Probabilities) -> str:
        """Return the likeliest class, or `unsure`."""
        best = int(probabilities.argmax())
        return self.classes[best] if probabilities[best] >= self.sure else UNSURE

    def named(self, probabilities: Probabilities) -> dict[str, float]:
        """Return probabilities by class."""
        return dict(zip(self.classes, probabilities.tolist(), strict=True))


def disagreement(alone: Mapping[str, Mapping[str, float]]) -> float:
    """Return how far apart the modalities' probabilities are: total variation, 0 to 1.

    0 if there are fewer than two; of more, the farthest two.
    """
    values = [np.array(list(each.values())) for each in alone.values()]
    gaps = [0.5 * np.abs(a - b).sum() for n, a in enumerate(values) for b in values[n + 1 :]]
    return float(max(gaps, default=0.0))
