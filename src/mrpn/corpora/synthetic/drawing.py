"""Soft-edged shapes on arrays: the few strokes that all drawing here is made of.

A mask is an array in [0, 1]; lengths are in half widths of the face, so edges are softened over
`1 / scale`, one pixel. All shapes work on stacks [..., h, w], so a whole clip is drawn at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array: TypeAlias = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Grid:
    """Where pixels lie: float32 x [1, w] and y [h, 1], and `scale`, pixels per unit of both."""

    x: Array
    y: Array
    scale: float


def tone_of(values: Sequence[float]) -> Array:
    """Return a colour as float32 [3], so that arithmetic with it stays in float32."""
    return np.asarray(values, dtype=np.float32)


def cover(distance: Array, scale: float) -> Array:
    """Return how far a pixel lies inside a shape: 1 where `distance` to its edge is positive."""
    return np.asarray(np.clip(distance * np.float32(scale) + np.float32(0.5), 0, 1))


def bump(x: Array, y: Array, middle: tuple[float, float], size: tuple[float, float]) -> Array:
    """Return a Gaussian hill of height 1 around `middle`, its deviations given by `size`."""
    across, down = (x - middle[0]) / size[0], (y - middle[1]) / size[1]
    return np.exp(-0.5 * (across**2 + down**2)).astype(np.float32)


def smooth_step(value: Array, low: float, high: float) -> Array:
    """Return 0 below `low`, 1 above `high`, and a smooth rise between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def paint(canvas: Array, mask: Array, colour: tuple[float, float, float]) -> None:
    """Lay a colour over `canvas` [..., h, w, 3], in place, as strongly as `mask` [..., h, w]."""
    canvas += mask[..., None] * (tone_of(colour) - canvas)


def shade(canvas: Array, mask: Array, factor: tuple[float, float, float]) -> None:
    """Multiply `canvas` [..., h, w, 3], in place, by `factor` where `mask` [..., h, w] is 1."""
    canvas *= 1 + mask[..., None] * (tone_of(factor) - 1)


def soft_noise(random: np.random.Generator, shape: tuple[int, ...], cells: int) -> Array:
    """Return smooth random values [h, w] of about unit size, `cells` hills across."""
    height, width = shape
    rows = max(2, round(cells * height / width))
    coarse = random.standard_normal((rows, max(2, cells))).astype(np.float32)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32)
