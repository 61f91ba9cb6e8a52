"""The voice as a stream: sound in, features of segments out, each encoded once."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mrpn.inputs import Preprocessing
from mrpn.recognition.scoring import Scorer
from mrpn.recognition.speech import loudness, speech_share
from mrpn.recognition.windows import Windows

Wave = NDArray[np.float32]


@dataclass(frozen=True)
class Heard:
    """The sound of one window.

    Attributes:
        start: of the window, in seconds.
        features: of its segments, in order of time; a list of rows [width].
        seconds: of sound in it.
        speech: share of it that is speech, 0 to 1.
        loudness: root mean square of its samples, at even steps, float64 [N].
        step: of these, in seconds.
    """

    start: float
    features: list[Tensor] = field(default_factory=list)
    seconds: float = 0.0
    speech: float = 0.0
    loudness: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    step: float = 1.0

    def stacked(self) -> Tensor:
        """Return the features as one tensor [T, width]; T = 0 without sound."""
        return torch.stack(self.features) if self.features else torch.zeros(0, 1)


class Hearing:
    """Cuts a stream of sound into windows and encodes the segments in them, each once.

    A window's sound is standardised by its own mean and deviation, as a clip's is in training. A
    segment that lies in several windows is encoded as the first of them standardises it; so a
    recording that is no longer than a window follows the paper's rule to the letter, and a window's
    result depends on the sound before it by at most one window's length. Source: ours.

    Args:
        scorer: encodes the segments.
        preprocessing: how sound becomes segments.
        windows: fitted to it.
    """

    def __init__(self, scorer: Scorer, preprocessing: Preprocessing, windows: Windows) -> None:
        self._scorer, self._preprocessing, self._windows = scorer, preprocessing, windows
        self._rate = preprocessing.clip.rate
        self._stride = round(windows.step / preprocessing.spectrogram.step)
        self._wave = np.zeros(0, np.float32)
        self._blocks: deque[Wave] = deque()
        self._first = 0
        self._segments: deque[Tensor] = deque()
        self._dropped = 0
        self._number = 0
        self.samples = 0

    @property
    def until(self) -> float:
        """How much has been heard, in seconds."""
        return self.samples / self._rate

    def add(self, block: Wave) -> None:
        """Take in the next samples, mono float32 [n] at the preprocessing's rate."""
        # By the second, so that a long block is not copied again for every window.
        for start in range(0, len(block), self._rate):
            self._blocks.append(block[start : start + self._rate])
        self.samples += len(block)
        self._pass_over(self._sample(self._number))

    def complete(self) -> bool:
        """Return whether the sound of the next window has been heard to its end."""
        return self.samples >= round(self._windows.span(self._number)[1] * self._rate)

    def next(self) -> Heard:
        """Return the next window with what has been heard of it, and forget what is behind."""
        start, end = self._windows.span(self._number)
        self._join(round(end * self._rate))
        self._forget(self._sample(self._number))
        wave = self._wave[: round(end * self._rate) - self._first]
        first = self._number * self._stride
        while self._dropped < first and self._segments:
            self._segments.popleft()
            self._dropped += 1
        if len(wave):
            self._encode(wave, first)
        here = list(self._segments)[max(0, first - self._dropped) :] if len(wave) else []
        levels, step = loudness(wave, self._rate)
        heard = Heard(
            start, here, len(wave) / self._rate, speech_share(wave, self._rate), levels, step
        )
        self._number += 1
        self._forget(self._sample(self._number))
        return heard

    def _sample(self, number: int) -> int:
        """Return the first sample of a window."""
        return round(self._windows.span(number)[0] * self._rate)

    def _encode(self, wave: Wave, first: int) -> None:
        known = self._dropped + len(self._segments)
        if known < first:
            self._dropped, known = first, first
        segments = self._preprocessing.audio(wave)
        new = segments[known - first :]
        self._segments.extend(self._scorer.encode("audio", new).unbind(0))

    def _join(self, until: int) -> None:
        """Put the sound together that has been heard until a sample, or a little more."""
        parts = [self._wave]
        known = self._first + len(self._wave)
        while self._blocks and known < until:
            parts.append(self._blocks.popleft())
            known += len(parts[-1])
        self._wave = np.concatenate(parts)

    def _pass_over(self, sample: int) -> None:
        """Drop blocks that come too late: that lie before the next window."""
        while not len(self._wave) and self._blocks:
            if self._first + len(self._blocks[0]) > sample:
                break
            self._first += len(self._blocks.popleft())

    def _forget(self, sample: int) -> None:
        gone = min(sample - self._first, len(self._wave))
        # A copy, so that what is forgotten is freed.
        self._wave = self._wave[gone:].copy()
        self._first += gone
