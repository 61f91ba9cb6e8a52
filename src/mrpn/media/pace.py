"""When pictures are shown that come one by one, and how long the last of them is."""

from collections import deque

import numpy as np

# The usual step is that between so many of the latest pictures.
_LATEST = 100
# A picture that is shown for longer is a rest, in seconds.
_REST = 1.0
# Ends this close to one another are the same, in seconds.
_SLACK = 1e-3


class Pace:
    """The times of pictures as far as they are needed: where they rest, and when the last ends.

    Where nothing else is known the last picture is shown as long as the one before it, or as is
    usual (the median step of the latest hundred) if that is shorter: a film that rested on one
    picture need not rest on its last. A single picture ends at 0, as a still. Source: ours.

    Attributes:
        rests: from when to when pictures are shown that are for more than a second; the last one's
            is known once its end is.
    """

    def __init__(self) -> None:
        self.rests: list[tuple[float, float]] = []
        self._latest: deque[float] = deque(maxlen=_LATEST)
        self._end: float | None = None

    def add(self, time: float) -> None:
        """Take in the time of the next picture, in seconds."""
        if self._latest:
            self._rest(time)
        self._latest.append(time)

    def end(self, own: float, whole: float | None = None) -> None:
        """Say what is known of the last picture.

        Args:
            own: how long it is shown by what it says itself, in seconds; 0 if it does not.
            whole: when all ends by what the file says; None if it does not.
        """
        if not self._latest:
            return
        last = self._latest[-1]
        until = last + max(own, self._usual())
        if whole is not None and last + max(own, 2 * _SLACK) - _SLACK <= whole < until:
            until = whole
        if until > last:
            self._rest(until)
            self._end = until

    @property
    def until(self) -> float:
        """When the last picture ends, in seconds; 0 for a still, and without any."""
        if self._end is not None:
            return self._end
        usual = self._usual()
        return self._latest[-1] + usual if usual else 0.0

    def _usual(self) -> float:
        if len(self._latest) < 2:
            return 0.0
        steps = np.diff(self._latest)
        return float(min(steps[-1], np.median(steps)))

    def _rest(self, until: float) -> None:
        if until - self._latest[-1] > _REST:
            self.rests.append((self._latest[-1], until))
