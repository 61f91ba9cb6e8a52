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


def _check(start: float, end: float) -> None:
    if not (np.isfinite(start) and np.isfinite(end) and start < end):
        raise ConfigError(f"a time interval needs start < end in seconds, got [{start}, {end})")
