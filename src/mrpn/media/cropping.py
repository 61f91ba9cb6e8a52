"""Cutting a square around a face out of a picture."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.media.settings import Border


def face_square(box: NDArray[np.float32], margin: float) -> tuple[float, float, float]:
    """Return the square around a face box [4] as left, top and side in pixels.

    Its side is the box's longer one times `margin` (1.3: reconstruction), its centre the box's.
    """
    x0, y0, x1, y1 = (float(value) for value in box)
    side = max(2.0, max(x1 - x0, y1 - y0) * margin)
    return (x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side


def crop(
    image: NDArray[np.uint8],
    square: tuple[float, float, float],
    size: int,
    border: Border = "edge",
) -> NDArray[np.uint8]:
    """Return the square of a picture resized to `size`, anti-aliased, uint8 [size, size, 3].

    Args:
        image: uint8 [H, W, 3].
        square: left, top and side in pixels, fractions allowed; may reach over the borders.
        size: pixels of the result's side.
        border: what lies beyond the picture: "edge" repeats its outermost pixels, "zeros" is black.

    Source: ours.
    """
    left, top, side = square
    height, width = image.shape[:2]
    x0, y0 = int(np.floor(left)), int(np.floor(top))
    x1, y1 = int(np.ceil(left + side)), int(np.ceil(top + side))
    part = image[_within(y0, height) : _within(y1, height), _within(x0, width) : _within(x1, width)]
    outside = ((max(0, -y0), max(0, y1 - height)), (max(0, -x0), max(0, x1 - width)), (0, 0))
    if part.size == 0:
        return np.zeros((size, size, 3), np.uint8)
    if any(sum(pair) for pair in outside):
        part = np.pad(part, outside, mode="edge" if border == "edge" else "constant")
    region = (left - x0, top - y0, left - x0 + side, top - y0 + side)
    resized = Image.fromarray(part).resize(
        (size, size), Image.Resampling.BILINEAR, box=region, reducing_gap=2.0
    )
    return np.asarray(resized)


def _within(value: int, most: int) -> int:
    return min(max(value, 0), most)
