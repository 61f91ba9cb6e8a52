"""A timeline as subtitles, SRT or WebVTT."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from mrpn.common.errors import ConfigError
from mrpn.recognition.cells import by_face, cells
from mrpn.recognition.result import Moment, Recognition

Cell = tuple[float, float]
Form = Literal["srt", "vtt"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True)
class Stretch:
    """A time over which one face's answer stays the same.

    Attributes:
        start, end: in seconds.
        face: its number; None for a voice without a face.
        answer: a class, or "unsure".
        probability: of the likeliest class, the mean over the stretch.
        disagree: whether face and voice disagree anywhere in it.
    """

    start: float
    end: float
    face: int | None
    answer: str
    probability: float
    disagree: bool


def stretches(result: Recognition) -> list[Stretch]:
    """Return where answers stay the same, in order of time."""
    found: list[Stretch] = []
    for moments in by_face(result.timeline).values():
        group: list[tuple[Moment, Cell]] = []
        for moment, cell in zip(moments, cells(moments), strict=True):
            if group and (group[-1][1][1] != cell[0] or group[-1][0].answer != moment.answer):
                found.append(_stretch(group))
                group = []
            group.append((moment, cell))
        found.append(_stretch(group))
    return sorted(found, key=lambda each: (each.start, each.face or 0))


def subtitles(result: Recognition, form: Form = "srt") -> str:
    """Return a timeline as subtitles; several faces at a time are lines of one subtitle.

    Args:
        result: of a recording.
        form: "srt" or "vtt" (WebVTT).

    Raises:
        ConfigError: another form, or a still image, which lasts no time.
    """
    if form not in FORMS:
        raise ConfigError(f"subtitles are {' or '.join(FORMS)}, not {form}")
    if not result.duration:
        raise ConfigError(f"{result.source}: a still image has no time for subtitles")
    several = len(result.people) > 1
    parts = ["WEBVTT\n"] if form == "vtt" else []
    for number, (start, end, lines) in enumerate(_shown(stretches(result), several), start=1):
        times = f"{_stamp(start, form)} --> {_stamp(end, form)}"
        head = f"{number}\n" if form == "srt" else ""
        parts.append(f"{head}{times}\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _stretch(group: list[tuple[Moment, Cell]]) -> Stretch:
    moments = [moment for moment, _ in group]
    return Stretch(
        start=group[0][1][0],
        end=group[-1][1][1],
        face=moments[0].face,
        answer=moments[0].answer,
        probability=sum(max(m.probabilities.values()) for m in moments) / len(moments),
        disagree=any(m.disagree for m in moments),
    )


def _shown(found: list[Stretch], several: bool) -> Iterator[tuple[float, float, list[str]]]:
    """Yield start, end and lines of each subtitle, in one sweep over stretches in order of time."""
    times = sorted({time for each in found for time in (each.start, each.end)})
    coming, here = deque(found), list[Stretch]()
    for start, end in pairwise(times):
        while coming and coming[0].start <= start:
            here.append(coming.popleft())
        here = [each for each in here if each.end > start]
        if here:
            yield start, end, [_line(each, several) for each in here]


def _line(stretch: Stretch, several: bool) -> str:
    who = "voice: " if stretch.face is None else f"face {stretch.face}: " if several else ""
    doubt = ", face and voice disagree" if stretch.disagree else ""
    return f"{who}{stretch.answer} ({100 * stretch.probability:.0f} %{doubt})"


def _stamp(seconds: float, form: Form) -> str:
    milliseconds = round(1000 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    point = "," if form == "srt" else "."
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{point}{rest % 1000:03}"
