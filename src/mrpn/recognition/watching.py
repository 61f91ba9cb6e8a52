"""The faces of a stream: features of the latest pictures, and faces numbered as they are shown."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mrpn.inputs import Preprocessing
from mrpn.media import Frame
from mrpn.media.face_stream import FaceCrop, FaceStream
from mrpn.media.pace import Pace
from mrpn.recognition.attribution import Mouth
from mrpn.recognition.framing import framed
from mrpn.recognition.judging import Seen
from mrpn.recognition.scoring import Scorer
from mrpn.recognition.seeing import look, moved

_SLACK = 1e-9


@dataclass(frozen=True)
class _Kept:
    """What windows need of one crop."""

    time: float
    box: NDArray[np.float32]
    weight: float
    feature: Tensor
    movement: float


class Watching:
    """Encodes the faces of a stream of pictures, and keeps them until their windows are over.

    Args:
        scorer: encodes the crops.
        preprocessing: how crops become its input.
        live: whether faces are cut out at once, or with the look-ahead of files.
        threads: of the face detector; changes the speed only.

    Attributes:
        saw: whether a face was seen.
        last: time of the last picture, in seconds; -inf before the first.
    """

    def __init__(
        self, scorer: Scorer, preprocessing: Preprocessing, *, live: bool, threads: int = 1
    ) -> None:
        self._scorer, self._preprocessing = scorer, preprocessing
        self._live, self._threads = live, threads
        self.saw = False
        self.last = -np.inf
        self._faces: FaceStream | None = None
        self._kept: dict[int, deque[_Kept]] = {}
        self._looks: dict[int, NDArray[np.uint8]] = {}
        self._names: dict[int, int] = {}
        self._named = 0
        self._times: deque[float] = deque()
        self._pace = Pace()
        self._ended = False
        self._until: float | None = None

    def add(self, frame: Frame) -> None:
        """Take in the next picture."""
        if self._faces is None:
            settings = framed(self._preprocessing.clip, frame.width, frame.height)
            self._faces = FaceStream(settings, live=self._live, endless=True, threads=self._threads)
        self._times.append(frame.time)
        self._pace.add(frame.time)
        self.last = frame.time
        self.keep(self._faces.add(frame), self._faces.joined)

    def end(self, until: float | None = None) -> None:
        """Take in that there are no more pictures, and when the last one ends, if that is known."""
        self._ended = True
        self._until = until if until is not None else self._until
        if self._faces is not None:
            self.keep(self._faces.finish(), self._faces.joined)

    @property
    def until(self) -> float:
        """When the last picture ends, in seconds; 0 without any."""
        return self._pace.until if self._until is None else self._until

    def complete(self, end: float) -> bool:
        """Return whether all faces are known that are shown until a time, in seconds."""
        if self._ended:
            return self.until > end - _SLACK
        settings = self._preprocessing.clip
        if self._live:
            # The last picture of a window is the one that the next would be too late for.
            rate = settings.frame_rate
            return self.last >= 0 and round(self.last * rate) >= round(end * rate) - 1
        ahead = max(settings.gap, settings.reach, 3 * settings.smooth)
        # Pictures wait for the end of their block of examined ones, too.
        return self.last > end + ahead + 2 * settings.detect_every / settings.frame_rate

    def window(self, start: float, until: float) -> list[Seen]:
        """Return the faces that are shown from one time until before another, in seconds."""
        looked_at = sum(start - _SLACK <= time < until - _SLACK for time in self._times)
        shown = {
            face: inside
            for face, kept in self._kept.items()
            if (inside := [e for e in kept if start - _SLACK <= e.time < until - _SLACK])
        }
        self._name(shown)
        faces = [self._seen(face, inside, looked_at) for face, inside in shown.items()]
        return sorted(faces, key=lambda seen: seen.face)

    def forget(self, before: float) -> None:
        """Forget what was shown before a time, in seconds."""
        while self._times and self._times[0] < before - _SLACK:
            self._times.popleft()
        for face, kept in list(self._kept.items()):
            while kept and kept[0].time < before - _SLACK:
                kept.popleft()
            if not kept:
                del self._kept[face], self._looks[face]
        if self._faces is not None:
            wanted = self._faces.remembered | self._kept.keys()
            self._names = {face: self._names[face] for face in self._names.keys() & wanted}

    def keep(self, crops: Sequence[FaceCrop], joined: Mapping[int, int]) -> None:
        """Keep what is needed of crops, then give the faces that were joined their old numbers."""
        if crops:
            self.saw = True
            self._encode(crops)
        for face, older in joined.items():
            self._join(face, older)

    def _encode(self, crops: Sequence[FaceCrop]) -> None:
        images = np.stack([crop.image for crop in crops])
        features = self._scorer.encode("video", self._preprocessing.video(images))
        for crop, feature in zip(crops, features, strict=True):
            before, now = self._looks.get(crop.face), look(crop.image)
            self._looks[crop.face] = now
            movement = np.nan if before is None else moved(before, now)
            kept = _Kept(crop.time, crop.box, crop.weight, feature, movement)
            self._kept.setdefault(crop.face, deque()).append(kept)

    def _join(self, face: int, older: int) -> None:
        here = self._kept.pop(face, deque())
        # Of one picture, the crop of what was found last is the face.
        times = {each.time for each in here}
        others = [each for each in self._kept.get(older, ()) if each.time not in times]
        if here or others:
            self._kept[older] = deque(sorted([*others, *here], key=lambda each: each.time))
        if face in self._looks:
            self._looks[older] = self._looks.pop(face)
        names = [self._names.pop(each) for each in (older, face) if each in self._names]
        if names:
            self._names[older] = min(names)

    def _name(self, shown: Mapping[int, list[_Kept]]) -> None:
        """Number the faces that are shown for the first time, the weightiest first."""
        new = [face for face in shown if face not in self._names]
        for face in sorted(new, key=lambda face: -sum(kept.weight for kept in shown[face])):
            self._named += 1
            self._names[face] = self._named

    def _seen(self, face: int, kept: list[_Kept], looked_at: int) -> Seen:
        x0, y0, x1, y1 = (float(value) for value in kept[len(kept) // 2].box)
        times = np.array([each.time for each in kept])
        return Seen(
            face=self._names[face],
            features=torch.stack([each.feature for each in kept]),
            box=(x0, y0, x1, y1),
            share=min(1.0, len(kept) / max(1, looked_at)),
            mouth=Mouth(times, np.array([each.movement for each in kept])),
        )
