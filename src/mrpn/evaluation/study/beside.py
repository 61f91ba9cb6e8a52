"""Our accuracies beside the published ones, fold by fold, with their differences."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import pandas as pd

from mrpn.evaluation.intervals import DIFFERENCE
from mrpn.evaluation.published import PublishedRow, PublishedTable, published_table
from mrpn.evaluation.statistics import estimate, per_fold, wider
from mrpn.evaluation.statistics.estimates import CONFIDENCE, over_folds
from mrpn.evaluation.study.inputs import StudyRow
from mrpn.evaluation.study.study import Study
from mrpn.evaluation.tables import TableError

OURS, PUBLISHED, APART = "ours", "published", "difference"
NOTHING = float("nan")


@dataclass(frozen=True)
class BesideRow:
    """One row of ours beside the published one.

    Attributes:
        row: its label.
        ours, theirs: accuracies by fold (or the one corpus of table 4), 0 to 1; NaN where there
            is none.
        mean: ours, over the folds that both have; over all of ours where nothing is published.
        low, high: the interval of our accuracy, the wider of the two kinds, of the kind `over`.
        stands_for: label of the published row, where that is not its own.
        published: mean of the published values over the same folds; NaN where there is none.
        apart: mean - published.
        apart_low, apart_high: Student's interval of it over folds that hold the same actors.
        notes: names of footnotes.
    """

    row: str
    ours: dict[str, float]
    theirs: dict[str, float]
    mean: float
    low: float
    high: float
    over: str
    stands_for: str = ""
    published: float = NOTHING
    apart: float = NOTHING
    apart_low: float = NOTHING
    apart_high: float = NOTHING
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beside:
    """A whole study beside a published table.

    Attributes:
        columns: folds, or the one corpus.
        rows: ours, each with the published one where there is one.
        others: other people's work as (name, accuracy) in the one column of table 4.
        protocol: ours, as it stands here.
        notes: names of the footnotes on the whole table.
        same_actors: whether a fold of ours holds the published fold's actors.
        marks: the letter of each footnote on single rows.
    """

    columns: tuple[str, ...]
    rows: tuple[BesideRow, ...]
    others: tuple[tuple[str, float], ...]
    protocol: str
    notes: tuple[str, ...] = ()
    same_actors: bool = False
    marks: dict[str, str] = field(default_factory=dict)

    @property
    def against(self) -> bool:
        """Whether there is anything published to stand beside."""
        return any(row.theirs for row in self.rows)


def beside(study: Study, protocol: str | None = None) -> Beside:
    """Lay a study beside the published table that it names, or stand alone without one.

    Args:
        study: the study.
        protocol: whose accuracies; by default "paper" where it was run, as only that is like the
            published numbers.

    Raises:
        TableError: a corpus that table 4 has no column of, or a row that is not published.
    """
    chosen = protocol or study.protocols[0]
    outcomes = study.outcomes_of(chosen)
    inputs = study.inputs
    table = None if inputs.published is None else published_table(inputs.published)
    by_fold = table is None or table.kind == "folds"
    columns = tuple(study.planned_folds()) if by_fold else (_corpus(table, inputs.corpus),)
    lines = []
    for row in study.inputs.rows:
        if row.row not in outcomes:
            continue
        found = _published(row, inputs.published)
        theirs = {} if found is None else _values(*found)
        ours = {str(name): float(v) for name, v in per_fold(outcomes[row.row]).items()}
        lines.append(
            _line(row.row, outcomes[row.row], ours, theirs, found, columns if not by_fold else ())
        )
    notes = [*table.notes] if table is not None else []
    for row in study.rows:
        found = _published(row, inputs.published)
        if found is not None and found[0] is not table:
            notes += [name for name in found[0].notes if name not in notes]
    named = [name for line in lines for name in line.notes if name not in notes]
    return Beside(
        columns=columns,
        rows=tuple(lines),
        others=() if table is None or by_fold else _others(table, columns[0]),
        protocol=chosen,
        notes=tuple(notes),
        same_actors=table is not None and table.same_actors,
        marks=dict(zip(dict.fromkeys(named), "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐ", strict=False)),
    )


def besides(study: Study) -> list[Beside]:
    """Lay a study beside the published table under each of its protocols, "paper" first."""
    return [beside(study, protocol) for protocol in study.protocols]


def published_means(tables: Sequence[Beside]) -> dict[str, float]:
    """Return the published mean of each row that has one; of the first table where several do."""
    return {
        row.row: row.published
        for found in reversed(tables)
        for row in found.rows
        if isfinite(row.published)
    }


def beside_data(found: Beside) -> pd.DataFrame:
    """Return it as a long table: `row, column, protocol, ours, published, difference`, per cent.

    The mean is a column of its own, "mean", with `low, high, over` of ours and
    `difference_low, difference_high`.
    """
    lines = []
    for row in found.rows:
        for column in found.columns:
            ours, theirs = row.ours.get(column, NOTHING), row.theirs.get(column, NOTHING)
            lines.append(_data(row.row, column, found.protocol, ours, theirs))
        whole = _data(row.row, "mean", found.protocol, row.mean, row.published)
        interval = {"low": 100 * row.low, "high": 100 * row.high, "over": row.over}
        apart = {
            "difference_low": 100 * row.apart_low,
            "difference_high": 100 * row.apart_high,
        }
        lines.append({**whole, **interval, **apart})
    return pd.DataFrame(lines)


def _data(row: str, column: str, protocol: str, ours: float, theirs: float) -> dict[str, object]:
    return {
        "row": row,
        "column": column,
        "protocol": protocol,
        OURS: 100 * ours,
        PUBLISHED: 100 * theirs,
        APART: 100 * (ours - theirs),
    }


def _line(
    name: str,
    outcomes: pd.Series,
    ours: dict[str, float],
    theirs: dict[str, float],
    found: tuple[PublishedTable, PublishedRow, str] | None,
    corpora: Sequence[str],
) -> BesideRow:
    interval = wider(vars(estimate(outcomes)))
    if corpora:
        ours = {corpora[0]: sum(ours.values()) / len(ours)}
        theirs = {key: value for key, value in theirs.items() if key == corpora[0]}
    common = [column for column in ours if column in theirs]
    mean = _mean(ours, common or list(ours))
    if found is None or not common:
        return BesideRow(name, ours, theirs, mean, *interval)
    table, row, _ = found
    published = _mean(theirs, common)
    low = high = NOTHING
    if table.same_actors and not corpora:
        apart = pd.Series([ours[column] - theirs[column] for column in common])
        low, high = over_folds(apart, CONFIDENCE, DIFFERENCE)
    return BesideRow(
        name,
        ours,
        theirs,
        mean,
        *interval,
        stands_for="" if row.row == name else row.row,
        published=published,
        apart=mean - published,
        apart_low=low,
        apart_high=high,
        notes=row.notes,
    )


def _published(
    row: StudyRow, default: str | None
) -> tuple[PublishedTable, PublishedRow, str] | None:
    named = row.published
    if named is None and default is None:
        return None
    table, slash, label = (named or row.row).partition("/")
    if not slash:
        table, label = default or "", named or row.row
    if not table:
        raise TableError(f"row '{row.row}': '{named}' names no table; write it as table1/{named}")
    source = published_table(table)
    match = next((each for each in source.rows if each.row == label), None)
    if match is None and named is not None:
        known = ", ".join(each.row for each in source.rows)
        raise TableError(f"row '{row.row}': {table} has no row '{label}'; its rows are {known}")
    return None if match is None else (source, match, table)


def _values(table: PublishedTable, row: PublishedRow, _: str) -> dict[str, float]:
    pairs = zip(table.columns, row.values, strict=True)
    return {column: value / 100 for column, value in pairs if value is not None}


def _corpus(table: PublishedTable | None, corpus: str) -> str:
    if table is None or corpus not in table.columns:
        known = ", ".join(table.columns) if table is not None else "none"
        raise TableError(f"the published table has no column '{corpus}'; its columns are {known}")
    return corpus


def _others(table: PublishedTable, column: str) -> tuple[tuple[str, float], ...]:
    place = table.columns.index(column)
    known = ((row.row, row.values[place]) for row in table.rows if row.other)
    return tuple((name, value / 100) for name, value in known if value is not None)


def _mean(values: dict[str, float], names: Sequence[str]) -> float:
    return sum(values[name] for name in names) / len(names)
