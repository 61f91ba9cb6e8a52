"""Student's intervals: what a mean over a few people says of other people."""

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
    centre, half = _mean_and_half(values, confidence)
    return max(limits[0], centre - half), min(limits[1], centre + half)


def share_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """Return Student's interval of the mean of independent shares, taken on the logit scale (ours).

    Shares near 1 are skewed: most are high, a few are low. An interval of the same length to both
    sides then misses the truth more often than it says (docs/statistics.md). Here the standard
    error of the mean is carried to the logit of the mean, and the ends are carried back.

    Args:
        values: one for each actor or fold, 0 to 1, two or more.
        confidence: between 0 and 1, exclusive.
    """
    if not all(0 <= value <= 1 for value in values):
        raise TableError("an interval of shares takes values from 0 to 1")
    centre, half = _mean_and_half(values, confidence)
    if half == 0 or not 0 < centre < 1:
        return centre, centre
    middle, reach = math.log(centre / (1 - centre)), half / (centre * (1 - centre))
    return _share(middle - reach), _share(middle + reach)


def _mean_and_half(values: Sequence[float], confidence: float) -> tuple[float, float]:
    """Return the mean, and half the length of Student's interval."""
    if len(values) < 2 or not 0 < confidence < 1:
        raise TableError(f"no interval over {len(values)} actors at confidence {confidence:g}")
    spread = stdev(values) / math.sqrt(len(values))
    return mean(values), float(student.ppf(0.5 + confidence / 2, len(values) - 1)) * spread


def _share(logit: float) -> float:
    return 0.5 * (1 + math.tanh(logit / 2))
