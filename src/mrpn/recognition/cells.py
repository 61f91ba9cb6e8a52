"""The time that each window of a timeline stands for."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mrpn.recognition.result import Moment


def cells(moments: Sequence[Moment]) -> list[tuple[float, float]]:
    """Return start and end, in seconds, of the time that each window of one face stands for.

    From half-way between its middle and that of the window before, to half-way to the next; the
    first and the last to their very ends. So windows that overlap lie side by side, and there is a
    gap where the face was gone.

    Args:
        moments: of one face, in order of time.
    """
    middles = [(moment.start + moment.end) / 2 for moment in moments]
    step = min((b - a for a, b in pairwise(middles)), default=np.inf)
    found = []
    for n, moment in enumerate(moments):
        before = n > 0 and middles[n] - middles[n - 1] < 1.5 * step
        after = n + 1 < len(moments) and middles[n + 1] - middles[n] < 1.5 * step
        left = (middles[n - 1] + middles[n]) / 2 if before else moment.start
        right = (middles[n] + middles[n + 1]) / 2 if after else moment.end
        found.append((left, right))
    return found
