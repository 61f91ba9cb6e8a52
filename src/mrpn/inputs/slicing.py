"""Cutting one time interval out of a clip, the same for both modalities."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import ConfigError
from mrpn.media import Clip


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


def slice_clip(clip: Clip, start: float, end: float, rate: int = 16000) -> Clip:
    """Return the part of a clip in [start, end) seconds, with times counted from `start`.

    Frames and samples of the same interval; arrays are views. Source: reconstruction, section 2.

    Args:
        rate: samples per second of the clip's sound.

    Raises ConfigError unless start < end and both are finite.
    """
    first, after = frame_range(start, end, clip.times)
    low, high = sample_range(start, end, rate, len(clip.audio))
    return replace(
        clip,
        frames=clip.frames[first:after],
        times=np.maximum(clip.times[first:after] - start, 0.0),
        boxes=clip.boxes[first:after],
        scores=clip.scores[first:after],
        audio=clip.audio[low:high],
        duration=max(0.0, min(end, clip.duration) - max(start, 0.0)),
    )


def _check(start: float, end: float) -> None:
    if not (np.isfinite(start) and np.isfinite(end) and start < end):
        raise ConfigError(f"a time interval needs start < end in seconds, got [{start}, {end})")
