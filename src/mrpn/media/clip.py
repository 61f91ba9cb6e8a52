"""A clip: one face's crops and the waveform, from media files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.errors import MissingTrackError
from mrpn.media.face_crops import stream_faces
from mrpn.media.face_track import Faces, FaceTrack
from mrpn.media.info import announced_duration
from mrpn.media.settings import ClipSettings
from mrpn.media.sound import iter_audio

NO_SOUND = "no sound"
NO_PICTURE = "no picture"
NO_FACE = "no face"
SILENCE = "silence"
# Three steps of 16-bit sound: dither and coding noise, but no voice, stay below.
SILENT_PEAK = 1e-4
# A file ends too early if so many seconds, and so much of what its header announces, are missing.
_LEAST_CUT, _SHARE_CUT = 0.5, 0.1


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
            unreadable file's own line after them; "cut short: 0.9 of 1.9 s" of a file that ends
            before its header says.
        looked_at: pictures looked at for the face; T / looked_at is the share that shows it.
        faces: all faces of the clip, the main one first.
    """

    frames: NDArray[np.uint8]
    times: NDArray[np.float64]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    audio: NDArray[np.float32]
    duration: float
    problems: tuple[str, ...] = ()
    looked_at: int = 0
    faces: tuple[FaceTrack, ...] = ()


@dataclass(frozen=True)
class StreamedClip:
    """What is known of a clip whose crops and sound were handed over.

    Attributes:
        faces: all faces of its picture; None if no picture was asked for or could be read.
        samples: of sound that were handed over.
        duration: seconds, of the longer modality.
        problems: as `Clip` has them.
    """

    faces: Faces | None
    samples: int
    duration: float
    problems: tuple[str, ...]


def read_clip(
    video: Path | None,
    audio: Path | None,
    settings: ClipSettings | None = None,
    *,
    threads: int = 1,
) -> Clip:
    """Read a clip's face crops and waveform into memory.

    A modality that is asked for and not there is recorded in `problems` while the other is there;
    one that is not asked for (None) is no problem. Source: ours.

    Args:
        video: the file with the picture: a video, a still image or `fer2013.csv#123`.
        audio: the file with the sound; may be the same.
        settings: how to read them; the defaults if None.
        threads: of the decoder and the face detector; changes the speed only.

    Raises MediaError if neither modality is usable, naming both reasons.
    """
    settings = settings or ClipSettings()
    crops: list[NDArray[np.uint8]] = []
    sound: list[NDArray[np.float32]] = []
    found = stream_clip(
        video, audio, settings, crops=crops.append, sound=sound.append, threads=threads
    )
    tracks = found.faces.tracks if found.faces is not None else ()
    main = tracks[0] if tracks else None
    nothing = np.zeros((0, settings.size, settings.size, 3), np.uint8)
    return Clip(
        frames=nothing if main is None else np.stack([crops[n] for n in main.crops]),
        times=np.zeros(0) if main is None else main.times,
        boxes=np.zeros((0, 4), np.float32) if main is None else main.boxes,
        scores=np.zeros(0, np.float32) if main is None else main.scores,
        audio=np.concatenate([np.zeros(0, np.float32), *sound]),
        duration=found.duration,
        problems=found.problems,
        looked_at=found.faces.looked_at if found.faces is not None else 0,
        faces=tracks,
    )


def stream_clip(
    video: Path | None,
    audio: Path | None,
    settings: ClipSettings,
    *,
    crops: Callable[[NDArray[np.uint8]], None],
    sound: Callable[[NDArray[np.float32]], None],
    faces: Faces | None = None,
    threads: int = 1,
) -> StreamedClip:
    """Read a clip in one pass over picture and sound each; memory does not grow with its length.

    Args:
        video, audio, settings, threads: as `read_clip` has them.
        crops: is given every crop, uint8 [S, S, 3], of all faces; a track's `crops` tells which are
            its own.
        sound: is given the waveform in blocks, float32 [n].
        faces: those found in it before, to crop again without detection; None looks for them.

    Raises as `read_clip` does. Source: ours.
    """
    report = _Report()
    found: Faces | None = None
    if video is not None:
        with report.missing(NO_PICTURE):
            tracks = None if faces is None else faces.tracks
            found = stream_faces(video, settings, crops, threads=threads, tracks=tracks)
            if not found.tracks:
                count = f"{found.looked_at} pictures" if found.looked_at > 1 else "the picture"
                report.add(NO_FACE, f"{video}: no face found in {count}")
    samples = 0
    if audio is not None:
        with report.missing(NO_SOUND):
            peak = 0.0
            for block in iter_audio(audio, settings.rate):
                sound(block)
                samples += len(block)
                peak = max(peak, float(np.abs(block).max(initial=0.0)))
            if peak < SILENT_PEAK:
                report.add(SILENCE)
    if (found is None or not found.tracks) and not samples:
        raise MediaError(report.line() or "a clip needs a file of picture or sound")
    duration = max(0.0 if found is None else found.duration, samples / settings.rate)
    # As long as a picture was shown the last one may have been, where nothing tells of it.
    longest = max((end - start for start, end in found.rests), default=0.0) if found else 0.0
    for path in dict.fromkeys(path for path in (video, audio) if path is not None):
        with suppress(MediaError):
            whole = announced_duration(path, picture=path == video, sound=path == audio)
            if whole - duration > max(_LEAST_CUT, _SHARE_CUT * whole, longest):
                report.add(f"cut short: {duration:.1f} of {whole:.1f} s")
    return StreamedClip(
        faces=found, samples=samples, duration=duration, problems=tuple(report.problems)
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

    def line(self) -> str:
        """All reasons in one line; what each is about is named once where it is the same."""
        reasons = list(dict.fromkeys(self.reasons))
        about = {reason.partition(": ")[0] for reason in reasons}
        if len(about) > 1 or not reasons:
            return "; ".join(reasons)
        return f"{about.pop()}: " + "; ".join(reason.partition(": ")[2] for reason in reasons)

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
