"""The windows of a timeline: where each of them begins and ends."""

from typing import Self

from pydantic import Field, model_validator

from mrpn.common.config import Settings
from mrpn.inputs import Preprocessing

Span = tuple[float, float]
_SLACK = 1e-6


class Windows(Settings):
    """How a recording is cut into windows; each of them is to the network what a clip is.

    A recording up to the length of a window is one window: the whole clip, as in training. A rest
    at the end that adds less than half a step is passed over. Source: ours.

    Attributes:
        length: of a window, in seconds.
        step: between the starts of windows, in seconds; taken as a whole number of the steps
            between the voice's segments, so that windows share segments.
    """

    length: float = Field(4.0, gt=0, le=600)
    step: float = Field(1.0, gt=0, le=600)

    @model_validator(mode="after")
    def _without_gaps(self) -> Self:
        if self.step > self.length:
            raise ValueError(f"a step of {self.step:g} s leaves gaps between windows")
        return self

    def fitted(self, preprocessing: Preprocessing) -> "Windows":
        """Return the same with a step that is a whole number of segments' steps."""
        segment = preprocessing.spectrogram.step
        whole = max(1, round(self.step / segment)) * segment
        return Windows(length=max(self.length, whole), step=whole)

    def span(self, number: int) -> Span:
        """Return start and end of a window, in seconds."""
        start = number * self.step
        return start, start + self.length

    def spans(self, duration: float) -> list[Span]:
        """Return the windows of a whole recording; the last one may be shorter.

        Args:
            duration: in seconds; 0 is a still image, which is one window.
        """
        found = [(0.0, min(self.length, duration))]
        while duration - found[-1][1] >= self.step / 2 - _SLACK:
            start, end = self.span(len(found))
            found.append((start, min(end, duration)))
        return found
