"""The moving features of a drawn face, for all pictures of a clip at once: eyes and brows."""

import numpy as np

from mrpn.corpora.synthetic.drawing import Array, Grid, bump, cover, paint, shade, smooth_step
from mrpn.corpora.synthetic.expressions import Pose, Track
from mrpn.corpora.synthetic.head import EYE_Y, Head
from mrpn.corpora.synthetic.identity import Colour, Identity

_BROW_Y = -0.52


def column(track: Track) -> Array:
    """Return a track [T] as [T, 1, 1], to be laid against a patch [h, w]."""
    return track[:, None, None]


def darker(colour: Colour, factor: float) -> Colour:
    """Return a colour scaled by `factor`."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def patch(
    canvas: Array, head: Head, across: tuple[float, float], down: tuple[float, float]
) -> tuple[Array, Array, Array]:
    """Cut a patch out of the canvas [T, H, W, 3]: the view, its x [1, w] and its y [h, 1]."""
    x, y = head.grid.x, head.grid.y
    columns = np.flatnonzero((x[0] >= across[0]) & (x[0] <= across[1]))
    rows = np.flatnonzero((y[:, 0] >= down[0]) & (y[:, 0] <= down[1]))
    wide, high = slice(columns[0], columns[-1] + 1), slice(rows[0], rows[-1] + 1)
    return canvas[:, high, wide], x[:, wide], y[high]


def draw_eyes(canvas: Array, head: Head, who: Identity, pose: Pose) -> None:
    """Paint both eyes, with lids, lashes and gaze, into the canvas [T, H, W, 3], in place."""
    wide = 0.255 * who.eye_size
    for side in (-1.0, 1.0):
        middle = side * who.eye_distance
        across, down = (middle - 0.44, middle + 0.44), (EYE_Y - 0.36, EYE_Y + 0.36)
        view, x, y = patch(canvas, head, across, down)
        # u runs from the inner corner, -1, to the outer one, 1.
        u = side * (x - middle) / wide
        arch = np.sqrt(np.clip(1 - u * u, 0, 1)) * np.clip(1.06 - 0.1 * u, 0, 2)
        openness = np.clip(1 + 0.62 * column(pose.lids), 0.03, 2) * who.eye_size
        # The outer corners sink where the brow's outer end does.
        base = EYE_Y + 0.02 - 0.02 * u - 0.025 * u * column(pose.brow_outer - pose.brow_inner)
        closing = np.clip(1 + column(pose.lids), 0, 1)
        upper = base - 0.155 * arch * openness + 0.07 * (1 - closing)
        lower = base + 0.095 * arch * np.clip(1 - 0.75 * column(pose.squint), 0.05, 1) + 0.01
        lower = np.maximum(lower, upper)
        inside = cover(np.minimum(y - upper, lower - y), head.grid.scale)
        inside = inside * cover((1 - np.abs(u)) * wide, head.grid.scale)
        paint(view, inside, (240, 238, 234))
        around = Grid(x - middle, y, head.grid.scale)
        _iris(view, who, pose, around, inside)
        shadow = np.exp(-0.5 * ((y - upper) / 0.06) ** 2)
        shade(view, 0.55 * inside * shadow, (0.5, 0.45, 0.46))
        ends = cover((1.06 - np.abs(u)) * wide, head.grid.scale)
        lash = np.exp(-0.5 * ((y - upper) / (0.022 + 0.010 * who.female)) ** 2) * ends
        paint(view, 0.92 * lash, darker(who.hair, 0.35))
        rim = np.exp(-0.5 * ((y - lower) / 0.018) ** 2) * ends
        shade(view, 0.45 * rim, (0.55, 0.42, 0.42))
        lift = 0.085 + 0.03 * column(pose.lids)
        crease = np.exp(-0.5 * ((y - upper + lift) / 0.02) ** 2) * ends
        shade(view, 0.35 * crease, (0.6, 0.48, 0.46))
        bag = np.exp(-0.5 * ((y - lower - 0.07) / 0.025) ** 2) * ends
        shade(view, 0.45 * np.clip(column(pose.squint + pose.cheeks), 0, 1) * bag, (0.6, 0.5, 0.5))


def _iris(view: Array, who: Identity, pose: Pose, grid: Grid, inside: Array) -> None:
    """Paint iris, pupil and highlight where the eye is open; `grid` from its middle."""
    gaze_x = 0.10 * column(np.clip(pose.glance, -1, 1))
    gaze_y = EYE_Y - 0.01 + 0.07 * column(np.clip(pose.gaze, -1, 1))
    x, y = grid.x - gaze_x, grid.y - gaze_y
    radius = np.sqrt(x**2 + y**2)
    size = 0.125 * who.eye_size
    iris = inside * cover(size - radius, grid.scale)
    paint(view, iris, darker(who.iris, 1.05))
    ring = iris * np.clip(radius / size, 0, 1) ** 4
    paint(view, 0.65 * ring, (24, 18, 16))
    paint(view, inside * cover(0.056 - radius, grid.scale), (14, 10, 10))
    glint = np.sqrt((x + 0.04) ** 2 + (y + 0.045) ** 2)
    paint(view, inside * cover(0.03 - glint, grid.scale), (255, 255, 255))


def draw_brows(canvas: Array, head: Head, who: Identity, pose: Pose) -> None:
    """Paint both brows and the frown between them into the canvas [T, H, W, 3], in place."""
    for side in (-1.0, 1.0):
        middle = side * who.eye_distance
        across, down = (middle - 0.5, middle + 0.5), (_BROW_Y - 0.5, _BROW_Y + 0.42)
        view, x, y = patch(canvas, head, across, down)
        u = side * (x - middle) / 0.33 + 0.14 * column(np.clip(pose.squeeze, 0, 1.2))
        inner = np.clip((1 - u) / 2, 0, 1)
        raised = column(pose.brow_inner) * inner**1.2 + column(pose.brow_outer) * (1 - inner)
        arch = 0.055 * (1 - u * u) + 0.03 * column(np.clip(pose.brow_outer, 0, 2)) * (1 - u * u)
        line = _BROW_Y + 0.02 * u * u - arch - 0.19 * raised + 0.09 * column(pose.nose) * inner
        thick = (0.030 + 0.020 * inner) * who.brow
        brow = np.exp(-0.5 * np.abs((y - line) / (thick * 1.25)) ** 3)
        brow = brow * smooth_step(1.06 - np.abs(u), 0.0, 0.22)
        paint(view, 0.93 * brow, darker(who.hair, 0.6))
    view, x, y = patch(canvas, head, (-0.4, 0.4), (-1.0, 0.05))
    frown = np.clip(column(pose.squeeze), 0, 1) * (
        bump(x, y, (-0.085, -0.46), (0.022, 0.11)) + bump(x, y, (0.085, -0.46), (0.022, 0.11))
    )
    shade(view, np.clip(0.6 * frown, 0, 1), (0.58, 0.45, 0.45))
    view, x, y = patch(canvas, head, (-0.7, 0.7), (-1.05, -0.5))
    raised = np.clip(column(pose.brow_inner + pose.brow_outer) / 2, 0, 1.2)
    folds = sum(
        np.exp(-0.5 * ((y - at + 0.06 * raised - 0.02 * np.cos(4 * x)) / 0.017) ** 2)
        for at in (-0.80, -0.90)
    )
    shade(view, 0.32 * raised * folds * np.exp(-0.5 * (x / 0.3) ** 4), (0.62, 0.5, 0.5))
