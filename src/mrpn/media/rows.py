"""A face's place in a picture as one row of numbers: box, score and landmarks, if there are any."""

from array import array

import numpy as np
from numpy.typing import NDArray

BOX, SCORE, _LANDMARKS = slice(0, 4), 4, slice(5, 15)


class Rows:
    """The pictures in which a face was given out, kept small: clips may be hours long."""

    def __init__(self) -> None:
        self.times = array("d")
        self.crops = array("q")
        self.weight = 0.0
        self._values = array("f")

    def add(self, time: float, values: NDArray[np.float32], weight: float, crop: int) -> None:
        """Append one picture: box, score and perhaps landmarks, float32 [5] or [15]."""
        self.times.append(time)
        self.crops.append(crop)
        self.weight += weight
        self._values.extend(values.tolist())

    @property
    def values(self) -> NDArray[np.float32]:
        """What was added, float32 [N, 5] or [N, 15]."""
        return np.array(self._values, np.float32).reshape(len(self.times), -1)


def box_of(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the boxes [..., 4] of values [..., 5] or [..., 15]."""
    return values[..., BOX]


def score_of(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the scores [...] of values [..., 5] or [..., 15]."""
    return np.asarray(values[..., SCORE])


def landmarks_of(values: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the landmarks [..., 5, 2] of values [..., 15], None of values [..., 5]."""
    if values.shape[-1] == 5:
        return None
    return values[..., _LANDMARKS].reshape(*values.shape[:-1], 5, 2)
