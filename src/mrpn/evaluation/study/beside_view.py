"""The table beside the published one, laid out as the paper's: folds across, networks down."""

from collections.abc import Iterable

from mrpn.evaluation.published import human_accuracy, published_note, published_source
from mrpn.evaluation.statistics.estimates import OVER_ACTORS, OVER_CLIPS, OVER_FOLDS
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study.beside import NOTHING, Beside, BesideRow, beside_data
from mrpn.evaluation.views import Cell, View, interval, listing, percent, points

EMPTY = Cell("")
KINDS = {
    OVER_ACTORS: "Student's t over actors",
    OVER_FOLDS: "Student's t over folds, which is wider than that over actors or clips",
    OVER_CLIPS: "Wilson over clips, as there are fewer than ten actors, or all are alike: it says "
    "nothing of new ones",
}


def beside_view(found: Beside, corpus: str) -> View:
    """Return the table: for each row ours, the published one, and the difference.

    Args:
        found: as from `beside`.
        corpus: the corpus's name, for how often people agree with its labels.
    """
    numbers = ("Mean", "95 % interval", *found.columns)
    note = _note(found, corpus)
    data = beside_data(found)
    if not found.against:
        rows = tuple((Cell(brief_of(row.row)), *_ours(found, row)) for row in found.rows)
        return View(("Network", *numbers), rows, note=note, stem="folds", data=data)
    lines = [line for row in found.rows for line in _lines(found, row)]
    for name, value in found.others:
        lines.append((Cell(name), Cell("published"), Cell(percent(value)), EMPTY, EMPTY))
    return View(("Network", "%", *numbers), tuple(lines), 2, note, "beside", data)


def _lines(found: Beside, row: BesideRow) -> list[tuple[Cell, ...]]:
    lines = [(Cell(brief_of(row.row)), Cell("ours"), *_ours(found, row))]
    if not row.theirs:
        return lines
    marks = "".join(found.marks[name] for name in row.notes if name in found.marks)
    theirs = [row.theirs.get(column, NOTHING) for column in found.columns]
    apart = [
        row.ours.get(column, NOTHING) - row.theirs.get(column, NOTHING) for column in found.columns
    ]
    name = f"published, {row.stands_for}" if row.stands_for else "published"
    label = Cell(f"{name}\u00a0{marks}" if marks else name)
    between = interval(row.apart_low, row.apart_high, points)
    lines.append((EMPTY, label, Cell(percent(row.published)), EMPTY, *_percents(theirs)))
    whole = (Cell(points(row.apart)), Cell(between))
    lines.append((EMPTY, Cell("difference"), *whole, *(Cell(points(value)) for value in apart)))
    return lines


def _ours(found: Beside, row: BesideRow) -> tuple[Cell, ...]:
    values = (row.ours.get(column, NOTHING) for column in found.columns)
    return Cell(percent(row.mean)), Cell(interval(row.low, row.high)), *_percents(values)


def _percents(values: Iterable[float]) -> list[Cell]:
    return [Cell(percent(value)) for value in values]


def _over(rows: Iterable[BesideRow]) -> str:
    """Say what the intervals are over; of which rows, where that is not the same for all."""
    names: dict[str, list[str]] = {}
    for row in rows:
        names.setdefault(row.over, []).append(brief_of(row.row))
    if len(names) == 1:
        return KINDS[next(iter(names))]
    return "; ".join(f"of {listing(named)} {KINDS[over]}" for over, named in names.items())


def _note(found: Beside, corpus: str) -> str:
    first = f"Interval of ours: {_over(found.rows)}. Protocol of ours: {found.protocol}."
    if not found.against:
        return first
    first += " Means are over the folds that both have."
    if found.same_actors:
        first += (
            " Interval of a difference: Student's t over folds; the doubt of the published "
            "networks is in it."
        )
    human = human_accuracy(corpus)
    if human is not None:
        first += f" People agree with the labels in {percent(human)} % of cases."
    return "\n".join(
        [
            first,
            f"Published: {published_source()}",
            *(f"• {published_note(name)}" for name in found.notes),
            *(f"{mark} {published_note(name)}" for name, mark in found.marks.items()),
        ]
    )
