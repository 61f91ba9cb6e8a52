"""The windows of a timeline: where each of them begins and ends."""

from dataclasses import dataclass

from mrpn.common.errors import ConfigError
from mrpn.inputs import Preprocessing

Span = tuple[float, float]
LONGEST = 600.0
_SLACK = 1e-6


@dataclass(frozen=True)
class Windows:
    """How a recording is cut into windows; each of them is to the network what a clip is.

    A recording up to the length of a window is one window: the whole clip, as in training. A rest
    at the end that adds less than half a step is passed over. Source: ours.

    Attributes:
        length: of a window, in seconds, above 0, up to 600.
        step: between the starts of windows, in seconds, up to a window's length; taken as a whole
            number of the steps between the voice's segments, so that windows share segments.

    Raises:
        ConfigError: other lengths or steps.
    """

    length: float = 4.0
    step: float = 1.0

    def __post_init__(self) -> None:
        for what, seconds in (("window", self.length), ("step", self.step)):
            if not 0 < seconds <= LONGEST:
                raise ConfigError(f"a {what} of {seconds:g} s is not above 0, up to {LONGEST:g} s")
        if self.step > self.length:
            raise ConfigError(
                f"a step of {self.step:g} s leaves gaps between windows of {self.length:g} s"
            )

    @classmethod
    def of(cls, length: float, step: float | None) -> "Windows":
        """Return windows of a length, by default one a second, or side by side if shorter."""
        return cls(length, min(1.0, length) if step is None else step)

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
