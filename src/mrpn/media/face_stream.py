"""Faces followed through pictures that come one by one, and cut out as soon as that may be."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrpn.media.cropping import cut_face
from mrpn.media.face_track import FaceTrack, importance
from mrpn.media.faces import Detector, WholePicture
from mrpn.media.frame import Frame
from mrpn.media.identity import identities
from mrpn.media.known_faces import KnownFaces
from mrpn.media.rows import box_of, landmarks_of, score_of
from mrpn.media.search import Look, Search, detector_of, examine
from mrpn.media.settings import ClipSettings
from mrpn.media.tracking import Tracker
from mrpn.media.tracklet import Tracklet, Values

# A face that was kept in the picture before is preferred to a somewhat weightier new one.
_KEPT_BEFORE = 1.5


@dataclass(frozen=True)
class FaceCrop:
    """One face cut out of one picture.

    Attributes:
        time: of the picture, in seconds.
        face: number of the face, from 1 in the order in which they came. A face that is lost for
            long, or seen again after a cut, has a new one, or its old one in an endless stream.
        box: x0, y0, x1, y1 in pixels of the picture, float32 [4].
        score: of the detector.
        weight: how much it is the picture's main face.
        image: RGB, uint8 [S, S, 3].
    """

    time: float
    face: int
    box: NDArray[np.float32]
    score: float
    weight: float
    image: NDArray[np.uint8]


class FaceStream:
    """Finds and follows the faces of pictures, and cuts them out once it is known where they go.

    Places are steadied over time with a look-ahead of about a second (the largest of `gap`, `reach`
    and 3 `smooth`). Live there is none: every picture is examined, its faces are cut out at once,
    and places are steadied by what came before alone. In an endless stream, as all live ones are,
    faces are known again as they come, and nothing is kept for the end. Source: ours.

    Args:
        settings: how faces are found and cropped.
        live: whether crops are wanted at once.
        endless: whether faces are to be known again at once, and not joined at the end.
        threads: of the detector; changes the speed only.
        finder: the detector, where it is at hand; else the one that the settings ask for.

    Attributes:
        joined: of an endless stream, numbers of faces that turned out, with the latest picture, to
            be older ones, and the numbers of these.
    """

    def __init__(
        self,
        settings: ClipSettings,
        *,
        live: bool = False,
        endless: bool = False,
        threads: int = 1,
        finder: Detector | None = None,
    ) -> None:
        self._settings = settings
        self._live = live
        self._known = KnownFaces() if live or endless else None
        self._finder = finder or (
            WholePicture() if settings.whole else detector_of(settings, threads)
        )
        self._search = Search(self._finder, settings)
        self._ahead = max(settings.gap, settings.reach, 3 * settings.smooth)
        self._tracker = Tracker(settings)
        self._waiting: deque[Frame] = deque()
        self._regular: deque[float] = deque()
        self._tracklets: list[Tracklet] = []
        self._open: list[Tracklet] = []
        self._kept: list[Tracklet] = []
        self._began = self._crops = 0
        self.joined: dict[int, int] = {}

    def add(self, frame: Frame) -> list[FaceCrop]:
        """Take in the next picture; return the crops that are ready, in order of time."""
        self.joined = {}
        if self._settings.whole:
            return [self._whole(frame)]
        if self._live:
            return self._now(examine(frame, self._finder, self._settings))
        return [crop for look in self._search.add(frame) for crop in self._take(look)]

    def finish(self) -> list[FaceCrop]:
        """Return the crops that are left."""
        self.joined = {}
        found = [crop for look in self._search.finish() for crop in self._take(look)]
        while self._waiting:
            found += self._cut(self._waiting.popleft())
        return found

    def tracks(self) -> tuple[FaceTrack, ...]:
        """Return the faces of the whole stream, tracks of one face joined, once it is finished.

        Their `crops` number the crops in the order in which they were returned. Endless streams
        have none.
        """
        return identities(self._tracklets)

    @property
    def remembered(self) -> set[int]:
        """The numbers of an endless stream's faces that may come again."""
        return {1} if self._settings.whole or self._known is None else self._known.numbers

    def _whole(self, frame: Frame) -> FaceCrop:
        """Cut the central square out of a picture."""
        image = frame.image
        found = self._finder.detect(image[None])[0]
        box = found.boxes[0]
        if not self._tracklets:
            self._tracklets = [Tracklet(-np.inf)]
        weight = float(importance(found.boxes, found.scores, frame.width, frame.height)[0])
        if self._known is None:
            values = np.append(box, found.scores[0]).astype(np.float32)
            self._tracklets[0].rows.add(frame.time, values, weight, self._crops)
        self._crops += 1
        crop = cut_face(image, box, None, self._settings)
        return FaceCrop(frame.time, 1, box, float(found.scores[0]), weight, crop)

    def _take(self, look: Look) -> list[FaceCrop]:
        found: list[FaceCrop] = []
        self._waiting.append(look.frame)
        if look.examined is not None:
            self._follow(look)
            if look.regular:
                self._regular.append(look.frame.time)
            while self._is_known(self._waiting[0].time, look.frame.time):
                found += self._cut(self._waiting.popleft())
        return found

    def _now(self, look: Look) -> list[FaceCrop]:
        self._follow(look)
        return self._cut_until(look.frame, look.frame.time)

    def _follow(self, look: Look) -> None:
        if look.examined is None:
            return
        began = self._tracker.add(look.frame.time, look.examined)
        self._open += began
        if self._known is not None:
            self._know_again(self._known, look.frame.time)
            return
        for tracklet in began:
            self._began += 1
            tracklet.face = self._began
            self._tracklets.append(tracklet)

    def _know_again(self, known: KnownFaces, time: float) -> None:
        """Give faces that began anew their old numbers; what they go on from is over."""
        joined = known.add(time, self._tracker.active)
        for tracklet in self._open:
            tracklet.face = joined.get(tracklet.face, tracklet.face)
        self._tracker.active = [each for each in self._tracker.active if known.goes_on(each)]
        self.joined |= joined

    def _is_known(self, time: float, now: float) -> bool:
        """Return whether it is known where the faces are at a time, and shortly after."""
        return now > time + self._ahead and self._regular[-1] >= time

    def _cut(self, frame: Frame) -> list[FaceCrop]:
        while self._regular[0] < frame.time:
            self._regular.popleft()
        return self._cut_until(frame, max(frame.time + self._ahead, self._regular[0]))

    def _cut_until(self, frame: Frame, until: float) -> list[FaceCrop]:
        """Cut the faces out of a picture by what is known of them until a time."""
        settings = self._settings
        places = [
            (tracklet, place)
            for tracklet in self._open
            if (place := tracklet.at(frame.time, until, settings.reach, settings.smooth))
            is not None
        ]
        if self._known is not None:
            places = _one_each(places, frame.time)
        crops: list[FaceCrop] = []
        if places:
            rows = np.stack([place for _, place in places]).astype(np.float32)
            weights = importance(box_of(rows), score_of(rows), frame.width, frame.height)
            before = np.array([tracklet in self._kept for tracklet, _ in places])
            order = np.argsort(-weights * np.where(before, _KEPT_BEFORE, 1.0), kind="stable")
            chosen = [int(which) for which in order[: settings.max_faces]]
            image = frame.image
            for which in chosen:
                row, weight = rows[which], float(weights[which])
                tracklet = places[which][0]
                crop = cut_face(image, box_of(row), landmarks_of(row), settings)
                score = float(score_of(row))
                crops.append(FaceCrop(frame.time, tracklet.face, box_of(row), score, weight, crop))
                if self._known is None:
                    tracklet.rows.add(frame.time, row, weight, self._crops)
                self._crops += 1
            self._kept = [places[which][0] for which in chosen]
        self._forget(frame.time)
        return crops

    def _forget(self, time: float) -> None:
        settings = self._settings
        for tracklet in self._open:
            tracklet.forget(time - 3 * settings.smooth)
        self._open = [
            tracklet
            for tracklet in self._open
            if tracklet in self._tracker.active or time <= tracklet.times[-1] + settings.reach
        ]


def _one_each(places: list[tuple[Tracklet, Values]], time: float) -> list[tuple[Tracklet, Values]]:
    """Return one place of each face, where it was detected nearest in time."""
    nearest: dict[int, tuple[Tracklet, Values]] = {}
    for tracklet, place in places:
        other = nearest.get(tracklet.face)
        if other is None or tracklet.away(time) < other[0].away(time):
            nearest[tracklet.face] = (tracklet, place)
    return list(nearest.values())
