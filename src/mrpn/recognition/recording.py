"""A recording, read once: features of its faces and of its voice's windows."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from mrpn.common.errors import MediaError
from mrpn.inputs import Preprocessing
from mrpn.media import (
    NO_FACE,
    NO_SOUND,
    SILENCE,
    ClipSettings,
    FaceTrack,
    Frame,
    probe,
    stream_clip,
)
from mrpn.media.clip import SILENT_PEAK
from mrpn.media.face_stream import FaceStream
from mrpn.media.pace import Pace
from mrpn.media.sampling import nearest
from mrpn.media.sound import resampled
from mrpn.recognition.attribution import Mouth
from mrpn.recognition.framing import framed
from mrpn.recognition.given import USUAL_RATE, checked_frames, checked_sound, pieces
from mrpn.recognition.hearing import Heard, Hearing
from mrpn.recognition.judging import Seen, Window
from mrpn.recognition.scoring import Scorer
from mrpn.recognition.seeing import Seeing
from mrpn.recognition.windows import Windows


@dataclass(frozen=True)
class Recording:
    """What a recording holds, ready to be judged window by window.

    Attributes:
        faces: followed through it, the main one first.
        features: of all crops, by their number [N, width].
        mouths: movement of each face's mouth, by face.
        heard: the sound of each window; empty without sound.
        looked_at: pictures looked at.
        duration: in seconds.
        problems: what it lacks.
        rests: from when to when pictures are shown that are for more than a second.
    """

    faces: tuple[FaceTrack, ...]
    features: Tensor
    mouths: tuple[NDArray[np.float64], ...]
    heard: list[Heard]
    looked_at: int
    duration: float
    problems: tuple[str, ...]
    rests: tuple[tuple[float, float], ...] = ()

    def windows(self, windows: Windows) -> Iterator[Window]:
        """Yield its windows."""
        for number, (start, end) in enumerate(windows.spans(self.duration)):
            # What lies beyond the last window is passed over; a still image lasts no time.
            until = end if end < self.duration else np.inf
            faces = [
                seen
                for face in range(len(self.faces))
                if (seen := self._seen(face, start, until, end)) is not None
            ]
            heard = self.heard[number] if number < len(self.heard) else None
            yield Window(start, end, faces, heard)

    def _seen(self, face: int, start: float, until: float, end: float) -> Seen | None:
        track = self.faces[face]
        first, after = np.searchsorted(track.times, (start - 1e-9, until - 1e-9))
        if first == after:
            return None
        x0, y0, x1, y1 = (float(value) for value in track.boxes[(first + after) // 2])
        looked_at = self.looked_at * (end - start) / self.duration if self.duration > 0 else 1.0
        return Seen(
            face=face + 1,
            features=self.features[track.crops[first:after]],
            box=(x0, y0, x1, y1),
            share=min(1.0, (after - first) / max(1.0, looked_at)),
            mouth=Mouth(track.times[first:after], self.mouths[face][first:after]),
        )


class Reader:
    """Reads recordings for a network.

    Args:
        scorer: encodes what is read.
        preprocessing: how it becomes the network's input.
        windows: fitted to it.
        threads: of decoder and face detector; changes the speed only.
    """

    def __init__(
        self, scorer: Scorer, preprocessing: Preprocessing, windows: Windows, threads: int = 1
    ) -> None:
        self._scorer, self._preprocessing, self._windows = scorer, preprocessing, windows
        self._threads = threads
        self._sees = "video" in scorer.modalities
        self._hears = "audio" in scorer.modalities

    def file(self, path: Path) -> Recording:
        """Read a media file in one pass over its picture and one over its sound.

        Raises:
            MediaError: it is not media, or has nothing that the network takes.
        """
        hearing = self._hearing()
        heard: list[Heard] = []

        def hear(block: NDArray[np.float32]) -> None:
            hearing.add(block)
            while hearing.complete():
                heard.append(hearing.next())

        with closing(Seeing(self._scorer, self._preprocessing)) as seeing:
            found = stream_clip(
                path if self._sees else None,
                path if self._hears else None,
                self._settings_for(path),
                crops=seeing.add,
                sound=hear,
                threads=self._threads,
            )
            faces = found.faces
            return self._recording(
                seeing,
                hearing,
                heard,
                faces.tracks if faces else (),
                looked_at=faces.looked_at if faces else 0,
                duration=found.duration,
                problems=found.problems,
                rests=faces.rests if faces else (),
            )

    def arrays(
        self,
        frames: NDArray[np.uint8] | None,
        times: ArrayLike | None,
        sound: ArrayLike | None,
        rate: int | None,
    ) -> Recording:
        """Read pictures and sound at hand; see `Recognizer.predict`."""
        settings = self._preprocessing.clip
        hearing = self._hearing()
        with closing(Seeing(self._scorer, self._preprocessing)) as seeing:
            tracks: tuple[FaceTrack, ...] = ()
            pace, looked_at, problems = Pace(), 0, []
            if self._sees and frames is not None:
                stamps = checked_frames(frames, times)
                if times is None and len(frames) > 1:
                    problems.append(f"no times, taken as {USUAL_RATE} pictures a second")
                for stamp in stamps.tolist():
                    pace.add(stamp)
                pace.end(0.0)
                stream = FaceStream(
                    framed(settings, frames.shape[2], frames.shape[1]), threads=self._threads
                )
                pairs = zip(stamps.tolist(), frames, strict=True)
                for time, image in nearest(pairs, settings.frame_rate):
                    looked_at += 1
                    for crop in stream.add(Frame.of(time, image)):
                        seeing.add(crop.image)
                for crop in stream.finish():
                    seeing.add(crop.image)
                tracks = stream.tracks()
                problems += [] if tracks else [NO_FACE]
            heard: list[Heard] = []
            if self._hears and sound is not None:
                wave = checked_sound(sound)
                parts = pieces(wave, settings.rate if rate is None else rate)
                for block in resampled(parts, settings.rate):
                    hearing.add(block)
                    while hearing.complete():
                        heard.append(hearing.next())
                problems += [SILENCE] if np.abs(wave).max(initial=0.0) < SILENT_PEAK else []
            elif self._hears and self._sees:
                problems.append(NO_SOUND)
            if not tracks and not hearing.samples:
                raise MediaError("nothing to recognise: no face in the pictures, and no sound")
            return self._recording(
                seeing,
                hearing,
                heard,
                tracks,
                looked_at=looked_at,
                duration=max(pace.until, hearing.until),
                problems=tuple(problems),
                rests=tuple(pace.rests),
            )

    def _hearing(self) -> Hearing:
        return Hearing(self._scorer, self._preprocessing, self._windows)

    def _settings_for(self, path: Path) -> ClipSettings:
        settings = self._preprocessing.clip
        if not settings.whole or not self._sees:
            return settings
        try:
            info = probe(path)
        except MediaError:
            return settings
        return framed(settings, info.width, info.height) if info.has_video else settings

    def _recording(
        self,
        seeing: Seeing,
        hearing: Hearing,
        heard: list[Heard],
        faces: tuple[FaceTrack, ...],
        *,
        looked_at: int,
        duration: float,
        problems: tuple[str, ...],
        rests: tuple[tuple[float, float], ...],
    ) -> Recording:
        if hearing.samples:
            left = len(self._windows.spans(duration)) - len(heard)
            heard += [hearing.next() for _ in range(left)]
        return Recording(
            faces=faces,
            features=seeing.features(),
            mouths=tuple(seeing.movement(track.crops) for track in faces),
            heard=heard,
            looked_at=looked_at,
            duration=duration,
            problems=problems,
            rests=rests,
        )
