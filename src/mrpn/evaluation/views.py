"""What a report is made of, free of HTML and Markdown: sections of words, tables and pictures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Cell:
    """One cell of a table; `shade` from 0 to 1 tints it, `strong` sets it bold."""

    text: str
    shade: float | None = None
    strong: bool = False


@dataclass(frozen=True)
class View:
    """A table to be shown; the first `labels` columns are names, the others numbers.

    A `stem` names the files that it is written to where tables are kept as files; `data` is then
    what its CSV holds, without loss of digits.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    labels: int = 1
    note: str = ""
    stem: str = ""
    data: pd.DataFrame | None = None


@dataclass(frozen=True)
class Picture:
    """A figure to be shown: `panels` beside each other in HTML, `whole` as one file.

    `data` is what its CSV holds where the figures' data are kept too.
    """

    stem: str
    caption: str
    whole: Figure
    panels: tuple[Figure, ...] = ()
    data: pd.DataFrame | None = None


@dataclass(frozen=True)
class Section:
    """One part of a report, in the order shown: words, code, pictures, table."""

    anchor: str
    title: str
    words: str = ""
    pictures: tuple[Picture, ...] = ()
    view: View | None = None
    beside: bool = False
    code: str = ""


@dataclass(frozen=True)
class Number:
    """One of the few figures that stand large at the top of a report."""

    value: str
    name: str
    detail: str = ""


@dataclass(frozen=True)
class Given:
    """A picture from outside, already drawn: SVG text or PNG bytes."""

    title: str
    content: str | bytes
    caption: str = ""


@dataclass(frozen=True)
class Report:
    """Everything a report says; HTML and Markdown are two ways of writing it down."""

    title: str
    headline: str
    warnings: tuple[str, ...]
    numbers: tuple[Number, ...]
    hero: Picture
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    given: tuple[Given, ...] = field(default=())
    question: str = ""
    facts_last: bool = False


def percent(share: float) -> str:
    """Return a share as per cent with one digit; a dash where there is none."""
    return f"{100 * share:.1f}" if np.isfinite(share) else "–"


def points(difference: float) -> str:
    """Return a difference of shares in points, signed; a dash where there is none."""
    return f"{100 * difference:+.1f}".replace("-", "−") if np.isfinite(difference) else "–"


def duration(seconds: float | None) -> str:
    """Return a duration in the unit that suits it; a dash where there is none."""
    if seconds is None or not np.isfinite(seconds):
        return "–"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.1f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def amount(count: int | None) -> str:
    """Return a number of parameters in thousands or millions; a dash where there is none."""
    if count is None:
        return "–"
    if count < 10_000:
        return str(count)
    return f"{count / 1e3:.0f} k" if count < 1_000_000 else f"{count / 1e6:.2f} M"


def count_of(number: int, noun: str) -> str:
    """Return "1 clip", "2 clips"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def interval(low: float, high: float, shown: Callable[[float], str] = percent) -> str:
    """Return "80.1 to 90.2"; a dash where there is no interval."""
    return f"{shown(low)} to {shown(high)}" if np.isfinite(low) else "–"


WIDE, BLOCK = 12, 8


def blocks(view: View) -> list[View]:
    """Return a table of more than twelve columns in blocks of eight numbers, as fit on paper.

    Each block repeats the labels. Twelve folds become two blocks of six, as in the paper's tables,
    the first with the mean and its interval. A narrower table is its only block.
    """
    if len(view.columns) <= WIDE:
        return [view]
    first = view.labels
    return [
        View(
            (*view.columns[:first], *view.columns[start : start + BLOCK]),
            tuple((*row[:first], *row[start : start + BLOCK]) for row in view.rows),
            first,
        )
        for start in range(first, len(view.columns), BLOCK)
    ]


def listing(names: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def facts_of(facts: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return facts as pairs of text, one entry a line where there are several."""
    return tuple((str(name), _fact(value)) for name, value in facts.items())


def _fact(value: object) -> str:
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {inner}" for name, inner in value.items())
    if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str | bytes):
        return "\n".join(str(inner) for inner in value)
    return str(value)
