"""Recognition of a stream: pictures and sound come, the moments of each window go out."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mrpn.media import NO_FACE, NO_PICTURE, NO_SOUND, SILENCE, Frame
from mrpn.media.clip import SILENT_PEAK
from mrpn.media.face_stream import FaceCrop, FaceStream
from mrpn.recognition.attribution import Mouth
from mrpn.recognition.hearing import Hearing
from mrpn.recognition.judging import Seen, Window, judge
from mrpn.recognition.recognizer import NO_SPEECH, Recognizer
from mrpn.recognition.recording import framed
from mrpn.recognition.result import Moment
from mrpn.recognition.seeing import look, moved


@dataclass(frozen=True)
class _Kept:
    crop: FaceCrop
    feature: Tensor
    movement: float


class LiveRecognizer:
    """Recognises a stream of pictures and sound, window by window, in memory that does not grow.

    Live, crops are cut out at once and a window's moments come with its last picture. Otherwise
    faces are followed with the look-ahead of files, about a second, and the probabilities are those
    of `Recognizer.predict` on the whole. Faces are numbered as they come, of several the main one
    first; one that was lost, or comes back after a cut, has its old number if it looks as it did.

    Args:
        recognizer: the network, its windows and its way of answering.
        picture, sound: what the stream has.
        live: whether answers are wanted at once.
    """

    def __init__(
        self, recognizer: Recognizer, *, picture: bool = True, sound: bool = True, live: bool = True
    ) -> None:
        self._recognizer, self._live = recognizer, live
        self._scorer = recognizer.scorer
        self._preprocessing = recognizer.preprocessing
        self._windows = recognizer.windows
        self._sees = picture and "video" in self._scorer.modalities
        self._hears = sound and "audio" in self._scorer.modalities
        self._faces: FaceStream | None = None
        self._hearing = Hearing(self._scorer, self._preprocessing, self._windows)
        self._kept: dict[int, deque[_Kept]] = {}
        self._looks: dict[int, NDArray[np.uint8]] = {}
        self._names: dict[int, int] = {}
        self._named = 0
        self._peak = 0.0
        self._saw = self._spoke = False
        self._times: deque[float] = deque()
        self._last = -np.inf
        self._number = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What the stream lacked so far: "no face", "no speech", ..., as a recording's result."""
        found: list[str] = []
        if "video" in self._scorer.modalities and not self._saw:
            found.append(NO_FACE if self._sees else NO_PICTURE)
        if "audio" in self._scorer.modalities and not self._spoke:
            heard = NO_SPEECH if self._peak >= SILENT_PEAK else SILENCE
            found.append(heard if self._hears and self._hearing.samples else NO_SOUND)
        return tuple(found)

    def picture(self, frame: Frame) -> list[Moment]:
        """Take in the next picture, its time from the stream's start; return the moments ready.

        Pictures come at the preprocessing's rate, at least about so.
        """
        if not self._sees:
            return []
        if self._faces is None:
            settings = framed(self._preprocessing.clip, frame.width, frame.height)
            self._faces = FaceStream(settings, live=self._live, endless=True)
        self._times.append(frame.time)
        self._keep(self._faces.add(frame), self._faces.joined)
        self._last = frame.time
        return self._ready()

    def sound(self, block: NDArray[np.float32]) -> list[Moment]:
        """Take in the next samples, mono at the preprocessing's rate; return the moments ready."""
        if not self._hears:
            return []
        self._hearing.add(block)
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
        return self._ready()

    def finish(self) -> list[Moment]:
        """End the stream; return the moments that are left."""
        if self._faces is not None:
            self._keep(self._faces.finish(), self._faces.joined)
        times = list(self._times)[-2:]
        seen = 2 * times[1] - times[0] if len(times) == 2 else 0.0
        duration = max(seen, self._hearing.until)
        spans = self._windows.spans(duration)
        windows = [
            self._window(*span, last=number == len(spans) - 1)
            for number, span in enumerate(spans)
            if number >= self._number
        ]
        return self._judge(windows)

    def _keep(self, crops: Sequence[FaceCrop], joined: Mapping[int, int]) -> None:
        """Keep what is needed of crops, then give the faces that were joined their old numbers."""
        if crops:
            self._saw = True
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
            self._kept.setdefault(crop.face, deque()).append(_Kept(crop, feature, movement))

    def _join(self, face: int, older: int) -> None:
        here = self._kept.pop(face, deque())
        # Of one picture, the crop of what was found last is the face.
        times = {each.crop.time for each in here}
        others = [each for each in self._kept.get(older, ()) if each.crop.time not in times]
        if here or others:
            self._kept[older] = deque(sorted([*others, *here], key=lambda each: each.crop.time))
        if face in self._looks:
            self._looks[older] = self._looks.pop(face)
        names = [self._names.pop(each) for each in (older, face) if each in self._names]
        if names:
            self._names[older] = min(names)

    def _ready(self) -> list[Moment]:
        windows: list[Window] = []
        while self._is_complete():
            windows.append(self._window(*self._windows.span(self._number)))
        return self._judge(windows)

    def _is_complete(self) -> bool:
        if self._hears and not self._hearing.complete():
            return False
        if not self._sees:
            return self._hears
        _, end = self._windows.span(self._number)
        if self._live:
            # The last picture of a window is the one that the next would be too late for.
            rate = self._preprocessing.clip.frame_rate
            return round(self._last * rate) >= round(end * rate) - 1
        settings = self._preprocessing.clip
        ahead = max(settings.gap, settings.reach, 3 * settings.smooth)
        # Pictures wait for the end of their block of examined ones, too.
        return self._last > end + ahead + 2 * settings.detect_every / settings.frame_rate

    def _window(self, start: float, end: float, *, last: bool = False) -> Window:
        until = np.inf if last else end - 1e-9
        looked_at = sum(start - 1e-9 <= time < until for time in self._times)
        shown = {
            face: inside
            for face, kept in self._kept.items()
            if (inside := [each for each in kept if start - 1e-9 <= each.crop.time < until])
        }
        self._name(shown)
        faces = [self._seen(face, inside, looked_at) for face, inside in shown.items()]
        faces.sort(key=lambda seen: seen.face)
        heard = self._hearing.next() if self._hears and self._hearing.samples else None
        self._spoke = self._spoke or (heard is not None and heard.speech > 0)
        self._number += 1
        self._forget(self._windows.span(self._number)[0])
        return Window(start, end, faces, heard)

    def _name(self, shown: Mapping[int, list[_Kept]]) -> None:
        """Number the faces that are shown for the first time, the weightiest first."""
        new = [face for face in shown if face not in self._names]
        for face in sorted(new, key=lambda face: -sum(kept.crop.weight for kept in shown[face])):
            self._named += 1
            self._names[face] = self._named

    def _seen(self, face: int, kept: list[_Kept], looked_at: int) -> Seen:
        x0, y0, x1, y1 = (float(value) for value in kept[len(kept) // 2].crop.box)
        times = np.array([each.crop.time for each in kept])
        return Seen(
            face=self._names[face],
            features=torch.stack([each.feature for each in kept]),
            box=(x0, y0, x1, y1),
            share=min(1.0, len(kept) / max(1, looked_at)),
            mouth=Mouth(times, np.array([each.movement for each in kept])),
        )

    def _forget(self, before: float) -> None:
        while len(self._times) > 2 and self._times[0] < before - 1e-9:
            self._times.popleft()
        for face, kept in list(self._kept.items()):
            while kept and kept[0].crop.time < before - 1e-9:
                kept.popleft()
            if not kept:
                del self._kept[face], self._looks[face]
        if self._faces is not None:
            wanted = self._faces.remembered | self._kept.keys()
            self._names = {face: self._names[face] for face in self._names.keys() & wanted}

    def _judge(self, windows: list[Window]) -> list[Moment]:
        return judge(self._scorer, self._recognizer.answering, windows)
