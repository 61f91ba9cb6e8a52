"""When a file's pictures and sounds are: their time stamps, as far as they can be believed."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
# A container's own times are counted in so many parts of a second.
TIME_BASE = 1_000_000
# A track starts at most so long before the file's zero.
_MOST_LEAD = 1.0
# A step beyond what is expected is believed if time does not go back right after it.
_UNUSUAL_STEP = 0.1
# A step longer than the first is believed if it ends within the file and is no longer than the
# second, or than the third where the file's length is not known.
_LONG_STEP = 5.0
_LONGEST_STEP = 600.0
_LONGEST_STEP_WITHOUT_END = 60.0
_SLACK = 1.0


class Clock:
    """Turns the stamps of one track into seconds from the file's own zero.

    Picture and sound of a file count from the same zero. Source: ours.

    Attributes:
        end: of the file in seconds, as it says itself; None if it does not.
    """

    def __init__(self, container: Any) -> None:
        self._zero = (container.start_time or 0) / TIME_BASE
        duration = (container.duration or 0) / TIME_BASE
        self.end = duration if duration > 0 else None

    def time(
        self, stamp: float | None, expected: float | None, following: float | None
    ) -> float | None:
        """Return when something is, in seconds; None if its stamp is missing or cannot be right.

        A first stamp that cannot be right, with others that agree, becomes the track's zero.

        Args:
            stamp: what the file says, in seconds; None where it says nothing.
            expected: when it would be if it followed what came before; None for the first.
            following: the next stamp; None if there is none.
        """
        if stamp is None:
            return None
        time = stamp - self._zero
        alone = following is not None and following <= stamp
        if expected is None:
            if alone:
                return None
            if time < -_MOST_LEAD or not self.reachable(time, 0.0):
                self._zero, time = stamp, 0.0
            return time
        if alone and time - expected > _UNUSUAL_STEP:
            return None
        return time if self.reachable(time, expected) else None

    def reachable(self, time: float, expected: float) -> bool:
        """Return whether a step from one time to another, in seconds, can be right."""
        step = time - expected
        if self.end is None:
            return step <= _LONGEST_STEP_WITHOUT_END
        return step <= _LONG_STEP or (step <= _LONGEST_STEP and time <= self.end + _SLACK)


def with_next(items: Iterable[T]) -> Iterator[tuple[T, T | None]]:
    """Yield each item with the one after it; None after the last."""
    held: list[T] = []
    for item in items:
        if held:
            yield held.pop(), item
        held.append(item)
    if held:
        yield held.pop(), None
