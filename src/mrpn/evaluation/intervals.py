"""Student's interval and test: what a mean over a few people says of other people."""

import math
from collections.abc import Sequence
from statistics import mean, stdev

from scipy.stats import t as student  # type: ignore[import-untyped]

from mrpn.evaluation.tables import TableError

SHARE = (0.0, 1.0)
DIFFERENCE = (-1.0, 1.0)


def t_interval(
    values: Sequence[float],
    confidence: float = 0.95,
    *,
    limits: tuple[float, float] = SHARE,
) -> tuple[float, float]:
    """Return Student's interval of the mean of independent values, within `limits`.

    Over the accuracies of actors it speaks of other actors, as Wilson's over clips does not.

    Args:
        values: one for each actor, two or more.
        confidence: between 0 and 1, exclusive.
        limits: what the mean cannot leave: `SHARE`, or `DIFFERENCE` of two shares.
    """
    if len(values) < 2 or not 0 < confidence < 1:
        raise TableError(f"no interval over {len(values)} actors at confidence {confidence:g}")
    centre, spread = mean(values), stdev(values) / math.sqrt(len(values))
    half = float(student.ppf(0.5 + confidence / 2, len(values) - 1)) * spread
    return max(limits[0], centre - half), min(limits[1], centre + half)
