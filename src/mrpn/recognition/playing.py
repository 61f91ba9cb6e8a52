"""Files and devices as streams: pictures and sound in order of time, late pictures dropped."""

import heapq
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media import Frame, iter_audio, iter_frames, probe
from mrpn.recognition.live import LiveRecognizer
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.result import Moment

Wave = NDArray[np.float32]
# Sound comes in pieces of this length, in seconds, as a microphone gives it.
_PIECE = 0.1
# So many pictures may wait; of more the oldest is dropped.
_WAITING = 4


@dataclass
class Session:
    """How a stream went.

    Attributes:
        pictures: that were recognised.
        dropped: pictures that came faster than they could be.
        problems: what the stream lacked.
        latencies: of each window, from its last picture or sound to its answer, in seconds.
    """

    pictures: int = 0
    dropped: int = 0
    problems: tuple[str, ...] = ()
    latencies: list[float] = field(default_factory=list)


def merged(path: Path, recognizer: Recognizer) -> Iterator[Frame | Wave]:
    """Yield a file's pictures, at the recognizer's rate, and its sound, in order of time."""
    settings = recognizer.preprocessing.clip
    info = probe(path)
    sources: list[Iterator[tuple[float, int, Frame | Wave]]] = []
    if info.has_audio:
        sources.append(_pieces(path, settings.rate))
    if info.has_video:
        sources.append((frame.time, 1, frame) for frame in iter_frames(path, settings.frame_rate))
    for _, _, each in heapq.merge(*sources, key=lambda item: item[:2]):
        yield each


def play(
    path: Path,
    recognizer: Recognizer,
    *,
    speed: float | None = None,
    session: Session | None = None,
) -> Iterator[Moment]:
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


def follow(
    source: Iterator[Frame | Wave], live: LiveRecognizer, session: Session
) -> Iterator[Moment]:
    """Yield the moments of a stream, and note in the session how it went."""
    for each in source:
        started = time.perf_counter()
        if isinstance(each, Frame):
            session.pictures += 1
            moments = live.picture(each)
        else:
            moments = live.sound(each)
        if moments:
            session.latencies.append(time.perf_counter() - started)
        session.problems = live.problems
        yield from moments
    moments = live.finish()
    session.problems = live.problems
    yield from moments


def in_time(
    source: Iterator[Frame | Wave], recognizer: Recognizer, speed: float, session: Session
) -> Iterator[Frame | Wave]:
    """Yield a recorded stream no faster than it would come from a camera.

    Another thread reads and waits; sound is never dropped, of pictures that wait the oldest are.
    """
    rate = recognizer.preprocessing.clip.rate

    def produce(put: Callable[[Frame | Wave], None]) -> None:
        begun, heard = time.monotonic(), 0
        for each in source:
            if isinstance(each, Frame):
                at = each.time
            else:
                heard += len(each)
                at = heard / rate
            time.sleep(max(0.0, begun + at / speed - time.monotonic()))
            put(each)

    yield from buffered([produce], session)


def buffered(
    producers: list[Callable[[Callable[[Frame | Wave], None]], None]], session: Session
) -> Iterator[Frame | Wave]:
    """Yield what threads produce; of pictures that wait too long the oldest are dropped.

    Raises the MediaError that a thread ended with.
    """
    waiting: queue.Queue[Frame | Wave | BaseException | None] = queue.Queue()
    pictures = [0]
    lock = threading.Lock()

    def put(each: Frame | Wave) -> None:
        if isinstance(each, Frame):
            with lock:
                pictures[0] += 1
        waiting.put(each)

    def run(produce: Callable[[Callable[[Frame | Wave], None]], None]) -> None:
        try:
            produce(put)
            waiting.put(None)
        except MediaError as error:
            waiting.put(error)

    for produce in producers:
        threading.Thread(target=run, args=(produce,), daemon=True).start()
    left = len(producers)
    while left:
        each = waiting.get()
        if each is None:
            left -= 1
        elif isinstance(each, BaseException):
            raise each
        elif isinstance(each, Frame):
            with lock:
                pictures[0] -= 1
                late = pictures[0] >= _WAITING
            if late:
                session.dropped += 1
            else:
                yield each
        else:
            yield each


def _pieces(path: Path, rate: int) -> Iterator[tuple[float, int, Wave]]:
    size, sent = round(_PIECE * rate), 0
    for block in iter_audio(path, rate):
        for start in range(0, len(block), size):
            piece = block[start : start + size]
            sent += len(piece)
            yield sent / rate, 0, piece
