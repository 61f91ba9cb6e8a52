"""Reading the published tables from the data file beside this one."""

from functools import cache
from importlib.resources import files
from statistics import mean
from typing import Literal

import yaml
from pydantic import model_validator

from mrpn.common.config import Settings, validate
from mrpn.evaluation.tables import TableError

FILE = "tables.yaml"


class PublishedRow(Settings):
    """One row of a published table.

    Args:
        row: its short label, by which a study's row finds it.
        values: accuracies in per cent, in the order of the table's columns; None where not given.
        printed: its label in the paper, where that is another.
        notes: names of footnotes.
        other: whether it is other people's work.
    """

    row: str
    values: tuple[float | None, ...]
    printed: str = ""
    notes: tuple[str, ...] = ()
    other: bool = False

    @property
    def mean(self) -> float:
        """The mean of its values, 0 to 1: computed, not published."""
        return mean(value for value in self.values if value is not None) / 100


class PublishedTable(Settings):
    """One of the paper's tables 1 to 4.

    Args:
        title: what it is about.
        columns: names of its columns of numbers.
        kind: whether those columns are folds of one corpus, or corpora.
        rows: its rows, in the order printed.
        corpus: the corpus of its folds.
        same_actors: whether a fold's name tells which actors it holds.
        notes: names of footnotes that concern the whole table.
    """

    title: str
    columns: tuple[str, ...]
    kind: Literal["folds", "corpora"]
    rows: tuple[PublishedRow, ...]
    corpus: str = ""
    same_actors: bool = False
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> "PublishedTable":
        if any(len(row.values) != len(self.columns) for row in self.rows):
            raise ValueError("a row has another number of values than there are columns")
        return self


class _Published(Settings):
    source: str
    human: dict[str, float]
    notes: dict[str, str]
    tables: dict[str, PublishedTable]

    @model_validator(mode="after")
    def _known(self) -> "_Published":
        for table in self.tables.values():
            named = {*table.notes, *(name for row in table.rows for name in row.notes)}
            if unknown := named - set(self.notes):
                raise ValueError(f"there is no note '{min(unknown)}'")
        return self


def published_table(name: str) -> PublishedTable:
    """Return one of the published tables, "table1" to "table4" (paper, section 5).

    Raises:
        TableError: another name.
    """
    tables = _published().tables
    if name not in tables:
        raise TableError(f"there is no published '{name}'; there are {', '.join(tables)}")
    return tables[name]


def published_row(table: str, row: str) -> dict[str, float]:
    """Return a published row as accuracies, 0 to 1, by fold; by corpus for table 4.

    Raises:
        TableError: an unknown table or row.
    """
    source = published_table(table)
    found = next((each for each in source.rows if each.row == row), None)
    if found is None:
        known = ", ".join(each.row for each in source.rows)
        raise TableError(f"{table} has no row '{row}'; its rows are {known}")
    pairs = zip(source.columns, found.values, strict=True)
    return {column: value / 100 for column, value in pairs if value is not None}


def published_note(name: str) -> str:
    """Return the text of a footnote on the published numbers (ours)."""
    notes = _published().notes
    if name not in notes:
        raise TableError(f"there is no note '{name}'; there are {', '.join(notes)}")
    return notes[name]


def published_source() -> str:
    """Return the citation of the published numbers."""
    return _published().source


def human_accuracy(corpus: str) -> float | None:
    """Return how often people agree with a corpus's labels, 0 to 1 (paper); None if not told."""
    value = _published().human.get(corpus)
    return None if value is None else value / 100


@cache
def _published() -> _Published:
    text = files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    return validate(_Published, yaml.safe_load(text), FILE)
