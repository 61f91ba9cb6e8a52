"""Cameras and microphones as streams, through FFmpeg's device formats."""

import sys
import time
from collections.abc import Callable
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media import Frame
from mrpn.media.frame import FrameMaker
from mrpn.media.sound import mono_of, resampled

Put = Callable[[Frame | NDArray[np.float32]], None]
# By system: the formats of camera and microphone, and the devices taken where none are named.
_SYSTEMS = {
    "linux": (("v4l2", "/dev/video0"), ("alsa", "default")),
    "darwin": (("avfoundation", "0:none"), ("avfoundation", "none:0")),
    "win32": (("dshow", "video=Integrated Camera"), ("dshow", "audio=Microphone")),
}


def camera(device: str | None, rate: float) -> Callable[[Put], None]:
    """Return a producer of a camera's pictures, for `buffered`.

    Args:
        device: as FFmpeg names it: "/dev/video0", "0:none", "video=..."; None takes the usual one.
        rate: pictures per second wanted.

    Raises:
        MediaError: it cannot be opened.
    """
    container, name = _opened(0, device)
    begun = time.monotonic()

    def produce(put: Put) -> None:
        maker, due = FrameMaker(name), 0.0
        for picture in _decoded(container, name, "video"):
            at = time.monotonic() - begun
            if at >= due:
                due = max(due + 1 / rate, at - 1 / rate)
                put(maker.frame(at, picture))

    return produce


def microphone(device: str | None, rate: int) -> Callable[[Put], None]:
    """Return a producer of a microphone's sound, for `buffered`.

    Args:
        device: as FFmpeg names it: "default", "none:0", "audio=..."; None takes the usual one.
        rate: samples per second wanted.

    Raises:
        MediaError: it cannot be opened.
    """
    container, name = _opened(1, device)

    def produce(put: Put) -> None:
        parts = ((f.sample_rate, mono_of(f)) for f in _decoded(container, name, "audio"))
        for block in resampled(parts, rate):
            put(block)

    return produce


def _opened(which: int, device: str | None) -> tuple[Any, str]:
    kind = ("camera", "microphone")[which]
    form, usual = _SYSTEMS.get(sys.platform, _SYSTEMS["linux"])[which]
    name = device or usual
    try:
        return av.open(name, format=form), name
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(
            f"{name}: this {kind} cannot be opened by FFmpeg's {form} ({reason}); name another one "
            f"with --{kind}, or 'none'"
        ) from error


def _decoded(container: Any, name: str, kind: str) -> Any:
    try:
        yield from container.decode(**{kind: 0})
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise MediaError(f"{name}: gives no more {kind}; is it plugged in?") from error
