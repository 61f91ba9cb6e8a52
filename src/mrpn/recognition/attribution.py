"""Whose voice it is, where several faces are seen: that of the mouth that moves with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mrpn.recognition.result import Voice

Values = NDArray[np.float64]
# Correlation of a mouth's movement with the voice: from here on it speaks, and by so much more than
# any other mouth.
_SPEAKS, _LEAD = 0.2, 0.1
# Fewer pictures of a mouth than this say nothing.
_LEAST = 8


@dataclass(frozen=True)
class Mouth:
    """A mouth in one window.

    Attributes:
        times: of the pictures, in seconds, float64 [N].
        movement: between each and the one before, float64 [N]; NaN where there is none.
    """

    times: Values
    movement: Values


def attribute(mouths: Sequence[Mouth], start: float, loudness: Values, step: float) -> list[Voice]:
    """Return whose voice is heard in a window, as each face has it.

    The voice belongs to the face whose mouth's movement correlates with the loudness of the sound
    (logarithmic, averaged between its pictures), at 0.2 or more, and by 0.1 more than that of any
    other. Otherwise it is shared. A face that is alone has the voice for its own. Source: ours.

    Args:
        mouths: one per face.
        start: of the window, in seconds.
        loudness: of the sound, from `start` on, float64 [N].
        step: between its values, in seconds.
    """
    if len(mouths) == 1:
        return ["own"]
    scores = [synchrony(mouth, start, loudness, step) for mouth in mouths]
    order = np.argsort(scores)[::-1]
    first, second = int(order[0]), int(order[1])
    if scores[first] < _SPEAKS or scores[first] - scores[second] < _LEAD:
        return ["shared"] * len(mouths)
    return ["own" if number == first else "other" for number in range(len(mouths))]


def synchrony(mouth: Mouth, start: float, loudness: Values, step: float) -> float:
    """Return the correlation of a mouth's movement with a sound, -1 to 1; 0 if unknown.

    Args as of `attribute`.
    """
    levels = np.log10(np.maximum(loudness, 1e-4))
    pairs: list[tuple[float, float]] = []
    for before, now, movement in zip(
        mouth.times[:-1], mouth.times[1:], mouth.movement[1:], strict=True
    ):
        first, after = (round((time - start) / step) for time in (before, now))
        between = levels[max(0, first) : after]
        if len(between) and np.isfinite(movement):
            pairs.append((float(between.mean()), float(movement)))
    if len(pairs) < _LEAST:
        return 0.0
    loud, moving = np.array(pairs).T
    if loud.std() < 1e-9 or moving.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(loud, moving)[0, 1])
