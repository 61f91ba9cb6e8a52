"""What is behind a drawn head: the wall, hair, neck and shoulders."""

import numpy as np
from PIL import Image

from mrpn.corpora.synthetic.drawing import (
    Array,
    Grid,
    bump,
    cover,
    shade,
    smooth_step,
    soft_noise,
    tone_of,
)
from mrpn.corpora.synthetic.hair import hair_behind
from mrpn.corpora.synthetic.identity import Identity


def draw_backdrop(who: Identity, size: tuple[int, int], scale: float, middle: float) -> Image.Image:
    """Draw wall, hair behind, neck and shoulders; the face's middle `middle` pixels down."""
    width, height = size
    random = np.random.default_rng([who.actor, 79])
    x = (((np.arange(width) + 0.5) - width / 2) / scale).astype(np.float32)[None, :]
    y = (((np.arange(height) + 0.5) - middle) / scale).astype(np.float32)[:, None]
    grid = Grid(x, y, scale)
    glow = bump(x, y, (-0.9, -0.9), (2.4, 2.0))
    wall = tone_of(who.wall) * (0.62 + 0.46 * glow)[..., None]
    wall *= 1 + 0.015 * soft_noise(random, (height, width), 9)[..., None]
    mask, tint = hair_behind(who, grid)
    wall += mask[..., None] * (tint - wall)
    _neck(wall, who, grid)
    _shirt(wall, who, grid)
    return Image.fromarray(np.clip(wall, 0, 255).astype(np.uint8))


def _neck(wall: Array, who: Identity, grid: Grid) -> None:
    x, y, scale = grid.x, grid.y, grid.scale
    girth = (0.48 if who.female else 0.62) + 0.30 * smooth_step(y, 1.3, 1.95)
    neck = cover(girth - np.abs(x), scale) * (y > 0.4)
    tone = 0.60 + 0.22 * smooth_step(y, who.chin + 0.05, who.chin + 0.5) - 0.16 * x
    # Far to the side of a wide picture, where there is no neck, it would fall below black.
    tone = np.maximum(tone, 0.0)
    skin = tone_of(who.skin) * np.stack([tone**0.8, tone, tone**1.15], axis=-1)
    wall += neck[..., None] * (skin - wall)


def _shirt(wall: Array, who: Identity, grid: Grid) -> None:
    x, y, scale = grid.x, grid.y, grid.scale
    slope = 0.30 if who.female else 0.26
    broad = 1.75 if who.female else 2.05
    shoulder = 1.62 + slope * np.clip(np.abs(x) - 0.5, 0, 9) ** 1.35
    shoulder = shoulder + 6 * np.clip(np.abs(x) - broad, 0, 9) ** 2
    edge = shoulder + 0.4 * np.sqrt(np.clip(1 - (np.abs(x) / 0.7) ** 2, 0, 1))
    cloth = cover((y - edge).astype(np.float32), scale)
    folds = 0.05 * np.sin(5 * x + 2 * y) + 0.03 * np.sin(11 * x - 3 * y)
    tone = 0.95 - 0.17 * x - 0.12 * (y - 1.8) + folds
    colour = tone_of(who.shirt) * tone[..., None]
    wall += cloth[..., None] * (colour - wall)
    hem = np.exp(-0.5 * ((y - edge - 0.05) / 0.025) ** 2) * (np.abs(x) < 0.74)
    shade(wall, (0.5 * hem).astype(np.float32), (0.72, 0.72, 0.74))
