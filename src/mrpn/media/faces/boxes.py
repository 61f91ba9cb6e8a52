"""Arithmetic on boxes, as corners x0, y0, x1, y1."""

import numpy as np
from numpy.typing import NDArray


def overlap(box: NDArray[np.floating], boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the intersection over union of one box [4] with each of `boxes` [N, 4], as [N]."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    union = areas(box[None]) + areas(boxes) - shared
    return np.asarray(shared / np.maximum(union, 1e-9))


def areas(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the areas [N] of boxes [N, 4]; 0 where a box is inside out."""
    return np.asarray(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1))


def suppress(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], most: float
) -> NDArray[np.intp]:
    """Return the indices of boxes that no better one overlaps by more than `most`, best first."""
    left = np.argsort(-scores, kind="stable")
    kept = []
    while left.size:
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[overlap(boxes[best], boxes[left]) <= most]
    return np.array(kept, np.intp)
