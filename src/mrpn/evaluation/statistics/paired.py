"""Paired differences: two rows of a study on the same clips, actors and seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mrpn.evaluation.intervals import DIFFERENCE, t_interval
from mrpn.evaluation.statistics.estimates import CONFIDENCE, over_folds
from mrpn.evaluation.statistics.holm import holm
from mrpn.evaluation.statistics.outcomes import paired, per_actor, per_clip, per_fold
from mrpn.evaluation.statistics.permutation import least_p, sign_flip_test


@dataclass(frozen=True)
class Difference:
    """A mean difference of accuracies with its interval and tests.

    Attributes:
        value: mean over actors of each actor's difference, -1 to 1.
        low, high: Student's interval over actors; NaN with fewer than two.
        fold_low, fold_high: the same over folds' means; NaN with fewer than three.
        p: sign-flip test: all actors of a fold are flipped together, as they share the trained
            networks. Of fewer than five folds it is never below 0.05.
        actors, folds, clips, seeds: what the two have in common.
    """

    value: float
    low: float
    high: float
    fold_low: float
    fold_high: float
    p: float
    actors: int
    folds: int
    clips: int
    seeds: int


def difference_of(differences: pd.Series, confidence: float = CONFIDENCE) -> Difference:
    """Return the mean of differences by `fold, actor, clip, seed`, as from `paired`."""
    actors, folds = per_actor(differences), per_fold(differences)
    low = high = float("nan")
    if len(actors) > 1:
        low, high = t_interval(list(actors), confidence, limits=DIFFERENCE)
    fold_low, fold_high = over_folds(folds, confidence, DIFFERENCE)
    return Difference(
        float(actors.mean()),
        low,
        high,
        fold_low,
        fold_high,
        p=float(sign_flip_test(actors.groupby(level="fold", sort=False).sum().to_numpy())),
        actors=len(actors),
        folds=len(folds),
        clips=len(per_clip(differences)),
        seeds=differences.index.get_level_values("seed").nunique(),
    )


def compare(
    outcomes: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Return one line for each (row, against) of `pairs`, p-values corrected over all of them.

    Args:
        outcomes: as from `outcome_table`.
        pairs: names of columns of it; those planned, not those that look good.
        confidence: of the intervals, which are not corrected.

    Returns:
        Columns `row, against`, the fields of `Difference`, `p_holm` (Holm's correction of `p`),
        `p_least` (the least that it could have been, with so many folds and comparisons), and
        `settled`: `p_holm` is below 1 - confidence.

    Raises:
        TableError: a name that is not there, or two rows with nothing in common.
    """
    lines = [
        {"row": row, "against": against}
        | vars(difference_of(paired(outcomes, row, against), confidence))
        for row, against in pairs
    ]
    table = pd.DataFrame(lines, columns=["row", "against", *Difference.__dataclass_fields__])
    return _corrected(table, confidence)


def compare_by_class(
    outcomes: pd.DataFrame,
    labels: pd.Series,
    pairs: Sequence[tuple[str, str]],
    confidence: float = CONFIDENCE,
) -> pd.DataFrame:
    """Return the differences of recall: for each class of the truth, and each of `pairs`.

    Args:
        outcomes: as from `outcome_table`.
        labels: the true class of each clip, by `fold, clip`.
        pairs, confidence: as of `compare`.

    Returns:
        As `compare` does, with a first column `class`; corrected over all its lines. What two rows
        have no clip of in common has no line.
    """
    places = outcomes.index.to_frame()[["fold", "clip"]]
    truth = labels.reindex(pd.MultiIndex.from_frame(places)).to_numpy()
    tables = []
    for name in sorted(set(labels)):
        part = outcomes[truth == name]
        found = compare(part, comparable(part, pairs), confidence)
        found.insert(0, "class", name)
        tables.append(found)
    return _corrected(pd.concat(tables, ignore_index=True), confidence)


def _corrected(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return differences with the columns that speak of their number."""
    p_holm = pd.Series(holm(list(table["p"])), table.index, "float64")
    least = holm([least_p(folds) for folds in table["folds"]])
    return table.assign(p_holm=p_holm, p_least=least, settled=p_holm < 1 - confidence - 1e-12)


def comparable(outcomes: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of `pairs` whose rows have a clip and seed in common."""
    return [pair for pair in pairs if outcomes[list(pair)].notna().all(axis=1).any()]
