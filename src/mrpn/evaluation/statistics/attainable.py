"""What a study can settle at all: with few folds and many comparisons, nothing."""

import pandas as pd

from mrpn.evaluation.statistics.estimates import CONFIDENCE
from mrpn.evaluation.statistics.permutation import EXACT, least_p

_SLACK = 1e-12


def most_comparisons(folds: int, confidence: float = CONFIDENCE) -> int:
    """Return how many comparisons over so many folds leave it possible to settle one (ours).

    Below five folds it is none: no p-value can be below 0.05.
    """
    return int((1 - confidence - _SLACK) / least_p(folds))


def least_folds(comparisons: int, confidence: float = CONFIDENCE) -> int:
    """Return how many folds it takes to be able to settle one of so many comparisons (ours)."""
    able = (n for n in range(1, EXACT) if most_comparisons(n, confidence) >= comparisons)
    return next(able, EXACT)


def unattainable(differences: pd.DataFrame) -> str:
    """Return why none of the differences could be settled, and what would help; "" if one could.

    Args:
        differences: as from `compare`.
    """
    if differences.empty or (differences["p_least"] < 1 - CONFIDENCE - _SLACK).any():
        return ""
    folds, compared = int(differences["folds"].max()), len(differences)
    tested = f"{folds} fold{'s' if folds > 1 else ''}"
    named = f"{compared} comparisons" if compared > 1 else "a single comparison"
    most = most_comparisons(folds)
    remedy = f"name {most} or fewer" if most else f"it takes {least_folds(compared)} folds"
    least = differences["p_least"].min()
    return (
        f"With {tested} and {named} no difference can be settled, however large: the least "
        f"corrected p-value is {least:.3f}; {remedy}."
    )
