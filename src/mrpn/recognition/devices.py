"""Cameras and microphones as streams, through FFmpeg's device formats."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media import ClipSettings
from mrpn.media.frame import FrameMaker
from mrpn.media.sound import mono_of, resampled
from mrpn.recognition.waiting import Ended, Put

# Stands for no camera, or no microphone.
NONE = "none"
# By system: the formats of camera and microphone, and the devices taken where none are named.
_SYSTEMS = {
    "linux": (("v4l2", "/dev/video0"), ("alsa", "default")),
    "darwin": (("avfoundation", "0:none"), ("avfoundation", "none:0")),
    "win32": (("dshow", "video=Integrated Camera"), ("dshow", "audio=Microphone")),
}
# A microphone's sound that comes later than this, in seconds, comes after a pause.
_PAUSE = 1.0

Now = Callable[[], float]


class Since:
    """Seconds since it was called first, from whatever thread: the time of one stream."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: float | None = None

    def __call__(self) -> float:
        """Return the time."""
        with self._lock:
            now = time.monotonic()
            self._begun = now if self._begun is None else self._begun
            return now - self._begun


@dataclass(frozen=True)
class Device:
    """An open device as a producer for `buffered`; closed when that has ended.

    Attributes:
        container: as FFmpeg has it.
        give: hands over what it records.
    """

    container: Any
    give: Callable[[Put], None]

    def __call__(self, put: Put) -> None:
        """Hand over what it records until that ends."""
        try:
            self.give(put)
        finally:
            self.close()

    def close(self) -> None:
        """Let the device go."""
        self.container.close()


def open_devices(
    camera_name: str | None, microphone_name: str | None, settings: ClipSettings
) -> list[Device]:
    """Open camera and microphone; their pictures and sound are of one time.

    Args:
        camera_name, microphone_name: as `camera` and `microphone` take them, or "none".
        settings: say how many pictures and samples a second are wanted.

    Raises:
        MediaError: one of them cannot be opened; none is left open.
    """
    now, opened = Since(), list[Device]()
    try:
        if camera_name != NONE:
            opened.append(camera(camera_name, settings.frame_rate, now))
        if microphone_name != NONE:
            opened.append(microphone(microphone_name, settings.rate, now))
    except MediaError:
        for each in opened:
            each.close()
        raise
    return opened


def camera(device: str | None, rate: float, now: Now) -> Device:
    """Open a camera.

    Args:
        device: as FFmpeg names it: "/dev/video0", "0:none", "video=..."; None takes the usual one.
        rate: pictures per second wanted.
        now: the time of the stream, in seconds.

    Raises:
        MediaError: it cannot be opened.
    """
    container, name = _opened(0, device)

    def give(put: Put) -> None:
        maker, due, last = FrameMaker(name), 0.0, -1.0
        for picture in _decoded(container, name, "video"):
            at = now()
            if at >= due and at > last:
                due, last = max(due + 1 / rate, at - 1 / rate), at
                put(maker.frame(at, picture))
        put(Ended("picture"))

    return Device(container, give)


def microphone(device: str | None, rate: int, now: Now) -> Device:
    """Open a microphone. Its sound has silence before it, and in pauses, where it comes late.

    Args:
        device: as FFmpeg names it: "default", "none:0", "audio=..."; None takes the usual one.
        rate: samples per second wanted.
        now: the time of the stream, in seconds.

    Raises:
        MediaError: it cannot be opened.
    """
    container, name = _opened(1, device)

    def give(put: Put) -> None:
        for block in resampled(_in_time(_decoded(container, name, "audio"), now), rate):
            put(block)
        put(Ended("sound"))

    return Device(container, give)


def _in_time(frames: Iterator[Any], now: Now) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield sound with its rate, and silence where it comes later than what came before ends."""
    until, pause = 0.0, 0.0
    for frame in frames:
        wave, rate = mono_of(frame), frame.sample_rate
        missing = now() - len(wave) / rate - until
        if missing > pause:
            until += missing
            samples = round(missing * rate)
            for start in range(0, samples, rate):
                yield rate, np.zeros(min(rate, samples - start), np.float32)
        until, pause = until + len(wave) / rate, _PAUSE
        yield rate, wave


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


def _decoded(container: Any, name: str, kind: str) -> Iterator[Any]:
    try:
        yield from container.decode(**{kind: 0})
    except (av.error.FFmpegError, OSError, IndexError) as error:
        raise MediaError(f"{name}: gives no more {kind}; is it plugged in?") from error
