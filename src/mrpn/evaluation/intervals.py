"""Student's interval: what a mean over a few people says of other people."""

import math
from collections.abc import Sequence
from statistics import mean, stdev

from scipy.stats import t as student  # type: ignore[import-untyped]

from mrpn.evaluation.tables import TableError


def t_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Return Student's interval of the mean of shares, within 0 to 1.

    Over the accuracies of actors it speaks of other actors, as Wilson's over clips does not.

    Args:
        values: one share for each actor, two or more.
        confidence: between 0 and 1, exclusive.
    """
    if len(values) < 2 or not 0 < confidence < 1:
        raise TableError(f"no interval over {len(values)} actors at confidence {confidence:g}")
    centre, spread = mean(values), stdev(values) / math.sqrt(len(values))
    half = float(student.ppf(0.5 + confidence / 2, len(values) - 1)) * spread
    return max(0.0, centre - half), min(1.0, centre + half)
