"""Hair: what frames the face in front, and what falls behind head and shoulders."""

import numpy as np

from mrpn.corpora.synthetic.drawing import Array, Grid, cover, smooth_step, soft_noise, tone_of
from mrpn.corpora.synthetic.identity import Identity

_LONG_STYLES = ("long", "bob", "fringe", "curls")


def hair_front(colour: Array, who: Identity, grid: Grid, random: np.random.Generator) -> Array:
    """Paint the hair that lies over the head, in place; return its mask [h, w]."""
    x, y, scale = grid.x, grid.y, grid.scale
    inside = _outer(who, x, y, random) - 1
    mask = cover(-inside * 0.9, scale) * cover(_below_hairline(who, x, y) * 0.9, scale)
    if who.style == "bun":
        knot = 1 - np.sqrt((x / 0.42) ** 2 + ((y + 1.68) / 0.36) ** 2)
        mask = np.maximum(mask, cover(knot * 0.4, scale))
    if who.style not in _LONG_STYLES:
        mask = mask * (1 - smooth_step(y, -0.5, -0.08))
    if who.style == "bald":
        mask = mask * 0.25
    tint = _strands(who, x, y, random)
    # A soft shadow of the hair on the forehead seats it on the head.
    under = cover(_below_hairline(who, x, y - 0.09) * 0.9, scale / 8) * (1 - mask)
    strength = 0.0 if who.style == "bald" else 0.35
    colour *= 1 - strength * under[..., None] * tone_of([0.35, 0.45, 0.45])
    colour += mask[..., None] * (tint - colour)
    return mask


def hair_behind(who: Identity, grid: Grid) -> tuple[Array, Array]:
    """Return mask [h, w] and colour [h, w, 3] of the hair behind head and neck."""
    x, y, scale = grid.x, grid.y, grid.scale
    shape = np.broadcast_shapes(x.shape, y.shape)
    if who.style not in _LONG_STYLES:
        return np.zeros(shape, np.float32), np.zeros((*shape, 3), np.float32)
    end = {"long": 2.3, "fringe": 2.0, "bob": 1.0, "curls": 1.25}[who.style]
    wide = {"long": 1.22, "fringe": 1.18, "bob": 1.27, "curls": 1.36}[who.style]
    crown = wide * np.sqrt(np.clip(1 - (np.minimum(y + 0.1, 0) / 1.52) ** 2, 0, 1))
    reach = crown + 0.1 * smooth_step(y, 0.1, end) * (1 - smooth_step(y, end - 0.3, end + 0.2))
    if who.style == "curls":
        reach = reach + 0.05 * np.sin(15 * y) * (crown > 0.3)
    reach = reach * np.clip(1 - np.clip((y - end + 0.45) / 0.6, 0, 1) ** 3, 0, 1) ** 0.4
    mask = cover((reach - np.abs(x)).astype(np.float32), scale)
    tint = _strands(who, x, y, np.random.default_rng([who.actor, 78])) * 0.72
    return mask, tint


def _outer(who: Identity, x: Array, y: Array, random: np.random.Generator) -> Array:
    """Return a distance that is 1 on the hair's outer edge, less inside."""
    grow = {
        "crop": (1.06, 1.56),
        "parted": (1.09, 1.62),
        "quiff": (1.07, 1.78),
        "curly": (1.2, 1.78),
        "bald": (1.0, 1.45),
        "long": (1.17, 1.62),
        "bob": (1.22, 1.64),
        "bun": (1.06, 1.55),
        "curls": (1.32, 1.8),
        "fringe": (1.16, 1.62),
    }[who.style]
    angle = np.arctan2(y, x)
    curl = 0.0
    if who.style in ("curly", "curls"):
        phase = float(random.uniform(0, 6))
        curl = 0.035 * np.sin(13 * angle + phase) + 0.02 * np.sin(29 * angle)
    lower = 1.9 if who.style in _LONG_STYLES else 1.2
    high = np.where(y < 0, grow[1], lower)
    distance = np.sqrt((np.abs(x) / grow[0]) ** 2.2 + np.abs(y / high) ** 2.2) + curl
    return distance.astype(np.float32)


def _below_hairline(who: Identity, x: Array, y: Array) -> Array:
    """Return how far a point lies on the hair's side of the hairline, positive on the hair."""
    side = np.abs(x)
    if who.style == "parted":
        line = -0.92 + 0.16 * x + 1.5 * smooth_step(side, 0.55, 1.05)
    elif who.style == "quiff":
        line = -1.04 + 1.7 * smooth_step(side, 0.5, 1.05)
    elif who.style in ("long", "bob"):
        line = -1.16 + 1.05 * side**1.6 + 3.2 * np.clip(side - 0.84, 0, 1) * 2.2
    elif who.style == "curls":
        line = -1.02 + 0.55 * side**2 + 3.4 * np.clip(side - 0.86, 0, 1) * 2.2
    elif who.style == "fringe":
        line = -0.80 + 0.10 * np.cos(5 * x) + 3.6 * np.clip(side - 0.86, 0, 1) * 2.4
    elif who.style == "bun":
        line = -1.06 + 0.35 * side**2 + 1.3 * smooth_step(side, 0.65, 1.1)
    else:
        line = -0.97 + 0.1 * side**2 + 1.6 * smooth_step(side, 0.55, 1.05)
    limit = {"long": 1.0, "bob": 0.75, "curls": 0.7, "fringe": 0.95}.get(who.style, -0.05)
    return np.asarray(np.minimum(line, limit) - y, dtype=np.float32)


def _strands(who: Identity, x: Array, y: Array, random: np.random.Generator) -> Array:
    """Return the hair's colour [h, w, 3]: strands from the crown, brighter towards the light."""
    shape = np.broadcast_shapes(x.shape, y.shape)
    # Strands fan out from above the crown, some of them shorter than others.
    angle = np.arctan2(y + 2.6, x - 0.35) / np.pi
    fine = soft_noise(random, (24, 1440), 420)
    place = np.clip(((angle + 1) * 0.5 * 1439).astype(int), 0, 1439)
    depth = np.clip(((y + 2.1) / 4.4 * 23).astype(int), 0, 23)
    strand = 0.8 * fine[np.broadcast_to(depth, shape), place]
    strand = strand + 0.3 * soft_noise(random, (shape[0], shape[1]), 40)
    if who.style in ("curly", "curls"):
        strand = 1.2 * soft_noise(random, (shape[0], shape[1]), 34)
    sheen = np.exp(-0.5 * ((y + 1.22 - 0.35 * (x + 0.3) ** 2) / 0.13) ** 2)
    sheen = sheen * np.exp(-0.5 * ((x + 0.3) / 0.55) ** 2)
    light = 0.86 - 0.16 * x - 0.10 * y + 0.13 * strand + 0.42 * sheen
    base = tone_of(who.hair) + np.float32(10)
    return np.asarray(np.clip(light, 0.3, 1.7)[..., None] * base, dtype=np.float32)
