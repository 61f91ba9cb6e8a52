"""Holm's correction: of many comparisons some stand out by chance."""

from collections.abc import Sequence

import numpy as np

from mrpn.evaluation.tables import TableError


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number (Holm 1979), in the order given.

    Calling those below 5 % different is wrong about any of them in at most 5 % of studies.

    Raises:
        TableError: a p-value outside 0 to 1.
    """
    values = np.asarray(p_values, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise TableError("Holm's correction takes p-values, 0 to 1")
    order = np.argsort(values, kind="stable")
    scaled = values[order] * (len(values) - np.arange(len(values)))
    result = np.empty(len(values))
    result[order] = np.minimum(1.0, np.maximum.accumulate(scaled))
    return [float(value) for value in result]
