"""What was recognised: a timeline, and what it comes to as a whole."""

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mrpn.media import FaceTrack
from mrpn.recognition.doubt import UNSURE, disagreement
from mrpn.recognition.naming import readable, refuse_recordings

if TYPE_CHECKING:
    import pandas as pd

Voice = Literal["own", "shared", "other", "none"]
ByClass = dict[str, float]
HEARD = {"audio": "voice", "video": "face"}


@dataclass(frozen=True)
class Answer:
    """Probabilities, and what may be said with them.

    Attributes:
        answer: the most probable class, or "unsure".
        probabilities: by class, summing to 1, in the order of the network's scores.
        alone: the same of each modality by itself, as if the others were missing.
        labels: the set of classes that holds the true one as often as was asked for, the likeliest
            first; empty where the weights are not calibrated.
    """

    answer: str
    probabilities: ByClass
    alone: dict[str, ByClass]
    labels: tuple[str, ...]

    @property
    def label(self) -> str:
        """The most probable class, however unsure."""
        return best(self.probabilities)

    @property
    def used(self) -> tuple[str, ...]:
        """The modalities that the answer rests on."""
        return tuple(sorted(self.alone))

    @property
    def disagreement(self) -> float:
        """How far face and voice are apart, 0 (the same) to 1; 0 with one of them alone."""
        return disagreement(self.alone)

    @property
    def disagree(self) -> bool:
        """Whether face and voice, each sure by itself, say different things."""
        sure = {best(each) for each in self.alone.values() if max(each.values()) >= 0.5}
        return len(sure) > 1


@dataclass(frozen=True)
class Moment(Answer):
    """One window of one face, or of a voice without a face.

    Attributes:
        start, end: in seconds.
        face: number of the face, 1 is the main one; None for a voice without a face.
        box: where the face is, in the middle of the window: x0, y0, x1, y1 in pixels.
        face_share: share of the window's pictures that show the face, 0 to 1.
        speech: share of the window that is voiced speech, 0 to 1.
        voice: whose it is: this face's "own"; "shared", where it cannot be told whose of several;
            another face's ("other"); or "none" is heard.
    """

    start: float
    end: float
    face: int | None
    box: tuple[float, float, float, float] | None
    face_share: float
    speech: float
    voice: Voice


@dataclass(frozen=True)
class Person(Answer):
    """One face over the whole recording.

    Attributes:
        face: its number.
        first, last: when it is seen first and last, in seconds.
        share: of the pictures, those that show it, 0 to 1.
    """

    face: int
    first: float
    last: float
    share: float


@dataclass(frozen=True)
class Recognition(Answer):
    """What was recognised in one recording; its own answer is that of the main face.

    Attributes:
        source: the file, or "frames", "samples".
        problems: what was amiss: "no sound", "no face", "no speech", ...
        duration: in seconds.
        timeline: windows in order of time, within them in order of the faces.
        people: every face, the main one first.
        tracks: where their faces are in each picture that was looked at, in the same order.
    """

    source: str
    problems: tuple[str, ...]
    duration: float
    timeline: tuple[Moment, ...] = ()
    people: tuple[Person, ...] = ()
    tracks: tuple[FaceTrack, ...] = field(default=(), repr=False, compare=False)

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain values, for JSON."""
        head = _plain(self)
        return {
            "source": readable(self.source),
            **head,
            "problems": list(self.problems),
            "duration": round(self.duration, 3),
            "people": [_plain(person) for person in self.people],
            "timeline": [_plain(moment) for moment in self.timeline],
        }

    def to_json(self) -> str:
        """Return the result as JSON."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def table(self) -> "pd.DataFrame":
        """Return the timeline as a table, one row per window and face."""
        from mrpn.recognition.tables import timeline_table

        return timeline_table(self)

    def plot(self, path: Path | str) -> None:
        """Draw the timeline to a .png or .svg file; ConfigError if that is the recording itself."""
        from mrpn.evaluation.render import save_figure
        from mrpn.recognition.figure import timeline_figure

        refuse_recordings([Path(path)], [Path(self.source)])
        save_figure(timeline_figure(self), Path(path))

    def film(self, path: Path | str) -> None:
        """Write the recording, which has to be a file, as mp4 with the answers drawn on it.

        Raises:
            MediaError: the recording cannot be read, or has no picture.
            ConfigError: the mp4 would be written over it.
        """
        from mrpn.recognition.film import annotate

        annotate(self, Path(path))

    def subtitles(self, form: Literal["srt", "vtt"] = "srt") -> str:
        """Return the timeline as subtitles, neighbouring windows of one answer joined.

        Raises:
            ConfigError: another form, or a still image, which lasts no time.
        """
        from mrpn.recognition.subtitles import subtitles

        return subtitles(self, form)


@dataclass(frozen=True)
class Failed:
    """A file that could not be recognised.

    Attributes:
        source: the file.
        reason: one line that names it.
    """

    source: str
    reason: str


def best(probabilities: ByClass) -> str:
    """Return the most probable class, the first of equal ones."""
    return max(probabilities, key=lambda name: probabilities[name])


_ELSEWHERE = {"answer", "timeline", "people", "tracks", "source", "problems", "duration"}


def _plain(answer: Answer) -> dict[str, object]:
    return {
        "answer": answer.answer,
        "label": answer.label,
        "used": list(answer.used),
        "disagree": answer.disagree,
        "disagreement": answer.disagreement,
        **{
            each.name: _listed(getattr(answer, each.name))
            for each in fields(answer)
            if each.name not in _ELSEWHERE
        },
    }


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


__all__ = [
    "HEARD",
    "UNSURE",
    "Answer",
    "Failed",
    "Moment",
    "Person",
    "Recognition",
    "Voice",
    "best",
]
