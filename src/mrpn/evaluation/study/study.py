"""A study made ready: its rows in order, the protocol that counts, and the outcomes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from mrpn.evaluation.published import published_table
from mrpn.evaluation.statistics import comparable, outcome_table
from mrpn.evaluation.strategies import is_unimodal
from mrpn.evaluation.study.inputs import StudyInputs, StudyRow, check_study_predictions
from mrpn.evaluation.style import colour_of, lighter
from mrpn.evaluation.tables import TableError

STRICT = "strict"
# How much white the last of several rows of one strategy has (ours).
PALEST = 0.65
BASELINES = ("n0", "late", "product")


@dataclass(frozen=True)
class Study:
    """A checked study.

    Attributes:
        inputs: as given.
        rows: those that have predictions under the main protocol, in order.
        missing: labels of the others.
        protocols: those present, "paper" first.
        main: the protocol that the statistics are of: "strict" where it was run.
        predictions: of the main protocol; `strategy` holds the row's label, so that every table
            and figure by strategy is one by row.
        everything: the predictions of all protocols.
        outcomes: by `fold, actor, clip, seed`, a column for each row, of the main protocol.
        pairs: the comparisons that can be made, as (row, against).
        colours: by row.
    """

    inputs: StudyInputs
    rows: tuple[StudyRow, ...]
    missing: tuple[str, ...]
    protocols: tuple[str, ...]
    main: str
    predictions: pd.DataFrame
    everything: pd.DataFrame
    outcomes: pd.DataFrame
    pairs: tuple[tuple[str, str], ...]
    colours: dict[str, str]

    @property
    def labels(self) -> list[str]:
        """The labels of its rows, in order."""
        return [row.row for row in self.rows]

    @property
    def fused(self) -> list[str]:
        """The labels of its multi-modal rows, in order."""
        return [row.row for row in self.rows if not is_unimodal(row.strategy)]

    @property
    def complete(self) -> list[str]:
        """The labels of the rows that have every fold and seed that any row has, in order."""
        cells = {name: cells_of(self.outcomes[name]) for name in self.labels}
        every = set().union(*cells.values())
        return [name for name, found in cells.items() if found == every]

    def rivals(self) -> dict[str, list[str]]:
        """The uni-modal rows of its own group, for each multi-modal row that has any."""
        result = {}
        for row in self.rows:
            alone = [
                each.row
                for each in self.rows
                if is_unimodal(each.strategy) and each.group == row.group
            ]
            if alone and not is_unimodal(row.strategy):
                result[row.row] = alone
        return result

    def outcomes_of(self, protocol: str) -> pd.DataFrame:
        """The outcomes under one of its protocols, a column for each row."""
        return _outcomes(self.everything, protocol, self.inputs.rows)

    @property
    def absent(self) -> list[str]:
        """The planned protocols that there is nothing of."""
        return [name for name in self.inputs.protocols if name not in self.protocols]

    def planned_seeds(self) -> list[int]:
        """The planned seeds, or those present where none were given, in order."""
        return list(self.inputs.seeds or dict.fromkeys(self.predictions["seed"]))

    def planned_folds(self) -> list[str]:
        """The planned folds, or those present where none were given, in order."""
        return list(self.inputs.folds or dict.fromkeys(self.predictions["fold"]))


def cells_of(outcomes: pd.Series) -> set[tuple[str, int]]:
    """Return the folds and seeds that a column of `outcome_table` has clips of."""
    known = outcomes.dropna().index
    return {
        (str(fold), int(seed))
        for fold, seed in zip(
            known.get_level_values("fold"), known.get_level_values("seed"), strict=True
        )
    }


def prepare_study(inputs: StudyInputs) -> Study:
    """Check a study and lay out what its report is computed from.

    Raises:
        TableError: predictions that are not what they should be, of unknown rows, rows named
            twice, an unknown published table, or a comparison of unknown rows.
    """
    everything = check_study_predictions(inputs.predictions)
    names = [row.row for row in inputs.rows]
    _check_names(names, set(everything["row"]), inputs)
    present = set(everything["protocol"])
    protocols = tuple(name for name in ("paper", STRICT) if name in present)
    main = protocols[-1]
    chosen = everything[everything["protocol"] == main]
    rows = tuple(row for row in inputs.rows if row.row in set(chosen["row"]))
    predictions = chosen.assign(strategy=chosen["row"]).drop(columns=["row", "protocol"])
    labels = {row.row for row in rows}
    outcomes = _outcomes(everything, main, inputs.rows)
    wanted = inputs.comparisons or default_pairs(rows)
    return Study(
        inputs=inputs,
        rows=rows,
        missing=tuple(name for name in names if name not in labels),
        protocols=protocols,
        main=main,
        predictions=predictions.reset_index(drop=True),
        everything=everything,
        outcomes=outcomes,
        pairs=tuple(comparable(outcomes, [(a, b) for a, b in wanted if {a, b} <= labels])),
        colours=row_colours(inputs.rows),
    )


def default_pairs(rows: Sequence[StudyRow]) -> list[tuple[str, str]]:
    """Return the comparisons of a study that names none, the later row first.

    In each group every other row with the group's baseline: its first N0, without one late fusion,
    then the product, then its first multi-modal row. Compared are multi-modal rows, or all where a
    group has fewer than two such. Then, across groups, every row with the first of its strategy.
    All pairs would be so many that few folds can settle none of them (ours).
    """
    pairs = []
    for group in dict.fromkeys(row.group for row in rows):
        members = [row for row in rows if row.group == group]
        fused = [row for row in members if not is_unimodal(row.strategy)]
        pool = fused if len(fused) > 1 else members
        baseline = _baseline(pool)
        pairs += [pair for pair in combinations(pool, 2) if baseline in pair]
    for strategy in dict.fromkeys(row.strategy for row in rows):
        first, *others = (row for row in rows if row.strategy == strategy)
        pairs += [(first, row) for row in others if row.group != first.group]
    return [(later.row, earlier.row) for earlier, later in pairs]


def row_colours(rows: Sequence[StudyRow]) -> dict[str, str]:
    """Return a colour for each row: its strategy's, lighter for further rows of one strategy.

    However many those are, their colours go evenly from its own to the lightest that can be seen.
    """
    result: dict[str, str] = {}
    count = Counter(row.strategy for row in rows)
    met: Counter[str] = Counter()
    for row in rows:
        step = PALEST / max(2, count[row.strategy] - 1)
        result[row.row] = lighter(colour_of(row.strategy), step * met[row.strategy])
        met[row.strategy] += 1
    return result


def _baseline(pool: Sequence[StudyRow]) -> StudyRow:
    known = [row for name in BASELINES for row in pool if row.strategy == name]
    fused = [row for row in pool if not is_unimodal(row.strategy)]
    return (known or fused or pool)[0]


def _outcomes(everything: pd.DataFrame, protocol: str, rows: Sequence[StudyRow]) -> pd.DataFrame:
    table = outcome_table(everything[everything["protocol"] == protocol], "row")
    return table[[row.row for row in rows if row.row in table.columns]]


def _check_names(names: list[str], present: set[str], inputs: StudyInputs) -> None:
    source = f"study '{inputs.name}'"
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise TableError(f"{source}: the row '{twice[0]}' is named twice")
    if unknown := sorted(present - set(names)):
        raise TableError(
            f"{source}: there are predictions of '{unknown[0]}'; its rows are {', '.join(names)}"
        )
    odd = [name for pair in inputs.comparisons for name in pair if name not in names]
    if odd:
        raise TableError(
            f"{source}: a comparison names '{odd[0]}'; its rows are {', '.join(names)}"
        )
    if inputs.published is not None:
        published_table(inputs.published)
