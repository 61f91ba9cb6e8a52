"""An actor's head without its moving features: skin under light, nose, ears and hair."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.corpora.synthetic.drawing import (
    Array,
    Grid,
    bump,
    cover,
    paint,
    shade,
    smooth_step,
    soft_noise,
    tone_of,
)
from mrpn.corpora.synthetic.hair import hair_front
from mrpn.corpora.synthetic.identity import Identity

# The head's canvas in half widths of the face: x from -WIDE to WIDE, y from TOP to BOTTOM.
WIDE, TOP, BOTTOM = 1.75, -2.1, 1.75
EYE_Y, NOSE_Y, MOUTH_Y = -0.14, 0.40, 0.80
_SUPERSAMPLED = 2
_LIGHT, _FILL, _HALF_WAY = (-0.42, -0.58, 0.70), (0.75, 0.0, 0.66), (-0.22, -0.30, 0.93)


@dataclass(frozen=True)
class Head:
    """A head ready for its features.

    Args:
        colour: float32 [h, w, 3] in 0 to 255; alpha: uint8 [h, w].
        grid: each pixel's place in half widths of the face.
    """

    colour: Array
    alpha: NDArray[np.uint8]
    grid: Grid


def canvas_grid(scale: float) -> Grid:
    """Return the canvas's pixels at `scale` pixels per half width of the face."""
    width, height = round(2 * WIDE * scale), round((BOTTOM - TOP) * scale)
    x = ((np.arange(width) + 0.5) / scale - WIDE).astype(np.float32)
    y = ((np.arange(height) + 0.5) / scale + TOP).astype(np.float32)
    return Grid(x[None, :], y[:, None], scale)


def outline(who: Identity, y: Array) -> Array:
    """Return the half width of the face at each height, 0 above the crown and below the chin."""
    upper = np.clip(1 - np.abs(np.minimum(y, 0) / 1.45) ** 2.3, 0, 1) ** 0.5
    lower = np.clip(1 - np.abs(np.maximum(y, 0) / who.chin) ** 2.5, 0, 1) ** 0.46
    taper = 1 - (0.08 + 0.2 * who.jaw) * smooth_step(y, 0.05, 1.25)
    return np.asarray(np.minimum(upper, lower) * taper, dtype=np.float32)


def draw_head(who: Identity, scale: float) -> Head:
    """Draw an actor's head once; the clips add what moves (ours)."""
    fine, grid = canvas_grid(scale * _SUPERSAMPLED), canvas_grid(scale)
    random = np.random.default_rng([who.actor, 77])
    width = outline(who, fine.y)
    colour = np.broadcast_to(tone_of(who.skin), (fine.y.size, fine.x.size, 3)).copy()
    ears = _ears(colour, fine)
    face = cover((width - np.abs(fine.x)) * 0.8, fine.scale) * (width > 0)
    colour += face[..., None] * (_skin(who, fine, width, random) - colour)
    if who.beard:
        _beard(colour, who, fine, random)
    front = hair_front(colour, who, fine, random)
    alpha = np.maximum(np.maximum(ears, face), front)
    size = (grid.x.size, grid.y.size)
    pixels = np.concatenate([np.clip(colour, 0, 255), alpha[..., None] * 255], axis=2)
    image = Image.fromarray(np.round(pixels).astype(np.uint8), "RGBA")
    reduced = np.asarray(image.resize(size, Image.Resampling.BOX))
    return Head(reduced[..., :3].astype(np.float32), reduced[..., 3].copy(), grid)


def _skin(who: Identity, grid: Grid, width: Array, random: np.random.Generator) -> Array:
    """Return the skin [h, w, 3] under Lambert's law on a modelled surface, with darker places."""
    x, y = grid.x, grid.y
    normal = _normals(who, grid, width)
    key = np.clip(_facing(normal, _LIGHT), -1, 1)
    fill = np.clip(_facing(normal, _FILL), 0, 1)
    gloss = np.clip(_facing(normal, _HALF_WAY), 0, 1) ** 24
    amount = 0.40 + 0.62 * np.clip(0.25 + 0.75 * key, 0, 1) + 0.12 * fill
    # Shadows on skin turn red before they turn dark.
    red = np.stack([amount**0.78, amount**1.05, amount**1.18], axis=-1)
    skin = tone_of(who.skin) * red
    skin += 20 * gloss[..., None] * tone_of([1, 0.95, 0.88])
    for side in (-1, 1):
        ex = side * who.eye_distance
        shade(skin, 0.26 * bump(x, y, (ex, EYE_Y - 0.06), (0.24, 0.15)), (0.62, 0.5, 0.5))
        shade(skin, 0.24 * bump(x, y, (side * 0.56, 0.38), (0.22, 0.18)), (1.06, 0.8, 0.8))
        slanted = y + 0.25 * side * (x - 0.1 * side)
        nostril = bump(x, slanted, (side * 0.095, NOSE_Y + 0.085), (0.042, 0.02))
        shade(skin, 0.9 * nostril, (0.30, 0.2, 0.2))
        wing = bump(x, y, (side * 0.205 * who.nose, NOSE_Y + 0.03), (0.022, 0.06))
        shade(skin, 0.35 * wing, (0.55, 0.42, 0.4))
        shade(skin, 0.2 * bump(x, y, (side * 0.13, 0.08), (0.045, 0.22)), (0.62, 0.5, 0.48))
    shade(skin, 0.45 * bump(x, y, (0, NOSE_Y + 0.14), (0.17 * who.nose, 0.03)), (0.55, 0.42, 0.4))
    skin += 16 * bump(x, y, (-0.03, NOSE_Y - 0.03), (0.05, 0.05))[..., None]
    shade(skin, 0.30 * bump(x, y, (0, MOUTH_Y + 0.24), (0.22, 0.06)), (0.68, 0.58, 0.58))
    mottle = soft_noise(random, skin.shape[:2], 26) + soft_noise(random, skin.shape[:2], 90)
    return np.asarray(skin * (1 + 0.010 * mottle[..., None]), dtype=np.float32)


def _facing(normal: Array, direction: tuple[float, float, float]) -> Array:
    """Return the cosine [h, w] between the surface's normals and a direction."""
    towards = tone_of(direction)
    cosine: Array = (normal * (towards / np.linalg.norm(towards))).sum(axis=-1)
    return cosine


def _normals(who: Identity, grid: Grid, width: Array) -> Array:
    """Return the unit normals [h, w, 3] of the modelled face."""
    x, y = grid.x, grid.y
    across = np.clip(np.abs(x) / np.maximum(width, 1e-3), 0, 1)
    along = np.clip(np.where(y < 0, y / 1.5, y / (who.chin + 0.1)), -1, 1)
    z = 0.95 * np.sqrt(np.clip(1 - 0.96 * across**2.2, 0.01, 1) * (1 - 0.8 * np.abs(along) ** 2.4))
    ridge = smooth_step(y, -0.35, 0.35) * (1 - smooth_step(y, NOSE_Y + 0.02, NOSE_Y + 0.16))
    z = z + 0.20 * who.nose * ridge * np.exp(-0.5 * (x / (0.085 + 0.05 * ridge)) ** 2)
    z = z + 0.16 * who.nose * bump(x, y, (0, NOSE_Y - 0.02), (0.12, 0.11))
    z = z + 0.05 * bump(x, y, (0, -0.62), (0.5, 0.22))
    z = z + 0.06 * bump(x, y, (0, who.chin - 0.18), (0.2, 0.14))
    z = z + 0.03 * bump(x, y, (0, MOUTH_Y), (0.34, 0.16))
    for side in (-1, 1):
        z = z + 0.07 * who.nose * bump(x, y, (side * 0.16, NOSE_Y + 0.05), (0.07, 0.06))
        z = z - 0.10 * bump(x, y, (side * who.eye_distance, EYE_Y - 0.02), (0.22, 0.13))
        z = z + 0.08 * bump(x, y, (side * 0.52, 0.30), (0.24, 0.2))
    down, right = np.gradient(z.astype(np.float32), 1 / grid.scale)
    normal = np.stack([-right, -down, np.ones_like(right)], axis=-1)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True), dtype=np.float32)


def _ears(colour: Array, grid: Grid) -> Array:
    """Paint both ears beside where the face will be; return their mask."""
    x, y = grid.x, grid.y
    spread = np.abs(x) - 1.0
    radius = np.sqrt((spread / 0.17) ** 2 + ((y - 0.08) / 0.3) ** 2)
    ear = cover((1 - radius) * 0.17, grid.scale)
    tone = np.where(x < 0, 0.88, 0.72)[..., None] * tone_of([1.0, 0.9, 0.86])
    colour *= 1 + ear[..., None] * (tone.astype(np.float32) - 1)
    inner = np.exp(-0.5 * (((spread - 0.03) / 0.055) ** 2 + ((y - 0.06) / 0.15) ** 2))
    shade(colour, (0.6 * inner).astype(np.float32), (0.7, 0.55, 0.52))
    return ear


def _beard(colour: Array, who: Identity, grid: Grid, random: np.random.Generator) -> None:
    """Darken jaw, chin and upper lip with the colour of the hair, leaving the mouth free."""
    x, y = grid.x, grid.y
    jaw = smooth_step(y + 0.35 * np.abs(x) ** 2, 0.62, 0.95)
    moustache = bump(x, y, (0, MOUTH_Y - 0.17), (0.3, 0.055))
    mouth = bump(x, y, (0, MOUTH_Y + 0.03), (0.34, 0.10))
    mask = np.clip(jaw + moustache, 0, 1) * (1 - 0.95 * mouth)
    grain = 1 + 0.25 * soft_noise(random, mask.shape, 110)
    dark = tuple(0.9 * channel for channel in who.hair)
    paint(colour, np.clip(0.62 * who.beard * mask * grain, 0, 1), (dark[0], dark[1], dark[2]))
