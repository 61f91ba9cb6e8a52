"""From faces found in single pictures to faces followed through shots."""

import numpy as np
from numpy.typing import NDArray

from mrpn.media.faces.boxes import overlap
from mrpn.media.search import Examined
from mrpn.media.settings import ClipSettings
from mrpn.media.shots import Cuts
from mrpn.media.tracklet import Tracklet

# Least intersection over union of a face's predicted and found box.
_SAME_FACE = 0.2
# A face that leapt may be this far from its prediction, in sides of its box, and farther by so
# much for every second that it was lost; and so many times larger or smaller.
_LEAP, _LEAP_PER_SECOND, _GROWTH = 0.7, 1.0, 1.6


class Tracker:
    """Joins detections into tracklets, picture by picture.

    Faces are joined to where each tracklet should be by its velocity, the best overlaps first,
    sure detections before those below the threshold (after Zhang et al., ByteTrack, 2022). A
    tracklet that was lost may go on within `gap`; a cut ends all. Source: ours.

    Args:
        settings: `threshold` and `gap` are used.

    Attributes:
        active: tracklets that may go on.
    """

    def __init__(self, settings: ClipSettings) -> None:
        self.active: list[Tracklet] = []
        self._settings = settings
        self._cuts = Cuts()
        self._since = self._before = -np.inf

    def add(self, time: float, examined: Examined) -> list[Tracklet]:
        """Take in the next examined picture; return the tracklets that began in it."""
        if self._cuts.begins(examined.thumbnail):
            for tracklet in self.active:
                tracklet.until = time
            self.active = []
            self._since = time
        # Where pictures are examined more seldom than `gap`, a face need only be in the last one.
        since = min(time - self._settings.gap - 1e-9, self._before)
        self.active = [each for each in self.active if each.times[-1] >= since]
        found = _values(examined)
        sure = examined.faces.scores >= self._settings.threshold
        free = list(self.active)
        began: list[Tracklet] = []
        for numbers in (np.flatnonzero(sure), np.flatnonzero(~sure)):
            joined = _join(free, found[numbers], time)
            free = [each for each in free if each not in joined.values()]
            for number, values in enumerate(found[numbers]):
                if number in joined:
                    tracklet = joined[number]
                elif sure[numbers[number]]:
                    tracklet = Tracklet(self._since)
                    began.append(tracklet)
                else:
                    continue
                linked = bool(tracklet.times) and tracklet.times[-1] == self._before
                tracklet.add(time, values, linked)
                _sample(tracklet, time, examined, int(numbers[number]))
        self.active += began
        self._before = time
        return began


def _values(examined: Examined) -> NDArray[np.float64]:
    """Return the detections in pixels of the whole picture, as a tracklet's values."""
    faces = examined.faces
    columns: list[NDArray[np.floating]] = [
        faces.boxes * np.tile(examined.scale, 2),
        faces.scores[:, None],
    ]
    if faces.landmarks is not None:
        columns.append((faces.landmarks * examined.scale).reshape(len(faces.scores), 10))
    return np.concatenate(columns, axis=1, dtype=np.float64)


def _sample(tracklet: Tracklet, time: float, examined: Examined, number: int) -> None:
    if tracklet.look.is_due(time):
        faces = examined.faces
        points = None if faces.landmarks is None else faces.landmarks[number]
        tracklet.look.sample(time, examined.image, faces.boxes[number], points)


def _join(
    tracklets: list[Tracklet], found: NDArray[np.float64], time: float
) -> dict[int, Tracklet]:
    """Return which tracklet each of the found faces continues, each used once."""
    pairs = [
        (affinity, number, which)
        for which, tracklet in enumerate(tracklets)
        for number, affinity in enumerate(_affinities(tracklet, found, time))
        if affinity > 0
    ]
    joined: dict[int, Tracklet] = {}
    taken: set[int] = set()
    for _, number, which in sorted(pairs, key=lambda pair: -pair[0]):
        if number not in joined and which not in taken:
            joined[number] = tracklets[which]
            taken.add(which)
    return joined


def _affinities(tracklet: Tracklet, found: NDArray[np.float64], time: float) -> NDArray[np.float64]:
    """Return how well each face continues a tracklet: the overlap, or less for a leap; 0: not."""
    boxes = found[:, :4]
    expected = tracklet.predicted(time)
    shared = overlap(expected, boxes)
    sides = np.max(boxes[:, 2:] - boxes[:, :2], axis=1)
    side = float(np.max(expected[2:] - expected[:2]))
    growth = np.maximum(sides, side) / np.maximum(1e-9, np.minimum(sides, side))
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = np.linalg.norm(centres - (expected[:2] + expected[2:]) / 2, axis=1)
    reach = (_LEAP + _LEAP_PER_SECOND * (time - tracklet.times[-1])) * side
    leap = np.where(growth <= _GROWTH, _SAME_FACE * (1 - away / max(reach, 1e-9)), 0.0)
    return np.asarray(np.where(shared >= _SAME_FACE, shared, np.clip(leap, 0, None)))
