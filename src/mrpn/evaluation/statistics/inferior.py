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


def margins(outcomes: pd.DataFrame, fused: str, alone: Sequence[str]) -> pd.DataFrame:
    """Return by how much `fused` is ahead of the best of `alone`, fold by fold and seed by seed.

    Two networks are compared on the clips that both were tested on: one without a face says
    nothing of a face's network.

    Args:
        outcomes: as from `outcome_table`; or shares right, where the clips are not known, with an
            index that has `fold` and `seed`.
        fused: the multi-modal column.
        alone: the uni-modal columns that it is compared with.

    Returns:
        The columns of `CASES`, a line wherever `fused` and one of `alone` were tested on a clip;
        the line is of the one that it is least ahead of. An inferior case is one whose
        `difference` is below 0 (paper, section 5.4).
    """
    lines = []
    for single in alone:
        both = outcomes[[fused, single]].dropna()
        means = both.groupby(level=["fold", "seed"], sort=False).mean()
        lines.append(
            pd.DataFrame(
                {
                    "fold": means.index.get_level_values("fold"),
                    "seed": means.index.get_level_values("seed"),
                    "strategy": fused,
                    "accuracy": means[fused].to_numpy(),
                    "unimodal": single,
                    "unimodal_accuracy": means[single].to_numpy(),
                    "difference": (means[fused] - means[single]).to_numpy(),
                }
            )
        )
    found = pd.concat(lines, ignore_index=True)
    least = found.groupby(["fold", "seed"], sort=False)["difference"].idxmin()
    return found.loc[list(least), list(CASES)].reset_index(drop=True)


def inferior_counts(
    outcomes: pd.DataFrame, rivals: Mapping[str, Sequence[str]], confidence: float = 0.95
) -> pd.DataFrame:
    """Return how often each multi-modal column is beaten by a uni-modal one.

    The interval is Wilson's over folds: further seeds of a fold make its share finer, but are no
    further folds. Which single modality is better is read off the same clips, so chance alone
    makes some cases where the two networks are close.

    Args:
        outcomes: as of `margins`.
        rivals: multi-modal column -> the uni-modal ones that it is compared with.
        confidence: of the interval.

    Returns:
        Columns `row, folds, compared` (folds x seeds), `cases, share, low, high, least` (the
        smallest margin) and `where` (its fold); columns without a comparison are left out.
    """
    lines = []
    for fused, alone in rivals.items():
        found = margins(outcomes, fused, alone)
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
