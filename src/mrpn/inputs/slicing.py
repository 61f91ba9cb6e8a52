"""Cutting one time interval out of a clip, the same for both modalities."""

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import ConfigError


def sample_range(start: float, end: float, rate: int, samples: int) -> tuple[int, int]:
    """Return the samples of an interval [start, end) in seconds, within a wave of `samples`."""
    _check(start, end)
    first = min(max(0, round(start * rate)), samples)
    return first, min(max(first, round(end * rate)), samples)


def frame_range(start: float, end: float, times: NDArray[np.float64]) -> tuple[int, int]:
    """Return the first frame of an interval [start, end) in seconds, and the one after its last.

    An interval between two frames takes the one nearest to its middle: a picture stays visible
    until the next, so a clip that has any picture has one in every interval.

    Args:
        times: of the frames in seconds, float64 [T], rising.
    """
    _check(start, end)
    first, after = (int(i) for i in np.searchsorted(times, (start - 1e-9, end - 1e-9)))
    if first == after and len(times):
        first = int(np.argmin(np.abs(times - (start + end) / 2)))
        after = first + 1
    return first, after


def segment_range(
    start: float, end: float, step: float, length: float, count: int
) -> tuple[int, int]:
    """Return the first of a clip's segments within [start, end) in seconds, and one past the last.

    An interval without a whole segment takes the one nearest to its middle, so a clip that has any
    has one in every interval.

    Args:
        step, length: seconds between the starts of segments, and of each.
        count: how many segments the whole clip has, one after the other from its start.
    """
    _check(start, end)
    starts = step * np.arange(count)
    within = np.flatnonzero((starts >= start - 1e-9) & (starts + length <= end + 1e-9))
    if len(within):
        return int(within[0]), int(within[-1]) + 1
    if not count:
        return 0, 0
    nearest = int(np.argmin(np.abs(starts + length / 2 - (start + end) / 2)))
    return nearest, nearest + 1


def _check(start: float, end: float) -> None:
    if not (np.isfinite(start) and np.isfinite(end) and start < end):
        raise ConfigError(f"a time interval needs start < end in seconds, got [{start}, {end})")
