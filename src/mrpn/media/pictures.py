"""The pictures of a media file as a stream."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mrpn.common.errors import MediaError
from mrpn.media.clock import Clock, with_next
from mrpn.media.container import decode, open_media, video_stream
from mrpn.media.errors import MissingTrackError
from mrpn.media.frame import Frame, FrameMaker
from mrpn.media.interlace import deinterlaced
from mrpn.media.pace import Pace
from mrpn.media.sampling import nearest
from mrpn.media.stills import is_still, read_still

# Where a file states no frame rate, as a stream of unstamped pictures may, or none that can be.
_USUAL_RATE = 25.0
_LEAST_RATE, _MOST_RATE = 0.05, 1000.0


def iter_frames(
    path: Path,
    rate: float | None = None,
    *,
    threads: int | None = None,
    pace: Pace | None = None,
) -> Iterator[Frame]:
    """Yield the pictures of a media file in order, chosen by their time stamps.

    For each time k / rate the nearest picture, none twice; a file slower than `rate` gives all
    it has. Pictures without a time stamp follow the one before at the file's frame rate. A few
    pictures are held at a time, in the decoder's format; one that is not chosen is never converted.
    A still image is one picture at time 0. Source: ours.

    Args:
        path: any video file, still image, `fer2013.csv#123`, or one of them in a zip archive.
        rate: pictures per second, > 0; None gives every picture.
        threads: of the decoder, >= 1; None leaves it to FFmpeg. Changes the speed only.
        pace: is told when each picture of the file is shown, and in the end until when the last is.

    Raises MediaError if the file cannot be read, has no picture, or none of it can be decoded.
    """
    if rate is not None and not rate > 0:
        raise MediaError(f"{path}: cannot take {rate} pictures per second; use a rate > 0")
    if is_still(path):
        yield Frame.of(0.0, read_still(path))
        return
    with open_media(path) as container:
        stream = video_stream(path, container)
        if stream is None:
            raise MissingTrackError(f"{path}: no picture in this file; give one with a video track")
        stream.thread_type = "AUTO"
        if threads is not None:
            stream.thread_count = threads
        maker = FrameMaker(str(path))
        empty = True
        for time, decoded in nearest(deinterlaced(_timed(container, stream, pace or Pace())), rate):
            empty = False
            yield maker.frame(time, decoded)
    if empty:
        raise MediaError(f"{path}: no picture of it can be decoded; copy or download it again")


def _timed(container: Any, stream: Any, pace: Pace) -> Iterator[tuple[float, Any]]:
    """Yield decoded frames with times that rise from 0, whatever the file's stamps say."""
    clock, step = Clock(container), _step(stream)
    last: float | None = None
    early: Any = None
    own = 0.0
    for frame, following in with_next(decode(container, stream)):
        expected = None if last is None else last + step
        time = clock.time(frame.time, expected, following and following.time)
        if last is None and time is not None and time < 0:
            # Of what lies before time zero, the last picture is still shown then.
            early = frame
            continue
        if last is None:
            last = time or 0.0
            if early is not None and last > 0:
                pace.add(0.0)
                yield 0.0, early
            early = None
        else:
            last = last + step if time is None or time <= last else time
        pace.add(last)
        own = _own(frame) if following is None else 0.0
        yield last, frame
    if early is not None:
        pace.add(0.0)
        yield 0.0, early
    pace.end(own if clock.reachable((last or 0.0) + own, last or 0.0) else 0.0, clock.end)


def _own(frame: Any) -> float:
    """Return how long a decoded frame says that it is shown, in seconds; 0 if it does not."""
    if not frame.duration or frame.duration < 0 or not frame.time_base:
        return 0.0
    return float(frame.duration * frame.time_base)


def _step(stream: Any) -> float:
    """Return for how long a picture is shown where the stamps do not tell, in seconds."""
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and _LEAST_RATE <= rate <= _MOST_RATE:
            return 1.0 / float(rate)
    return 1.0 / _USUAL_RATE
