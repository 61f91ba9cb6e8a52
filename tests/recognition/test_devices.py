"""Devices: one time for camera and microphone, and none left open."""

import threading
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import ClipSettings, Frame
from mrpn.recognition import devices
from mrpn.recognition.devices import Since, camera, microphone, open_devices
from mrpn.recognition.playing import Session, buffered
from mrpn.recognition.waiting import Ended, Item

RATE = 16000
SETTINGS = ClipSettings(frame_rate=10)


class Clock:
    """A time that is set by hand."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


class Recorded:
    """A device that records given parts, each at its time."""

    def __init__(self, clock: Clock, parts: list[tuple[float, Any]]) -> None:
        self._clock, self._parts = clock, parts
        self.closed = False

    def decode(self, **_: int) -> Iterator[Any]:
        for time, part in self._parts:
            self._clock.time = time
            yield part

    def close(self) -> None:
        self.closed = True


def picture() -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.zeros((8, 8, 3), np.uint8), format="rgb24")


def sound(seconds: float, rate: int = RATE) -> av.AudioFrame:
    wave = np.full((1, round(seconds * rate)), 0.5, np.float32)
    frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
    frame.sample_rate = rate
    return frame


def recorded(
    monkeypatch: pytest.MonkeyPatch, kind: str, parts: list[tuple[float, Any]]
) -> list[Item]:
    clock, given = Clock(), list[Item]()
    container = Recorded(clock, parts)
    monkeypatch.setattr(devices, "_opened", lambda *_: (container, "device"))
    opened = camera(None, 10, clock) if kind == "camera" else microphone(None, RATE, clock)
    opened(given.append)
    assert container.closed
    assert given[-1] == Ended("picture" if kind == "camera" else "sound")
    return given[:-1]


def waves(given: list[Item]) -> np.ndarray:
    return np.concatenate([each for each in given if isinstance(each, np.ndarray)])


def test_sound_begins_as_much_later_as_the_microphone_does(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [(0.75 + k / 10, sound(0.1)) for k in range(5)]
    wave = waves(recorded(monkeypatch, "microphone", parts))
    assert len(wave) == round(1.15 * RATE)
    assert (np.flatnonzero(wave)[0], wave[-1]) == (round(0.65 * RATE), 0.5)
    first = waves(recorded(monkeypatch, "microphone", [(0.0, sound(0.1))]))
    assert len(first) == RATE // 10


def test_a_pause_of_the_microphone_is_silence_and_a_small_delay_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = [(0.1, sound(0.1)), (0.6, sound(0.1)), (4.3, sound(0.1)), (4.4, sound(0.1))]
    given = recorded(monkeypatch, "microphone", parts)
    wave = waves(given)
    assert max(map(len, given)) <= RATE
    loud = np.flatnonzero(wave) / RATE
    assert loud[loud < 1][-1] == pytest.approx(0.2, abs=1e-3)
    assert loud[loud > 1][0] == pytest.approx(4.2, abs=1e-3)
    assert len(wave) == pytest.approx(4.4 * RATE, abs=1)


def test_a_microphone_of_another_rate_is_resampled(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [(0.5 + k / 10, sound(0.1, 48000)) for k in range(5)]
    wave = waves(recorded(monkeypatch, "microphone", parts))
    assert len(wave) == pytest.approx(0.9 * RATE, abs=50)
    assert np.flatnonzero(np.abs(wave) > 0.25)[0] == pytest.approx(0.4 * RATE, abs=30)


def test_pictures_come_at_the_rate_that_is_wanted_in_order_of_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = [(time, picture()) for time in (0.3, 0.3, 0.3, *np.arange(0.3, 2.3, 1 / 30))]
    times = [
        each.time for each in recorded(monkeypatch, "camera", parts) if isinstance(each, Frame)
    ]
    assert (times[0], len(times)) == (0.3, pytest.approx(20, abs=2))
    assert (np.diff(times) > 0.03).all()


def test_the_time_of_a_stream_begins_once_for_all_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticking = iter(range(100, 200))
    monkeypatch.setattr(devices, "time", SimpleNamespace(monotonic=lambda: next(ticking)))
    now, found = Since(), list[float]()
    threads = [threading.Thread(target=lambda: found.append(now())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1, 2]


def test_devices_that_are_not_there_are_one_line() -> None:
    with pytest.raises(MediaError, match=r"/dev/nothing: this camera cannot be opened .*--camera"):
        camera("/dev/nothing", 10, Since())
    with pytest.raises(MediaError, match=r"nothing: this microphone cannot be opened"):
        microphone("nothing", 16000, Since())


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """FFmpeg's drawn pictures and tones for devices; the containers that were opened."""
    opened: list[Any] = []
    found = av.open

    def noted(name: str, **options: object) -> Any:
        opened.append(found(name, **options))
        return opened[-1]

    monkeypatch.setattr(devices, "_SYSTEMS", {"linux": (("lavfi", "testsrc"), ("lavfi", "sine"))})
    monkeypatch.setattr(devices.sys, "platform", "linux")
    monkeypatch.setattr(devices.av, "open", noted)
    return opened


def closed(container: Any) -> bool:
    try:
        next(container.decode())
    except (AssertionError, ValueError, StopIteration):
        return True
    return False


def test_devices_are_closed_when_nobody_takes_any_more(drawn: list[Any]) -> None:
    threads = set(threading.enumerate())
    opened = open_devices(None, None, SETTINGS)
    assert (len(opened), [closed(each) for each in drawn]) == (2, [False, False])
    kinds = set()
    with closing(buffered(opened, Session())) as stream:
        while kinds != {Frame, np.ndarray}:
            kinds.add(type(next(stream).what))
    assert set(threading.enumerate()) <= threads
    assert [closed(each) for each in drawn] == [True, True]


def test_a_camera_is_closed_where_the_microphone_cannot_be_opened(drawn: list[Any]) -> None:
    with pytest.raises(MediaError, match="this microphone cannot be opened"):
        open_devices(None, "no=such=filter", SETTINGS)
    assert [closed(each) for each in drawn] == [True]
    assert open_devices("none", "none", SETTINGS) == []
