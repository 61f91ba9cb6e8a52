"""Files and devices as streams: pictures and sound in order of time, late pictures dropped."""

import heapq
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrpn.media import Frame, iter_audio, iter_frames, probe
from mrpn.media.pace import Pace
from mrpn.recognition.live import LiveRecognizer
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.result import Moment
from mrpn.recognition.waiting import Came, Ended, Item, Producer, Put, Waiting

Stream = Generator[Came, None, None]
Wave = NDArray[np.float32]
# Sound comes in pieces of this length, in seconds, as a microphone gives it.
_PIECE = 0.1


@dataclass
class Session:
    """How a stream went.

    Attributes:
        pictures: that were recognised.
        dropped: pictures that came faster than they could be.
        problems: what the stream lacked.
        latencies: of windows, from when their last picture or sound came to their answer, in
            seconds, time that it waited included.
        latency: of the moment that was given last; None if it came with the end of the stream.
    """

    pictures: int = 0
    dropped: int = 0
    problems: tuple[str, ...] = ()
    latencies: list[float] = field(default_factory=list)
    latency: float | None = None


def merged(path: Path, recognizer: Recognizer) -> Stream:
    """Yield a file's pictures, at the recognizer's rate, and its sound, in order of time."""
    settings = recognizer.preprocessing.clip
    info = probe(path)
    sources: list[Iterator[tuple[float, int, Item]]] = []
    if info.has_audio:
        sources.append(_pieces(path, settings.rate))
    if info.has_video:
        sources.append(_pictures(path, settings.frame_rate))
    for _, _, each in heapq.merge(*sources, key=lambda item: item[:2]):
        yield Came(time.perf_counter(), each)


def play(
    path: Path,
    recognizer: Recognizer,
    *,
    speed: float | None = None,
    session: Session | None = None,
) -> Generator[Moment, None, None]:
    """Play a file as a live stream; yield the moments as they become known.

    Args:
        path: any media file.
        recognizer: what recognises it.
        speed: 1 plays it as fast as a camera would, pictures that cannot be kept up with are
            dropped; None as fast as it goes, without loss.
        session: is filled in.

    Raises MediaError if it cannot be read.
    """
    session = session if session is not None else Session()
    info = probe(path)
    live = LiveRecognizer(recognizer, picture=info.has_video, sound=info.has_audio)
    source = merged(path, recognizer)
    if speed is not None:
        source = in_time(source, recognizer, speed, session)
    yield from follow(source, live, session)


def follow(source: Stream, live: LiveRecognizer, session: Session) -> Generator[Moment, None, None]:
    """Yield the moments of a stream, and note in the session how it went; close it in the end."""
    with closing(source):
        for came in source:
            session.pictures += isinstance(came.what, Frame)
            moments = _taken(live, came.what)
            if moments:
                session.latency = time.perf_counter() - came.at
                session.latencies.append(session.latency)
            session.problems = live.problems
            yield from moments
    session.latency = None
    moments = live.finish()
    session.problems = live.problems
    yield from moments


def in_time(source: Stream, recognizer: Recognizer, speed: float, session: Session) -> Stream:
    """Yield a recorded stream no faster than it would come from a camera.

    Another thread reads and waits; sound is never dropped, of pictures that wait the oldest are.
    """
    rate = recognizer.preprocessing.clip.rate
    stop = threading.Event()

    def produce(put: Put) -> None:
        begun, at, heard = time.monotonic(), 0.0, 0
        with closing(source):
            for came in source:
                if isinstance(came.what, Frame):
                    at = came.what.time
                elif not isinstance(came.what, Ended):
                    heard += len(came.what)
                    at = heard / rate
                if stop.wait(max(0.0, begun + at / speed - time.monotonic())):
                    return
                put(came.what)

    yield from buffered([produce], session, stop)


def buffered(
    producers: Sequence[Producer], session: Session, stop: threading.Event | None = None
) -> Stream:
    """Yield what threads produce; of pictures that wait too long the oldest are dropped.

    Args:
        producers: are called on threads of their own, with a function that takes what they give;
            in it they end when nobody takes it any more.
        session: its dropped pictures are counted.
        stop: is set when nobody takes any more.

    Raises whatever a thread ended with.
    """
    waiting = Waiting(producers, stop or threading.Event())
    try:
        while (came := waiting.take()) is not None:
            session.dropped = waiting.dropped
            yield came
    finally:
        waiting.close()


def _taken(live: LiveRecognizer, item: Item) -> list[Moment]:
    if isinstance(item, Frame):
        return live.picture(item)
    if not isinstance(item, Ended):
        return live.sound(item)
    return live.picture_ended(item.until) if item.track == "picture" else live.sound_ended()


def _pictures(path: Path, rate: float) -> Iterator[tuple[float, int, Item]]:
    pace, time = Pace(), 0.0
    for frame in iter_frames(path, rate, pace=pace):
        time = frame.time
        yield time, 1, frame
    yield time, 1, Ended("picture", pace.until)


def _pieces(path: Path, rate: int) -> Iterator[tuple[float, int, Item]]:
    size, sent = round(_PIECE * rate), 0
    for block in iter_audio(path, rate):
        for start in range(0, len(block), size):
            piece = block[start : start + size]
            sent += len(piece)
            yield sent / rate, 0, piece
    yield sent / rate, 0, Ended("sound")
