"""The faces of a video as a stream of crops: one pass over the file, little of it held."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import ConfigError, MediaError
from mrpn.media.cropping import cut_face
from mrpn.media.face_stream import FaceStream
from mrpn.media.face_track import Faces, FaceTrack
from mrpn.media.faces import WholePicture
from mrpn.media.frame import Frame
from mrpn.media.pace import Pace
from mrpn.media.pictures import iter_frames
from mrpn.media.settings import ClipSettings

Sink = Callable[[NDArray[np.uint8]], None]
# Times of one picture, read twice, are the same to this many seconds.
_SAME_TIME = 5e-4


def stream_faces(
    path: Path,
    settings: ClipSettings,
    sink: Sink,
    *,
    threads: int = 1,
    tracks: Sequence[FaceTrack] | None = None,
) -> Faces:
    """Cut the faces out of a video or still image, in one pass; memory does not grow with it.

    Some pictures are examined at a reduced size; faces are followed between them, their places
    interpolated and smoothed with a look-ahead of about a second, and cut out of the full pictures.
    At the end the tracks of one face, in different shots, say, are joined. Source: faces are
    cropped in the paper, section 3; how is ours.

    Args:
        path: any video file, still image, or `fer2013.csv#123`, also in a zip archive.
        settings: how faces are found and cropped.
        sink: is given every crop, RGB, uint8 [S, S, 3], in order of time, of all faces.
        threads: of the decoder and of the detector; changes the speed only.
        tracks: where the faces are, if they are known: crops are cut again along them, without
            detection, in the same order. The settings may differ in size, margin, border and
            align; with the same ones the crops are the same.

    Raises MediaError as `iter_frames` does, if the detector is not installed, or if the tracks
    belong to another file; ConfigError if crops are to be aligned and there are no landmarks.
    """
    count, pace = _Count(), Pace()
    frames = count.over(iter_frames(path, settings.frame_rate, threads=threads, pace=pace))
    name = settings.detector
    if tracks is not None:
        found = _again(path, frames, settings, sink, tracks)
    else:
        name = WholePicture.name if settings.whole else name
        following = FaceStream(settings, threads=threads)
        for frame in frames:
            for crop in following.add(frame):
                sink(crop.image)
        for crop in following.finish():
            sink(crop.image)
        found = following.tracks()
    return Faces(
        found, count.pictures, pace.until, count.width, count.height, name, tuple(pace.rests)
    )


class _Count:
    """Counts the pictures that pass."""

    def __init__(self) -> None:
        self.pictures = self.width = self.height = 0

    def over(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        for frame in frames:
            if not self.pictures:
                self.width, self.height = frame.width, frame.height
            self.pictures += 1
            yield frame


def _again(
    path: Path,
    frames: Iterable[Frame],
    settings: ClipSettings,
    sink: Sink,
    tracks: Sequence[FaceTrack],
) -> tuple[FaceTrack, ...]:
    """Cut faces out along tracks that are known."""
    if settings.align and any(track.landmarks is None for track in tracks):
        raise ConfigError("align needs the eyes' places, which these tracks lack; leave align off")
    # The rows of all tracks in the order of their crops, which is that of time.
    times = np.concatenate([np.zeros(0), *(track.times for track in tracks)])
    which = np.repeat(np.arange(len(tracks)), [len(track) for track in tracks])
    rows = np.concatenate([np.zeros(0, np.intp), *(np.arange(len(track)) for track in tracks)])
    order = np.lexsort(
        (np.concatenate([np.zeros(0, np.int64), *(track.crops for track in tracks)]), times)
    )
    taken: list[list[int]] = [[] for _ in tracks]
    numbers: list[list[int]] = [[] for _ in tracks]
    at = count = 0
    for frame in frames:
        while at < len(order) and times[order[at]] < frame.time - _SAME_TIME:
            at += 1
        image = None
        while at < len(order) and times[order[at]] <= frame.time + _SAME_TIME:
            number, row = int(which[order[at]]), int(rows[order[at]])
            track = tracks[number]
            image = frame.image if image is None else image
            points = None if track.landmarks is None else track.landmarks[row]
            sink(cut_face(image, track.boxes[row], points, settings))
            taken[number].append(row)
            numbers[number].append(count)
            count += 1
            at += 1
    if len(times) and not count:
        raise MediaError(f"{path}: has no picture at the times of the tracks; look for faces again")
    kept = [
        track.take(np.array(some, np.intp), np.array(crops, np.int64))
        for track, some, crops in zip(tracks, taken, numbers, strict=True)
    ]
    return tuple(track for track in kept if len(track))
