"""Noticing cuts between shots, from small pictures."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIDE = 32
# Mean difference of grey levels: below, a picture has not changed enough for a cut (camera and
# head movement stay below 26 in the real clips at hand, cuts between them begin at 27).
_LEAST = 18.0
# A cut stands out from the movement before it by this factor.
_OUTSTANDING = 2.0
# What movement is taken for usual at the start of a clip.
_USUAL = 10.0

Thumbnail = NDArray[np.float32]


def thumbnail(image: NDArray[np.uint8]) -> Thumbnail:
    """Return a picture, uint8 [H, W, 3], as float32 [32, 32, 3]."""
    small = Image.fromarray(image).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.asarray(small, np.float32)


def changed(one: Thumbnail, other: Thumbnail) -> bool:
    """Return whether there may be a cut between two pictures."""
    return _difference(one, other) >= _LEAST


class Cuts:
    """Follows the examined pictures of a clip and tells where a new shot begins.

    A cut is a mean difference that is large, and large beside those just before. A false one costs
    little: faces before and after it are joined again by their looks. Source: ours.
    """

    def __init__(self) -> None:
        self._last: Thumbnail | None = None
        self._recent = _USUAL

    def begins(self, picture: Thumbnail) -> bool:
        """Return whether a new shot begins with the next picture."""
        last, self._last = self._last, picture
        if last is None:
            return False
        difference = _difference(last, picture)
        if difference >= max(_LEAST, _OUTSTANDING * self._recent):
            return True
        self._recent = 0.5 * (self._recent + difference)
        return False


def _difference(one: Thumbnail, other: Thumbnail) -> float:
    return float(np.abs(one - other).mean())
