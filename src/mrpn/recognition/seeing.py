"""Faces as a stream: crops in, their features and the movement of their mouths out."""

from array import array

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from mrpn.inputs import Preprocessing
from mrpn.recognition.encoding import Encoding
from mrpn.recognition.scoring import Scorer

Crop = NDArray[np.uint8]
_BATCH = 16
# Crops are compared at this size; rows and columns of the mouth, and of the part of the face that
# moves with the head alone.
_SIDE = 32
_MOUTH = (slice(19, 28), slice(9, 23))
_ABOVE = (slice(6, 17), slice(6, 26))
# How many values of a look are the mouth's, and how many it has in all.
_BLANK = np.zeros((_SIDE, _SIDE))
_OF_MOUTH = _BLANK[_MOUTH].size
_OF_LOOK = _OF_MOUTH + _BLANK[_ABOVE].size


class Seeing:
    """Encodes crops in batches, each once, and keeps features and mouths by the crop's number.

    They are encoded while the next ones are read, on a thread of its own: to be closed.

    Args:
        scorer: encodes the crops.
        preprocessing: how crops become its input.
    """

    def __init__(self, scorer: Scorer, preprocessing: Preprocessing) -> None:
        self._scorer, self._preprocessing = scorer, preprocessing
        self._waiting: list[Crop] = []
        self._encoding = Encoding(self._encoded)
        # One growing block, for the reason that `Encoding` has one.
        self._looks = bytearray()

    def add(self, crop: Crop) -> None:
        """Take in the next crop, RGB, uint8 [S, S, 3]."""
        self._waiting.append(crop)
        self._looks += look(crop).tobytes()
        if len(self._waiting) == _BATCH:
            self._encode()

    def features(self) -> Tensor:
        """Return the features of all crops [N, width]."""
        self._encode()
        return self._encoding.features()

    def movement(self, crops: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how much a face's mouth moved before each of its crops, float64 [N].

        Args:
            crops: the numbers of its crops, in order of time.
        """
        looks = np.frombuffer(self._looks, np.uint8).reshape(-1, _OF_LOOK)
        pairs = zip([None, *crops[:-1]], crops, strict=True)
        found = array("d")
        for before, now in pairs:
            found.append(np.nan if before is None else moved(looks[before], looks[now]))
        return np.array(found)

    def close(self) -> None:
        """End the thread that encodes."""
        self._encoding.close()

    def _encode(self) -> None:
        if self._waiting:
            crops, self._waiting = np.stack(self._waiting), []
            self._encoding.add(crops)

    def _encoded(self, crops: NDArray[np.uint8]) -> Tensor:
        return self._scorer.encode("video", self._preprocessing.video(crops))


def look(crop: Crop) -> NDArray[np.uint8]:
    """Return what moves of a face, small and grey: its mouth, then its upper part, uint8 [346]."""
    small = Image.fromarray(crop).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    values = np.asarray(small)
    return np.concatenate([values[_MOUTH].ravel(), values[_ABOVE].ravel()])


def moved(before: NDArray[np.uint8], now: NDArray[np.uint8]) -> float:
    """Return how much more the mouth changed than the rest of the face, in levels of grey.

    Args:
        before, now: the face in two pictures, as `look` returns them.
    """
    change = np.abs(now.astype(np.int16) - before)
    return float(change[:_OF_MOUTH].mean() - change[_OF_MOUTH:].mean())
