"""The grid of trials under RAVDESS's file names, and each trial's own random numbers."""

from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.synthetic.settings import SyntheticSettings


@dataclass(frozen=True)
class Trial:
    """One clip to be: what RAVDESS's file name says of it."""

    emotion: str
    intensity: int
    statement: int
    repetition: int
    actor: int

    @property
    def id(self) -> str:
        """RAVDESS's file name without its suffix: modality 01 (face and voice), channel 01."""
        code = EMOTIONS.index(self.emotion) + 1
        return (
            f"01-01-{code:02d}-{self.intensity:02d}-{self.statement:02d}"
            f"-{self.repetition:02d}-{self.actor:02d}"
        )

    @property
    def path(self) -> PurePosixPath:
        """Place of the clip's file in the corpus folder."""
        return PurePosixPath(f"Actor_{self.actor:02d}") / f"{self.id}.mp4"

    def random(self, seed: int, stream: int) -> np.random.Generator:
        """Return this trial's own generator, the same whatever else the corpus holds.

        Args:
            seed: the corpus's seed.
            stream: which purpose the numbers serve; streams of one trial are independent.
        """
        code = EMOTIONS.index(self.emotion)
        return np.random.default_rng(
            [seed, stream, code, self.intensity, self.statement, self.repetition, self.actor]
        )


def trials(settings: SyntheticSettings) -> list[Trial]:
    """Return the corpus's trials, actor by actor; neutral has no strong intensity (RAVDESS)."""
    return [
        Trial(emotion, intensity, statement, repetition, actor)
        for actor in range(1, settings.actors + 1)
        for emotion in settings.emotions
        for intensity in settings.intensities
        if emotion != "neutral" or intensity == 1
        for statement in settings.statements
        for repetition in settings.repetitions
    ]


def prior(settings: SyntheticSettings) -> np.ndarray:
    """Return each class's share of the trials, [classes], summing to 1."""
    count = len(settings.intensities)
    weights = [1 if emotion == "neutral" else count for emotion in settings.emotions]
    return np.array(weights, dtype=np.float64) / sum(weights)
