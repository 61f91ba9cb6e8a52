"""The main face of a video, cut out of each of its pictures."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrpn.media.cropping import crop, face_square
from mrpn.media.faces import Detections, Detector, WholePicture, detector
from mrpn.media.pictures import iter_frames
from mrpn.media.settings import ClipSettings
from mrpn.media.tracking import follow, main_face

# Pictures given to the detector at once.
_BATCH = 8
# Pictures are held for cropping up to this many bytes; a longer video is decoded a second time.
_HELD_BYTES = 256 * 2**20


@dataclass(frozen=True)
class FaceCrops:
    """One face's crops. T counts the pictures that show it.

    Attributes:
        frames: RGB, uint8 [T, S, S, 3].
        times: seconds, float64 [T], rising.
        boxes: the face's box in the picture, x0, y0, x1, y1 in pixels, float32 [T, 4].
        scores: the detector's score, float32 [T].
        looked_at: number of pictures looked at, with a face or not.
        duration: seconds from time zero to the end of the last picture; 0 for a still image.
    """

    frames: NDArray[np.uint8]
    times: NDArray[np.float64]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    looked_at: int
    duration: float


def no_faces(size: int, looked_at: int = 0, duration: float = 0.0) -> FaceCrops:
    """Return the crops of a clip that shows no face, T = 0."""
    return FaceCrops(
        frames=np.zeros((0, size, size, 3), np.uint8),
        times=np.zeros(0),
        boxes=np.zeros((0, 4), np.float32),
        scores=np.zeros(0, np.float32),
        looked_at=looked_at,
        duration=duration,
    )


def read_faces(path: Path, settings: ClipSettings, threads: int = 1) -> FaceCrops:
    """Return the crops of the main face of a video or still image.

    Pictures that do not show it are left out; their times tell. Memory holds the crops and at
    most a quarter of a gigabyte of pictures. Source: faces are cropped in the paper, section 3;
    how is ours.

    Raises MediaError as `iter_frames` does, and if the detector's model is not installed.
    """
    if settings.whole:
        return _whole(path, settings)
    finder = detector(
        settings.detector,
        long_side=settings.detector_side,
        threshold=settings.threshold,
        threads=threads,
    )
    search = _Search(finder, settings.detect_every)
    for frame in iter_frames(path, settings.frame_rate):
        search.add(frame.time, frame.image)
    search.finish()
    times = np.array(search.times)
    duration = _end(times)
    track = main_face(search.found, search.examined, search.width, search.height)
    if track is None:
        return no_faces(settings.size, len(times), duration)
    reach = max(settings.reach, 0.5 * float(np.diff(times[search.examined]).max(initial=0.0)))
    boxes, scores = follow(track, times, reach, settings.smooth)
    shown = ~np.isnan(scores)
    crops = [
        crop(image, face_square(box, settings.margin), settings.size, settings.border)
        for image, box, there in zip(_images(search, path, settings), boxes, shown, strict=False)
        if there
    ]
    return FaceCrops(
        np.stack(crops), times[shown], boxes[shown], scores[shown], len(times), duration
    )


class _Search:
    """Asks the detector about some of a stream of pictures, and holds the pictures while it can."""

    def __init__(self, finder: Detector, every: int) -> None:
        self.times: list[float] = []
        self.examined: list[int] = []
        self.found: list[Detections] = []
        self.held: list[NDArray[np.uint8]] | None = []
        self.width = self.height = 0
        self._finder = finder
        self._every = every
        self._bytes = 0
        self._waiting: list[NDArray[np.uint8]] = []
        self._last: NDArray[np.uint8] | None = None

    def add(self, time: float, image: NDArray[np.uint8]) -> None:
        index = len(self.times)
        self.times.append(time)
        self._last = image
        self.height, self.width = image.shape[:2]
        self._bytes += image.nbytes
        if self._bytes > _HELD_BYTES:
            self.held = None
        if self.held is not None:
            self.held.append(image)
        if index % self._every == 0:
            self._examine(index, image)

    def finish(self) -> None:
        index = len(self.times) - 1
        if self._last is not None and self.examined[-1] != index:
            self._examine(index, self._last)
        self._ask()

    def _examine(self, index: int, image: NDArray[np.uint8]) -> None:
        if self._waiting and self._waiting[0].shape != image.shape:
            self._ask()
        self.examined.append(index)
        self._waiting.append(image)
        if len(self._waiting) == _BATCH:
            self._ask()

    def _ask(self) -> None:
        if self._waiting:
            self.found.extend(self._finder.detect(np.stack(self._waiting)))
            self._waiting.clear()


def _images(search: _Search, path: Path, settings: ClipSettings) -> Iterable[NDArray[np.uint8]]:
    if search.held is not None:
        return search.held
    return (frame.image for frame in iter_frames(path, settings.frame_rate))


def _whole(path: Path, settings: ClipSettings) -> FaceCrops:
    finder = WholePicture()
    times, boxes, crops = [], [], []
    for frame in iter_frames(path, settings.frame_rate):
        box = finder.detect(frame.image[None])[0].boxes[0]
        times.append(frame.time)
        boxes.append(box)
        crops.append(crop(frame.image, face_square(box, 1.0), settings.size, settings.border))
    return FaceCrops(
        frames=np.stack(crops),
        times=np.array(times),
        boxes=np.stack(boxes),
        scores=np.ones(len(times), np.float32),
        looked_at=len(times),
        duration=_end(np.array(times)),
    )


def _end(times: NDArray[np.float64]) -> float:
    """Return when the last picture ends: it is shown as long as the one before it."""
    return float(times[-1] + times[-1] - times[-2]) if len(times) > 1 else 0.0
