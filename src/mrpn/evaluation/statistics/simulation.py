"""Simulated studies whose truth is known exactly, to check intervals and tests against."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_TINY = 1e-9


@dataclass(frozen=True)
class SimulatedStudy:
    """How a study of several networks on the same clips comes about (ours).

    A network names a clip right where the sum of its own skill and of normal deviates is above 0:
    of the person (shared by the networks), of person and network, of the training run (shared by
    all actors of a fold), of the clip (shared by the networks and seeds), and of nothing.

    Args:
        actors: number of actors, a multiple of `folds`.
        folds: number of folds; actors of one fold share each trained network.
        clips: clips of each actor.
        seeds: training runs of each network and fold.
        accuracy: the true expected accuracy of each network.
        person, taste, training, clip: deviations of person, person and network, run, and clip,
            in units of the last deviate.
    """

    actors: int = 24
    folds: int = 12
    clips: int = 60
    seeds: int = 1
    accuracy: tuple[float, ...] = (0.8, 0.8)
    person: float = 0.4
    taste: float = 0.2
    training: float = 0.1
    clip: float = 0.8

    def draw(self, studies: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """Return accuracies [studies, networks, folds, actors of a fold], means over seeds."""
        networks, inside = len(self.accuracy), self.actors // self.folds
        base = (studies, 1, self.folds, inside)
        own = (studies, networks, self.folds, inside)
        skill = np.array([self._skill(value) for value in self.accuracy])[:, None, None]
        level = skill + self.person * generator.standard_normal(base)
        level = level + self.taste * generator.standard_normal(own)
        clip = self.clip * generator.standard_normal((*base, self.clips))
        total = np.zeros(own)
        for _ in range(self.seeds):
            runs = generator.standard_normal((studies, networks, self.folds, 1))
            score = (level + self.training * runs)[..., None] + clip
            score = score + generator.standard_normal(score.shape)
            total += (score > 0).mean(axis=-1)
        return total / self.seeds

    def _skill(self, accuracy: float) -> float:
        parts = (self.person, self.taste, self.training, self.clip, 1.0)
        share = min(max(accuracy, _TINY), 1 - _TINY)
        return NormalDist().inv_cdf(share) * sqrt(sum(part * part for part in parts))
