"""Asking a detector about some of the pictures of a stream, and about more where things change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import ConfigError
from mrpn.media.faces import Detections, Detector, detector
from mrpn.media.faces.boxes import overlap
from mrpn.media.frame import Frame
from mrpn.media.settings import ClipSettings
from mrpn.media.shots import Thumbnail, changed, thumbnail

# A face that was seen once is followed down to this share of the threshold.
GOING_ON = 0.5
# Pictures given to the detector at once, and regular ones in a block.
_BATCH, _BLOCK = 4, 2
# Intersection over union of a face in two pictures: below the first it may be another one, or has
# leapt; from the second on, it has hardly moved.
_STAYED, _STILL = 0.3, 0.85


@dataclass(frozen=True)
class Examined:
    """What the detector said of one picture.

    Attributes:
        image: what it saw: the picture reduced, uint8 [h, w, 3].
        scale: sides of the picture over those of `image`, float64 [2].
        faces: in pixels of `image`.
        thumbnail: of the picture.
    """

    image: NDArray[np.uint8]
    scale: NDArray[np.float64]
    faces: Detections
    thumbnail: Thumbnail


@dataclass(eq=False)
class Look:
    """One picture of a stream, and what was found in it if it was examined."""

    frame: Frame
    regular: bool
    examined: Examined | None = None


def detector_of(settings: ClipSettings, threads: int = 1) -> Detector:
    """Return the face detector that a clip's settings ask for.

    Args:
        settings: name it, its model file and its threshold.
        threads: of the detector; changes the speed only.

    Raises as `mrpn.media.detector` does.
    """
    if settings.detector == "none":
        return detector("none")
    options = {} if settings.model is None else {"model": settings.model}
    least = settings.threshold * GOING_ON
    return detector(settings.detector, threshold=least, threads=threads, **options)


class Search:
    """Examines a stream of pictures that comes one by one.

    Examined are every `detect_every`-th and the last; of those between two of them the middle one
    if a face moves, and so on; all if one comes, goes or leaps, or the picture changes as in a cut.
    Source: ours.

    Args:
        finder: the detector.
        settings: how faces are found.
    """

    def __init__(self, finder: Detector, settings: ClipSettings) -> None:
        self._finder, self._settings = finder, settings
        self._last: Examined | None = None
        self._block: list[Look] = []
        self._count = 0

    def add(self, frame: Frame) -> list[Look]:
        """Take in the next picture; return those that are done with, in order.

        Raises ConfigError if crops are to be aligned and the detector gives no landmarks.
        """
        self._block.append(Look(frame, self._count % self._settings.detect_every == 0))
        self._count += 1
        if sum(look.regular for look in self._block) < _BLOCK:
            return []
        return self._done()

    def finish(self) -> list[Look]:
        """Return the pictures that are left, the last one examined."""
        if not self._block:
            return []
        self._block[-1].regular = True
        return self._done()

    def _done(self) -> list[Look]:
        """Examine a block that ends with a regular picture."""
        block, self._block = self._block, []
        self._last = _examine(block, self._last, self._finder, self._settings)
        return block


def search(frames: Iterable[Frame], finder: Detector, settings: ClipSettings) -> Iterator[Look]:
    """Yield every picture, those that are examined with the faces found in them; see `Search`.

    Raises as `Search` does.
    """
    looking = Search(finder, settings)
    for frame in frames:
        yield from looking.add(frame)
    yield from looking.finish()


def examine(frame: Frame, finder: Detector, settings: ClipSettings) -> Look:
    """Return a picture with the faces found in it. Raises as `Search` does."""
    look = Look(frame, True)
    _ask([look], finder, settings)
    return look


def _examine(
    block: Sequence[Look], last: Examined | None, finder: Detector, settings: ClipSettings
) -> Examined | None:
    """Examine a block that ends with a regular picture; return what was found in that one.

    `last` is what was found in the regular picture before the block.
    """
    _ask([look for look in block if look.regular], finder, settings)
    gaps: list[_Gap] = []
    between: list[Look] = []
    for look in block:
        if look.examined is None:
            between.append(look)
            continue
        if last is not None and between:
            gaps.append(_Gap(last, between, look.examined))
        between = []
        last = look.examined
    while gaps:
        _ask([look for gap in gaps for look in gap.doubtful(settings.threshold)], finder, settings)
        gaps = [half for gap in gaps for half in gap.halves()]
    return last


@dataclass(frozen=True)
class _Gap:
    """Pictures between two that are examined."""

    before: Examined
    looks: list[Look]
    after: Examined

    def doubtful(self, threshold: float) -> list[Look]:
        """Return which of them are to be examined: all, the middle one, or none."""
        shared = _least_overlap(self.before, self.after, threshold)
        if shared < _STAYED or changed(self.before.thumbnail, self.after.thumbnail):
            return self.looks
        return [self.looks[len(self.looks) // 2]] if shared < _STILL else []

    def halves(self) -> "list[_Gap]":
        """Return what is left between, if the middle one has been examined."""
        half = len(self.looks) // 2
        middle = self.looks[half].examined
        if middle is None or any(look.examined for look in self.looks[:half]):
            return []
        parts = [
            _Gap(self.before, self.looks[:half], middle),
            _Gap(middle, self.looks[half + 1 :], self.after),
        ]
        return [part for part in parts if part.looks]


def _ask(looks: Sequence[Look], finder: Detector, settings: ClipSettings) -> None:
    """Examine pictures, at most a batch of the same size at once."""
    for start in range(0, len(looks), _BATCH):
        images = [
            (look, look.frame.reduced(settings.detector_side))
            for look in looks[start : start + _BATCH]
        ]
        for _, group in groupby(images, key=lambda pair: pair[1].shape):
            same = list(group)
            found = finder.detect(np.stack([image for _, image in same]))
            for (look, image), faces in zip(same, found, strict=True):
                if settings.align and len(faces.scores) and faces.landmarks is None:
                    raise ConfigError(
                        f"align needs the eyes' places, which the detector '{finder.name}' does "
                        "not give; use 'retinaface', or leave align off"
                    )
                height, width = image.shape[:2]
                scale = np.array([look.frame.width / width, look.frame.height / height])
                look.examined = Examined(image, scale, faces, thumbnail(image))


def _least_overlap(one: Examined, other: Examined, threshold: float) -> float:
    """Return the least share by which a sure face of either picture overlaps one of the other."""
    least = 1.0
    for here, there in ((one.faces, other.faces), (other.faces, one.faces)):
        for box in here.boxes[here.scores >= threshold]:
            least = min(least, float(overlap(box, there.boxes).max(initial=0.0)))
    return least
