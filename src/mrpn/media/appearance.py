"""What a face looks like, in a few hundred numbers: enough to know it again within one clip."""

from collections import deque

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.media.alignment import similarity

Vector = NDArray[np.float64]

# Of the aligned face; half sides in eye distances, sides in pixels.
_FACE_HALF, _FACE_SIDE = 1.6, 64
# Of the face with its hair, neck and clothes.
_WIDE_HALF, _WIDE_SIDE = 3.0, 32
_CELLS, _CELL, _DIRECTIONS = 8, 8, 8
_COLOURS = 4
# So many looks are kept of a face in one shot; the first follow one another sooner, in seconds.
_FIRST, _LATEST = 4, 4
_SOON, _LATER = 0.4, 2.0
# Distances that weigh as much as one another: of the shape (a cosine), of colours (grey levels).
_SHAPE_UNIT, _FACE_UNIT, _WIDE_UNIT = 0.15, 15.0, 24.0
# Where the eyes, nose and mouth lie in the box of a detector without landmarks.
_IN_BOX = np.array([[0.31, 0.40], [0.69, 0.40], [0.50, 0.58], [0.35, 0.76], [0.65, 0.76]])


class Appearance:
    """The looks of a face in some of the pictures that show it. Source: ours.

    Attributes:
        sampled_at: when the latest look was added, in seconds.
    """

    def __init__(self) -> None:
        self.sampled_at = -np.inf
        self._first: list[NDArray[np.float16]] = []
        self._latest: deque[NDArray[np.float16]] = deque(maxlen=_LATEST)

    def sample(
        self,
        time: float,
        image: NDArray[np.uint8],
        box: NDArray[np.floating],
        landmarks: NDArray[np.floating] | None,
    ) -> None:
        """Add the face's look in a picture, uint8 [H, W, 3], at a time in seconds.

        The first and the latest looks are kept: those beside a cut are the most alike.
        """
        points = landmarks if landmarks is not None else box[:2] + _IN_BOX * (box[2:] - box[:2])
        look = describe(image, points).astype(np.float16)
        if len(self._first) < _FIRST:
            self._first.append(look)
        else:
            self._latest.append(look)
        self.sampled_at = time

    def is_due(self, time: float) -> bool:
        """Return whether a further look is wanted at a time in seconds."""
        wait = _SOON if len(self._first) < _FIRST else _LATER
        return time - self.sampled_at >= wait - 1e-6

    @property
    def looks(self) -> Vector:
        """The looks that are kept, [N, D]."""
        return np.array([*self._first, *self._latest], np.float64)


def describe(image: NDArray[np.uint8], landmarks: NDArray[np.floating]) -> Vector:
    """Return what the face at the landmarks looks like, as one vector.

    Upright by its landmarks: a histogram of oriented gradients in 8 x 8 cells (Dalal and Triggs,
    2005), the colours of 4 x 4 fields of the face, and of 4 x 4 fields of it with hair and clothes.
    Source: ours.

    Args:
        image: RGB, uint8 [H, W, 3].
        landmarks: [5, 2], in its pixels.
    """
    picture = Image.fromarray(image)
    face = _upright(picture, landmarks, _FACE_HALF, _FACE_SIDE)
    wide = _upright(picture, landmarks, _WIDE_HALF, _WIDE_SIDE)
    grey = np.asarray(face.convert("L"), np.float64)
    grey = (grey - grey.mean()) / (grey.std() + 5.0)
    return np.concatenate([_gradients(grey), _colours(face), _colours(wide)])


def difference(some: Vector, others: Vector) -> float:
    """Return how different two faces look by their two most similar looks; infinite without one.

    0 is the same look, looks of different people are some 2 to 5 apart.

    Args:
        some, others: looks of either face, [N, D] and [M, D].
    """
    if not len(some) or not len(others):
        return float("inf")
    shapes, face = _CELLS * _CELLS * _DIRECTIONS, 3 * _COLOURS**2
    parts = (slice(shapes), slice(shapes, shapes + face), slice(shapes + face, None))
    shape, colour, wide = ((some[:, part], others[:, part]) for part in parts)
    lengths = np.outer(np.linalg.norm(shape[0], axis=1), np.linalg.norm(shape[1], axis=1))
    cosines = shape[0] @ shape[1].T / np.maximum(lengths, 1e-9)
    return float(
        (
            (1.0 - cosines) / _SHAPE_UNIT
            + _distances(*colour) / _FACE_UNIT
            + _distances(*wide) / _WIDE_UNIT
        ).min()
    )


def _distances(some: Vector, others: Vector) -> Vector:
    """Return the root mean square difference of each of [N, D] to each of [M, D], as [N, M]."""
    squares = (some**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * some @ others.T
    return np.asarray(np.sqrt(np.maximum(squares, 0.0) / some.shape[1]))


def _upright(
    picture: Image.Image, landmarks: NDArray[np.floating], half: float, side: int
) -> Image.Image:
    """Return the square around a face, eyes level, `half` eye distances to each side."""
    turn, centre = similarity(landmarks)
    step = turn * (2 * half / side)
    corner = centre - step @ np.full(2, side / 2)
    coefficients = (*step[0], corner[0], *step[1], corner[1])
    return picture.transform(
        (side, side), Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR
    )


def _gradients(grey: Vector) -> Vector:
    down, right = np.gradient(grey)
    strength = np.hypot(down, right)
    angle = (np.arctan2(down, right) % np.pi) / np.pi * _DIRECTIONS
    low = np.floor(angle).astype(np.intp)
    upper = strength * (angle - low)
    rows, columns = np.indices(grey.shape) // _CELL
    cell = (rows * _CELLS + columns) * _DIRECTIONS
    count = _CELLS * _CELLS * _DIRECTIONS
    cells = np.bincount((cell + low % _DIRECTIONS).ravel(), (strength - upper).ravel(), count)
    cells += np.bincount((cell + (low + 1) % _DIRECTIONS).ravel(), upper.ravel(), count)
    cells = cells.reshape(_CELLS, _CELLS, _DIRECTIONS)
    energy = np.pad((cells**2).sum(axis=2), 1)
    around = np.lib.stride_tricks.sliding_window_view(energy, (3, 3)).sum(axis=(2, 3))
    return np.asarray(np.sqrt(cells / np.sqrt(around + 0.03)[..., None])).ravel()


def _colours(picture: Image.Image) -> Vector:
    fields = picture.resize((_COLOURS, _COLOURS), Image.Resampling.BOX).convert("YCbCr")
    return np.asarray(fields, np.float64).ravel()
