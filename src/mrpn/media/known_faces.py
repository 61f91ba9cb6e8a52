"""Faces known again while a stream goes on: after a cut, and when they were lost."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mrpn.media.appearance import difference
from mrpn.media.faces.boxes import overlap
from mrpn.media.identity import SAME_LOOK
from mrpn.media.rows import BOX
from mrpn.media.tracklet import Tracklet

# A face may turn out to be one known before for so long after it came, in seconds: four looks.
_DOUBTFUL = 1.25
# One that is lost in a shot, and found again within so many seconds where it was, with at least
# this intersection over union, may look so many times more different.
_AWAY, _SAME_PLACE, _ALLOWANCE = 3.0, 0.3, 1.5
# Faces out of the picture that are remembered, and looks of each.
_MOST_FACES, _MOST_LOOKS = 32, 64


class KnownFaces:
    """Numbers the faces of a stream that may never end; a face that comes back has its old number.

    What begins anew joins the face that looks most like it, if it looks like it enough and was
    never in a picture with it: in its first picture, or with one of its first looks. Remembered are
    the faces seen last, by their first and latest looks. Source: ours.
    """

    def __init__(self) -> None:
        self._faces: dict[int, _Face] = {}
        self._count = 0

    @property
    def numbers(self) -> set[int]:
        """The faces that are remembered."""
        return set(self._faces)

    def add(self, time: float, active: Sequence[Tracklet]) -> dict[int, int]:
        """Take in the next examined picture; number the tracklets that began in it.

        Args:
            time: of the picture, in seconds.
            active: the tracklets that may go on, those seen in it and others.

        Returns the numbers that are no more, with the older ones of the same faces.
        """
        seen = [tracklet for tracklet in active if tracklet.times[-1] == time]
        for tracklet in seen:
            if not tracklet.face:
                self._count += 1
                tracklet.face = self._count
                self._faces[self._count] = _Face(tracklet, time)
        together = {tracklet.face for tracklet in seen}
        for number in together:
            self._faces[number].met |= together - {number}
        joined = self._join([number for number in together if self._faces[number].asks(time)])
        self._forget(active)
        return joined

    def goes_on(self, tracklet: Tracklet) -> bool:
        """Return whether no later tracklet shows the tracklet's face."""
        return self._faces[tracklet.face].tracklet is tracklet

    def _join(self, asking: list[int]) -> dict[int, int]:
        faces = self._faces
        pairs = [
            (faces[number].unlike(other), number, known)
            for number in asking
            for known, other in faces.items()
            if known != number and known not in faces[number].met
        ]
        joined: dict[int, int] = {}
        done: set[int] = set()
        for unlike, number, known in sorted(pairs):
            if unlike > SAME_LOOK:
                break
            if not done & {number, known}:
                done |= {number, known}
                joined[max(number, known)] = min(number, known)
                self._merge(number, known)
        return joined

    def _merge(self, number: int, known: int) -> None:
        """Make one face of the one that is seen and the one that it was before."""
        new, old = self._faces.pop(number), self._faces.pop(known)
        kept = min(number, known)
        old.go_on(new)
        old.tracklet.face = kept
        self._faces[kept] = old
        for face in self._faces.values():
            if face.met & {number, known}:
                face.met = face.met - {number, known} | {kept}

    def _forget(self, active: Sequence[Tracklet]) -> None:
        gone = [number for number, face in self._faces.items() if face.tracklet not in active]
        gone.sort(key=lambda number: self._faces[number].tracklet.times[-1])
        for number in gone[: max(0, len(gone) - _MOST_FACES)]:
            del self._faces[number]
        for face in self._faces.values():
            face.met &= self._faces.keys()


class _Face:
    """A face, by its latest tracklet and the looks of those before."""

    def __init__(self, tracklet: Tracklet, time: float) -> None:
        self.tracklet = tracklet
        self.met: set[int] = set()
        self._before: list[NDArray[np.float64]] = []
        self._began, self._place = time, tracklet.values[0][BOX]
        self._is_new = True

    @property
    def looks(self) -> NDArray[np.float64]:
        """The first and the latest of its looks, [N, D]."""
        looks = np.concatenate([*self._before, self.tracklet.look.looks])
        if len(looks) <= _MOST_LOOKS:
            return looks
        return np.concatenate([looks[: _MOST_LOOKS // 2], looks[-_MOST_LOOKS // 2 :]])

    def asks(self, time: float) -> bool:
        """Return whether it may be a face known before, and has a look that was not compared."""
        due = self.tracklet.look.sampled_at == time
        return self._is_new and due and time <= self._began + _DOUBTFUL

    def unlike(self, other: "_Face") -> float:
        """Return how different a face looks that was seen before; less in this one's place."""
        unlike = difference(self.tracklet.look.looks, other.looks)
        last = other.tracklet
        near = (
            last.since == self.tracklet.since
            and self._began - last.times[-1] <= _AWAY
            and float(overlap(self._place, last.values[-1][None, BOX])[0]) >= _SAME_PLACE
        )
        return unlike / _ALLOWANCE if near else unlike

    def go_on(self, new: "_Face") -> None:
        """Go on with a new face's tracklet."""
        self._before = [self.looks]
        self.tracklet = new.tracklet
        self.met |= new.met
        self._is_new = False
