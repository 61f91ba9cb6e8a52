"""Inferior multi-modal cases: folds in which one modality alone beats the fused network."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mrpn.evaluation.metrics import wilson_interval

CASES = (
    "fold",
    "seed",
    "strategy",
    "accuracy",
    "unimodal",
    "unimodal_accuracy",
    "difference",
)


def margins(scores: pd.DataFrame, fused: str, alone: Sequence[str]) -> pd.DataFrame:
    """Return by how much `fused` is ahead of the best of `alone`, fold by fold and seed by seed.

    Args:
        scores: accuracy; the index is `fold, seed`, a column for each network; NaN where untested.
        fused: the multi-modal column.
        alone: the uni-modal columns that it is compared with.

    Returns:
        The columns of `CASES`, a line wherever `fused` and one of `alone` were tested; an inferior
        case is one whose `difference` is below 0 (paper, section 5.4).
    """
    singles = scores[list(alone)]
    usable = scores[fused].notna() & singles.notna().any(axis=1)
    mine, singles = scores.loc[usable, fused], singles[usable]
    best = singles.max(axis=1)
    columns = {
        "fold": mine.index.get_level_values("fold"),
        "seed": mine.index.get_level_values("seed"),
        "strategy": fused,
        "accuracy": mine.to_numpy(),
        "unimodal": [str(name) for name in singles.idxmax(axis=1)],
        "unimodal_accuracy": best.to_numpy(),
        "difference": (mine - best).to_numpy(),
    }
    return pd.DataFrame(columns, columns=list(CASES))


def fold_scores(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return the accuracy of every fold and seed (index) for each column of `outcome_table`."""
    return outcomes.groupby(level=["fold", "seed"], sort=False).mean()


def inferior_counts(
    scores: pd.DataFrame, rivals: Mapping[str, Sequence[str]], confidence: float = 0.95
) -> pd.DataFrame:
    """Return how often each multi-modal column is beaten by a uni-modal one.

    The interval is Wilson's over folds: further seeds of a fold make its share finer, but are no
    further folds. Which single modality is better is read off the same clips, so chance alone
    makes some cases where the two networks are close.

    Args:
        scores: as of `margins`.
        rivals: multi-modal column -> the uni-modal ones that it is compared with.
        confidence: of the interval.

    Returns:
        Columns `row, folds, compared` (folds x seeds), `cases, share, low, high, least` (the
        smallest margin) and `where` (its fold); columns without a comparison are left out.
    """
    lines = []
    for fused, alone in rivals.items():
        found = margins(scores, fused, alone)
        if found.empty:
            continue
        beaten = (found["difference"] < 0).astype("float64")
        by_fold = beaten.groupby(found["fold"], sort=False).mean()
        low, high = wilson_interval(float(by_fold.sum()), len(by_fold), confidence)
        worst = found.iloc[int(found["difference"].argmin())]
        lines.append(
            {
                "row": fused,
                "folds": len(by_fold),
                "compared": len(found),
                "cases": int(beaten.sum()),
                "share": float(by_fold.mean()),
                "low": low,
                "high": high,
                "least": float(worst["difference"]),
                "where": str(worst["fold"]),
            }
        )
    columns = ["row", "folds", "compared", "cases", "share", "low", "high", "least", "where"]
    return pd.DataFrame(lines, columns=columns)
