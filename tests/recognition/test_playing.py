"""Files played as streams: every part in its time, and how late the answers come."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from drawn_voices import voice
from mrpn import Recognizer
from mrpn.media import Frame, write_video
from mrpn.recognition import LiveRecognizer, Moment, Windows
from mrpn.recognition.playing import Session, buffered, follow, merged, play
from mrpn.recognition.waiting import Ended, Put

Write = Callable[..., Path]
WINDOWS = Windows(length=2, step=0.8)


def test_a_file_is_its_pictures_and_sound_in_order_of_time_and_both_ends(
    write: Write, long_film: Path
) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    parts = [came.what for came in merged(long_film, recognizer)]
    at, heard = [], 0
    for part in parts:
        if isinstance(part, np.ndarray):
            heard += len(part)
        if not isinstance(part, Ended):
            at.append(part.time if isinstance(part, Frame) else heard / 16000)
    assert sorted(at) == at
    assert sum(isinstance(part, Frame) for part in parts) == 46
    ends = [part for part in parts if isinstance(part, Ended)]
    assert {end.track: end.until for end in ends} == {
        "picture": pytest.approx(9.2),
        "sound": None,
    }


def test_moments_come_with_the_last_picture_and_are_counted(write: Write, long_film: Path) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    session = Session()
    moments = list(play(long_film, recognizer, session=session))
    assert (session.pictures, session.dropped) == (46, 0)
    assert len(session.latencies) == len([m for m in moments if m.end <= 9.21])


def test_a_file_in_time_takes_its_time_and_loses_no_sound(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    write_video(path, np.full((10, 32, 32, 3), 99, np.uint8), 5, voice(2.0))
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    fast = list(play(path, recognizer))
    session = Session()
    played = list(play(path, recognizer, speed=4, session=session))
    assert [moment.end for moment in played] == [moment.end for moment in fast]
    for one, other in zip(played, fast, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_a_file_whose_sound_ends_early_is_answered_on_the_way(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    write_video(path, np.full((100, 32, 32, 3), 99, np.uint8), 5, voice(2.0))
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    session = Session()
    with closing(play(path, recognizer, session=session)) as moments:
        assert next(moments).end == 2.0
        assert session.pictures <= 11
    whole = recognizer.predict(path)
    live = LiveRecognizer(recognizer, live=False)
    exact = list(follow(merged(path, recognizer), live, Session()))
    assert [(m.start, m.end) for m in exact] == [(m.start, m.end) for m in whole.timeline]


def test_the_latency_counts_from_when_the_last_part_came_the_waiting_too(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer = Recognizer.from_file(write("video"), windows=WINDOWS)
    live, session = LiveRecognizer(recognizer), Session()

    def produce(put: Put) -> None:
        for k in range(16):
            put(Frame.of(k / 5, np.full((32, 32, 3), 99, np.uint8)))
            time.sleep({8: 0.1, 9: 0.5}.get(k, 0.05))

    taken = live.picture

    def slow(frame: Frame) -> list[Moment]:
        time.sleep(0.4 if frame.time == 1.6 else 0)
        return taken(frame)

    monkeypatch.setattr(live, "picture", slow)
    latencies = []
    for moment in follow(buffered([produce], session), live, session):
        latencies.append((moment.end, session.latency))
    assert latencies[0][0] == 2.0
    # The window's last picture came 0.1 s after the one before it, which took 0.4 s.
    assert latencies[0][1] >= 0.25
    assert latencies[-1] == (3.2, None)
    assert [latency for _, latency in latencies if latency is not None] == session.latencies


def test_a_stream_that_nobody_follows_any_more_is_not_read_any_more(
    write: Write, long_film: Path
) -> None:
    threads = set(threading.enumerate())
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    with closing(play(long_film, recognizer, speed=5)) as moments:
        next(moments)
    assert set(threading.enumerate()) <= threads
