"""Calibration: whether what is held for 80 % certain is right in 80 % of cases."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from mrpn.evaluation.tables import TableError

BINS = 15


def expected_calibration_error(
    truth: Sequence[str], probabilities: ArrayLike, classes: Sequence[str], bins: int = BINS
) -> float:
    """Return the expected calibration error (Guo et al. 2017), 0 to 1.

    Clips are sorted by the probability of their most probable class into bins of equal width; the
    error is the mean distance between a bin's accuracy and its mean probability, weighted by the
    number of clips in it.

    Args:
        truth: N true classes.
        probabilities: [N, classes], each row a distribution.
        classes: names, in the order of the columns.
        bins: number of bins, at least 1; 15 is the usual one.
    """
    table = reliability(truth, probabilities, classes, bins)
    gaps = (table["accuracy"] - table["confidence"]).abs()
    return float((gaps * table["clips"]).sum() / table["clips"].sum())


def reliability(
    truth: Sequence[str], probabilities: ArrayLike, classes: Sequence[str], bins: int = BINS
) -> pd.DataFrame:
    """Return one row per bin that has clips: `low, high, clips, confidence, accuracy`.

    Args as of `expected_calibration_error`. A probability on a border belongs to the bin below.

    Raises:
        TableError: no clips, a shape that does not fit, an unknown class, or no bin.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    known = list(classes)
    if values.shape != (len(truth), len(known)) or not len(truth) or bins < 1:
        shape = f"{values.shape} for {len(truth)} clips and {len(known)} classes"
        raise TableError(f"no calibration: probabilities of shape {shape}, {bins} bins")
    if unknown := sorted(set(truth) - set(known)):
        raise TableError(f"'{unknown[0]}' is none of the classes {', '.join(known)}")
    right: NDArray[np.float64] = np.array(
        [float(known[place] == name) for place, name in zip(values.argmax(1), truth, strict=True)]
    )
    edges = np.linspace(0, 1, bins + 1)
    confidence = values.max(axis=1)
    place = np.clip(np.digitize(confidence, edges, right=True) - 1, 0, bins - 1)
    rows = []
    for index in np.unique(place):
        inside = place == index
        rows.append(
            {
                "low": float(edges[index]),
                "high": float(edges[index + 1]),
                "clips": int(inside.sum()),
                "confidence": float(confidence[inside].mean()),
                "accuracy": float(right[inside].mean()),
            }
        )
    return pd.DataFrame(rows)
