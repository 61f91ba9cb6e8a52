"""Outcomes: for every clip and seed whether each row of a study was right, side by side."""

from collections.abc import Sequence

import pandas as pd

from mrpn.evaluation.tables import TableError

UNITS = ("fold", "actor", "clip", "seed")


def outcome_table(predictions: pd.DataFrame, by: str = "strategy") -> pd.DataFrame:
    """Return 1 (right), 0 (wrong) or NaN (not tested): a column for each value of `by`.

    Args:
        predictions: as from `check_predictions`; may have further columns to go `by`.
        by: the column that tells the networks apart: "strategy", or "row" in a study.

    Returns:
        The index is `fold, actor, clip, seed`; folds and actors are text.

    Raises:
        TableError: a clip that occurs twice for one value of `by`.
    """
    right = (predictions["prediction"] == predictions["label"]).astype("float64")
    keys = [predictions[name] for name in (*UNITS, by)]
    series = pd.Series(right.to_numpy(), index=pd.MultiIndex.from_arrays(keys))
    twins = series.index.duplicated()
    if twins.any():
        fold, _, clip, seed, name = series.index[int(twins.argmax())]
        raise TableError(f"'{name}', fold {fold}, seed {seed}: the clip {clip} occurs twice")
    return series.unstack(by, sort=False)


def per_clip(outcomes: pd.Series) -> pd.Series:
    """Return the mean over seeds of each clip; further seeds are no further clips."""
    return outcomes.dropna().groupby(level=["fold", "actor", "clip"], sort=False).mean()


def per_actor(outcomes: pd.Series) -> pd.Series:
    """Return the mean of each actor: over seeds first, then over clips."""
    return per_clip(outcomes).groupby(level=["fold", "actor"], sort=False).mean()


def per_fold(outcomes: pd.Series) -> pd.Series:
    """Return the mean of each fold over its clips, as a published table gives it."""
    return per_clip(outcomes).groupby(level="fold", sort=False).mean()


def paired(outcomes: pd.DataFrame, row: str, against: str) -> pd.Series:
    """Return `row` - `against` for the clips, actors and seeds that both were tested on.

    Raises:
        TableError: a name that is not there, or nothing in common.
    """
    require_rows(outcomes, (row, against))
    difference = (outcomes[row] - outcomes[against]).dropna()
    if difference.empty:
        raise TableError(f"'{row}' and '{against}' have no clip and seed in common")
    return difference


def require_rows(outcomes: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise TableError unless every one of `names` has outcomes."""
    missing = [name for name in names if name not in outcomes.columns]
    if missing:
        known = ", ".join(map(str, outcomes.columns))
        raise TableError(f"there are no predictions of '{missing[0]}'; there are: {known}")
