"""A clip: one face's crops and the waveform, from media files."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.errors import MissingTrackError
from mrpn.media.face_crops import no_faces, read_faces
from mrpn.media.settings import ClipSettings
from mrpn.media.sound import read_audio

NO_SOUND = "no sound"
NO_PICTURE = "no picture"
NO_FACE = "no face"
SILENCE = "silence"
# Three steps of 16-bit sound: dither and coding noise, but no voice, stay below.
_SILENT_PEAK = 1e-4


@dataclass(frozen=True)
class Clip:
    """What recognition needs of a clip; a missing modality has length 0.

    Attributes:
        frames: crops of the main face, RGB, uint8 [T, S, S, 3]; pictures without it are left out.
        times: of the crops, in seconds, float64 [T], rising.
        boxes: the face in the original picture, x0, y0, x1, y1 in pixels, float32 [T, 4].
        scores: the face detector's score, float32 [T].
        audio: mono in [-1, 1] at the settings' rate, float32 [N].
        duration: seconds, of the longer modality.
        problems: "no sound", "no picture", "no face", "silence", where they were asked for; an
            unreadable file's own line after them.
        looked_at: pictures looked at for the face; T / looked_at is the share that shows it.
    """

    frames: NDArray[np.uint8]
    times: NDArray[np.float64]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    audio: NDArray[np.float32]
    duration: float
    problems: tuple[str, ...] = ()
    looked_at: int = 0


def read_clip(
    video: Path | None,
    audio: Path | None,
    settings: ClipSettings | None = None,
    *,
    threads: int = 1,
) -> Clip:
    """Read a clip's face crops and waveform.

    A modality that is asked for and not there is recorded in `problems` while the other is there;
    one that is not asked for (None) is no problem. Source: ours.

    Args:
        video: the file with the picture: a video, a still image or `fer2013.csv#123`.
        audio: the file with the sound; may be the same.
        settings: how to read them; the defaults if None.
        threads: of the face detector; changes the speed only.

    Raises MediaError if neither modality is usable, naming both reasons.
    """
    settings = settings or ClipSettings()
    report = _Report()
    faces = no_faces(settings.size)
    if video is not None:
        with report.missing(NO_PICTURE):
            faces = read_faces(video, settings, threads)
            if len(faces.frames) == 0:
                report.add(NO_FACE, f"{video}: no face found in {faces.looked_at} pictures")
    wave = np.zeros(0, np.float32)
    if audio is not None:
        with report.missing(NO_SOUND):
            wave = read_audio(audio, settings.rate)
            if np.abs(wave).max() < _SILENT_PEAK:
                report.add(SILENCE)
    if len(faces.frames) == 0 and len(wave) == 0:
        raise MediaError(
            "; ".join(dict.fromkeys(report.reasons)) or "a clip needs a file of picture or sound"
        )
    return Clip(
        frames=faces.frames,
        times=faces.times,
        boxes=faces.boxes,
        scores=faces.scores,
        audio=wave,
        duration=max(faces.duration, len(wave) / settings.rate),
        problems=tuple(report.problems),
        looked_at=faces.looked_at,
    )


class _Report:
    """Collects what a clip lacks, and the lines that say why."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.reasons: list[str] = []

    def add(self, problem: str, reason: str | None = None) -> None:
        self.problems.append(problem)
        if reason is not None:
            self.reasons.append(reason)

    @contextmanager
    def missing(self, problem: str) -> Iterator[None]:
        """Record a track that is not there as `problem`, a broken file by its own line too."""
        try:
            yield
        except MissingTrackError as error:
            self.add(problem, str(error))
        except MediaError as error:
            self.add(problem, str(error))
            self.problems.append(str(error))
