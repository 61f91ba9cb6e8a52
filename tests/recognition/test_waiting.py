"""Producers on threads: nothing of theirs hangs, grows or is left running."""

import threading
import time
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pytest

from mrpn.common.errors import MediaError
from mrpn.media import Frame
from mrpn.recognition import waiting
from mrpn.recognition.playing import Session, buffered
from mrpn.recognition.waiting import Came, Ended, Put

PICTURE, SOUND = np.zeros((4, 4, 3), np.uint8), np.zeros(10, np.float32)


def test_pictures_that_wait_too_long_are_dropped_and_sound_never() -> None:
    def produce(put: Put) -> None:
        for count in range(20):
            put(Frame.of(float(count), PICTURE))
            put(SOUND)

    session = Session()
    found = []
    for came in buffered([produce], session):
        time.sleep(0.05 if not found else 0)
        found.append(came.what)
    frames = [each for each in found if isinstance(each, Frame)]
    assert len(found) - len(frames) == 20
    assert len(frames) + session.dropped == 20
    assert session.dropped >= 10
    assert frames[-1].time == 19


def test_what_waits_is_stamped_when_it_came() -> None:
    put_at: list[float] = []

    def produce(put: Put) -> None:
        for _ in range(3):
            put_at.append(time.perf_counter())
            put(SOUND)
        put(Ended("sound"))

    came: list[Came] = []
    for each in buffered([produce], Session()):
        time.sleep(0.05)
        came.append(each)
    assert came[-1].what == Ended("sound")
    for each, at in zip(came, put_at, strict=False):
        assert at <= each.at < at + 0.04


@pytest.mark.parametrize("error", [MediaError("camera: unplugged"), ValueError("odd"), SystemExit])
def test_whatever_a_producer_ends_with_is_raised_after_what_it_gave(
    error: BaseException | type[BaseException],
) -> None:
    def produce(put: Put) -> None:
        put(SOUND)
        raise error

    found = buffered([produce, lambda put: put(SOUND)], Session())
    assert next(found).what is SOUND
    with pytest.raises(error if isinstance(error, type) else type(error)):
        list(found)


def gone(before: set[threading.Thread]) -> bool:
    return set(threading.enumerate()) <= before


def test_a_producer_ends_when_nobody_takes_any_more() -> None:
    before, given = set(threading.enumerate()), []

    def produce(put: Put) -> None:
        while True:
            put(SOUND)
            given.append(1)

    with closing(buffered([produce, produce], Session())) as found:
        next(found)
    assert gone(before)
    count = len(given)
    time.sleep(0.02)
    assert len(given) == count


def test_a_producer_that_is_far_ahead_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_MOST", 5)
    ahead: list[int] = []
    given = taken = 0

    def produce(put: Put) -> None:
        nonlocal given
        for _ in range(50):
            put(SOUND)
            given += 1

    for _ in buffered([produce], Session()):
        time.sleep(0.002)
        taken += 1
        ahead.append(given - taken)
    assert taken == 50
    assert 3 <= max(ahead) <= 6


def test_no_producer_is_no_stream() -> None:
    producers: list[Callable[[Put], None]] = []
    assert list(buffered(producers, Session())) == []
