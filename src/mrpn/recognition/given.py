"""Pictures and sound at hand: checked before they are read."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mrpn.common.errors import ConfigError

# Of pictures without times, a second.
USUAL_RATE = 25
# Times beyond this many days count from something else than the recording's start.
_MOST_DAYS = 7
_DAY = 86400.0


def checked_frames(frames: NDArray[np.uint8], times: ArrayLike | None) -> NDArray[np.float64]:
    """Return the times of pictures at hand, 25 a second where none are given.

    Raises:
        ConfigError: pictures or times that are not as they should be.
    """
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or not frames.size:
        raise ConfigError(
            f"frames are RGB, uint8 [T, H, W, 3], not {frames.dtype} {list(frames.shape)}"
        )
    try:
        given = np.arange(len(frames)) / USUAL_RATE if times is None else times
        stamps = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        stamps = np.zeros(0)
    if stamps.shape != (len(frames),) or not np.isfinite(stamps).all():
        raise ConfigError(f"{len(frames)} frames need as many times, in seconds")
    if (np.diff(stamps) <= 0).any() or stamps[0] < 0:
        raise ConfigError("the times of frames rise from 0 or later")
    if stamps[-1] > _MOST_DAYS * _DAY:
        raise ConfigError(
            f"frames at {stamps[-1]:.0f} s are more than {_MOST_DAYS} days in; count their times "
            "from the recording's start"
        )
    return stamps


def checked_time(time: float, last: float, known: float) -> None:
    """Check when the next picture of a stream is.

    Args:
        time: of the picture, in seconds.
        last: that of the one before; -inf if it is the first.
        known: how far the stream has come, in seconds.

    Raises:
        ConfigError: times that do not rise from 0 or later, or leap by more than a day.
    """
    if not (time >= 0 and time > last):
        before = "" if last < 0 else f" after one at {last:g} s"
        raise ConfigError(
            f"a picture at {time:g} s{before}: the times of pictures rise from 0 or later"
        )
    if time - known > _DAY:
        raise ConfigError(
            f"a picture at {time:.0f} s, with the stream at {known:.0f} s; count times from its "
            "start"
        )


def checked_sound(sound: ArrayLike) -> NDArray[np.float32]:
    """Return samples at hand as float32; ConfigError if they are not as they should be."""
    try:
        wave = np.asarray(sound)
    except ValueError:
        wave = np.zeros((0, 0), object)
    if wave.ndim != 1 or not np.issubdtype(wave.dtype, np.floating):
        raise ConfigError(
            f"samples are mono, floats [N] in [-1, 1], not {wave.dtype} {list(wave.shape)}"
        )
    if not np.isfinite(wave).all():
        raise ConfigError("samples have gaps (nan or inf)")
    return np.asarray(np.clip(wave, -1.0, 1.0), np.float32)


def pieces(wave: NDArray[np.float32], rate: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield samples at hand by the second, each piece with its rate, as `resampled` takes them.

    Raises:
        ConfigError: a rate that is not above 0.
    """
    if rate <= 0:
        raise ConfigError(f"a rate of {rate} samples a second is not above 0")
    for start in range(0, len(wave), rate):
        yield rate, wave[start : start + rate]
