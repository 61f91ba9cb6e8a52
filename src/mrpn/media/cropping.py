"""Cutting a square around a face out of a picture, turned upright if wanted."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.media.alignment import tilt
from mrpn.media.settings import Border, ClipSettings

Square = tuple[float, float, float]


def cut_face(
    image: NDArray[np.uint8],
    box: NDArray[np.float32],
    landmarks: NDArray[np.float32] | None,
    settings: ClipSettings,
) -> NDArray[np.uint8]:
    """Return the crop of a face as the settings want it, uint8 [size, size, 3].

    Args:
        image: uint8 [H, W, 3].
        box: of the face in its pixels, [4].
        landmarks: of the face, [5, 2]; None if they are not known, then it is not turned.
        settings: `size`, `margin`, `border` and `align` are used.

    Source: ours.
    """
    square = face_square(box, 1.0 if settings.whole else settings.margin)
    if not settings.align or landmarks is None:
        return crop(image, square, settings.size, settings.border)
    return turned_crop(image, square, tilt(landmarks), settings.size, settings.border)


def face_square(box: NDArray[np.float32], margin: float) -> Square:
    """Return the square around a face box [4] as left, top and side in pixels.

    Its side is the box's longer one times `margin` (1.3: reconstruction), its centre the box's.
    """
    x0, y0, x1, y1 = (float(value) for value in box)
    side = max(2.0, max(x1 - x0, y1 - y0) * margin)
    return (x0 + x1 - side) / 2, (y0 + y1 - side) / 2, side


def crop(
    image: NDArray[np.uint8],
    square: Square,
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
    x0, y0 = math.floor(left), math.floor(top)
    x1, y1 = math.ceil(left + side), math.ceil(top + side)
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


def turned_crop(
    image: NDArray[np.uint8], square: Square, angle: float, size: int, border: Border = "edge"
) -> NDArray[np.uint8]:
    """Return the square turned about its centre, so that what is tilted by `angle` is level.

    Args:
        image, square, size, border: as `crop` has them.
        angle: radians, clockwise.
    """
    # A larger square at the final scale first, so that turning neither shrinks nor aliases; even
    # and odd sizes keep their centres.
    larger = size + 2 * math.ceil(size * (math.sqrt(2) - 1) / 2)
    left, top, side = square
    room = side * (larger / size - 1) / 2
    wide = crop(image, (left - room, top - room, side + 2 * room), larger, border)
    cosine, sine = math.cos(angle), math.sin(angle)
    to_x = larger / 2 - (cosine - sine) * size / 2
    to_y = larger / 2 - (sine + cosine) * size / 2
    turned = Image.fromarray(wide).transform(
        (size, size),
        Image.Transform.AFFINE,
        (cosine, -sine, to_x, sine, cosine, to_y),
        Image.Resampling.BICUBIC,
    )
    return np.asarray(turned)


def _within(value: int, most: int) -> int:
    return min(max(value, 0), most)
