"""The pictures of a media file as a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.container import decode, open_media, origin, video_stream
from mrpn.media.errors import MissingTrackError
from mrpn.media.sampling import nearest
from mrpn.media.stills import is_still, read_still

# Where a file states no frame rate, as a stream of unstamped pictures may.
_USUAL_RATE = 25.0


@dataclass(frozen=True)
class Frame:
    """One picture and when it is shown.

    Attributes:
        time: seconds from the file's time zero.
        image: RGB, uint8 [H, W, 3], turned upright as the file says.
    """

    time: float
    image: NDArray[np.uint8]


def iter_frames(path: Path, rate: float | None = None) -> Iterator[Frame]:
    """Yield the pictures of a media file in order, chosen by their time stamps.

    For each time k / rate the nearest picture, none twice; a file slower than `rate` gives all
    it has. Pictures without a time stamp follow the one before at the file's frame rate. One
    picture is held at a time. A still image is one picture at time 0. Source: ours.

    Args:
        path: any video file, still image, or `fer2013.csv#123`.
        rate: pictures per second, > 0; None gives every picture.

    Raises MediaError if the file cannot be read, has no picture, or none of it can be decoded.
    """
    if rate is not None and rate <= 0:
        raise MediaError(f"{path}: cannot take {rate} pictures per second; use a rate > 0")
    if is_still(path):
        yield Frame(0.0, read_still(path))
        return
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None:
            raise MissingTrackError(f"{path}: no picture in this file; give one with a video track")
        stream.thread_type = "AUTO"
        empty = True
        for time, frame in nearest(_timed(container, stream), rate):
            empty = False
            yield Frame(time, _upright(frame))
    if empty:
        raise MediaError(f"{path}: no picture of it can be decoded; copy or download it again")


def _timed(container: Any, stream: Any) -> Iterator[tuple[float, Any]]:
    """Yield decoded frames with times that rise, whatever the file's stamps say."""
    step = 1.0 / float(stream.average_rate or stream.guessed_rate or _USUAL_RATE)
    zero = origin(container)
    last: float | None = None
    for frame in decode(container, stream):
        time = None if frame.time is None else frame.time - zero
        if last is not None and (time is None or time <= last):
            time = last + step
        last = max(0.0, time or 0.0)
        yield last, frame


def _upright(frame: Any) -> NDArray[np.uint8]:
    image: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
    turns = round((frame.rotation or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
