"""The moving features of a drawn face, for all pictures of a clip at once: nose and mouth."""

import numpy as np

from mrpn.corpora.synthetic.drawing import Array, Grid, bump, cover, paint, shade
from mrpn.corpora.synthetic.expressions import Pose
from mrpn.corpora.synthetic.features import column, darker, patch
from mrpn.corpora.synthetic.head import MOUTH_Y, NOSE_Y, Head
from mrpn.corpora.synthetic.identity import Colour, Identity


def draw_lower_face(canvas: Array, head: Head, who: Identity, pose: Pose) -> None:
    """Paint wrinkles, folds, cheeks and mouth into the canvas [T, H, W, 3], in place."""
    _draw_nose(canvas, head, pose)
    _draw_cheeks(canvas, head, pose)
    _draw_mouth(canvas, head, who, pose)


def _draw_nose(canvas: Array, head: Head, pose: Pose) -> None:
    view, x, y = patch(canvas, head, (-0.4, 0.4), (-0.35, 0.6))
    amount = np.clip(column(pose.nose), 0, 1.2)
    wrinkles = sum(
        np.exp(-0.5 * (((y - at - 0.35 * np.abs(x)) / 0.020) ** 2 + (x / 0.15) ** 4))
        for at in (-0.22, -0.11, 0.0)
    )
    shade(view, np.clip(0.55 * amount * wrinkles, 0, 1), (0.58, 0.45, 0.45))
    for side in (-1, 1):
        wing = bump(x, y, (side * 0.215, NOSE_Y + 0.02), (0.03, 0.085))
        shade(view, np.clip(0.7 * amount * wing, 0, 1), (0.55, 0.42, 0.42))


def _draw_cheeks(canvas: Array, head: Head, pose: Pose) -> None:
    """Deepen the folds from nose to mouth and lift the cheeks."""
    view, x, y = patch(canvas, head, (-0.85, 0.85), (0.05, 1.05))
    depth = np.clip(
        0.75 * column(pose.cheeks) + 0.8 * column(pose.nose) + 0.25 * column(pose.stretch), 0, 1
    )
    side = np.abs(x)
    along = np.clip((y - 0.40) / 0.42, 0, 1)
    line = 0.23 + 0.30 * along - 0.06 * along * along
    fold = np.exp(-0.5 * ((side - line) / 0.028) ** 2) * (y > 0.36) * np.clip((0.9 - y) / 0.1, 0, 1)
    shade(view, 0.55 * depth * fold, (0.62, 0.5, 0.5))
    raised = np.clip(column(pose.cheeks), 0, 1)
    apple = bump(side, y, (0.55, 0.26), (0.17, 0.12))
    shade(view, 0.6 * raised * apple, (1.16, 1.04, 1.0))
    shade(view, 0.5 * raised * bump(side, y, (0.58, 0.45), (0.17, 0.07)), (0.82, 0.7, 0.7))


def _lip_colour(who: Identity) -> Colour:
    mix = 0.55 if who.female else 0.38
    red = (188, 62, 66) if who.female else (170, 82, 76)
    skin = darker(who.skin, 0.86)
    return (
        skin[0] + mix * (red[0] * skin[0] / 225 - skin[0]) + 6,
        skin[1] + mix * (red[1] * skin[1] / 225 - skin[1]),
        skin[2] + mix * (red[2] * skin[2] / 225 - skin[2]),
    )


def _draw_mouth(canvas: Array, head: Head, who: Identity, pose: Pose) -> None:
    view, x, y = patch(canvas, head, (-0.72, 0.72), (0.38, min(1.6, who.chin + 0.2)))
    wide = np.clip(0.36 + 0.13 * column(pose.stretch), 0.14, 0.62)
    u = x / wide
    size = np.clip(np.abs(u), 0, 1)
    power = 2 + 3.5 * np.clip(column(pose.square), 0, 1)
    arch = 1 - size**power
    smile = column(pose.smile)
    middle = MOUTH_Y + 0.09 * smile * arch - 0.15 * smile * size**2 - 0.03 * column(pose.lip_up)
    middle = middle + 0.07 * column(pose.skew) * np.clip(u, -1, 1)
    opening = np.clip(column(pose.open), 0, 1.8)
    lifted = 0.10 * np.clip(column(pose.lip_up), 0, 1.2)
    inner_top = middle - (0.07 * opening + lifted) * arch**0.8
    inner_bottom = np.maximum(middle + 0.235 * opening * arch**0.7, inner_top)
    thin = (1 - 0.45 * np.clip(column(pose.press), 0, 1)) * who.lips
    bow = (
        1 - 0.22 * np.exp(-0.5 * (u / 0.16) ** 2) + 0.12 * np.exp(-0.5 * ((size - 0.35) / 0.2) ** 2)
    )
    taper = np.sqrt(1 - size * size)
    top = inner_top - 0.072 * thin * taper**1.2 * bow
    bottom = inner_bottom + 0.105 * thin * taper
    ends = cover((1 - np.abs(u)) * wide, head.grid.scale)
    lips = cover(np.minimum(y - top, bottom - y), head.grid.scale) * ends
    inside = cover(np.minimum(y - inner_top, inner_bottom - y), head.grid.scale) * ends
    colour = _lip_colour(who)
    paint(view, lips, colour)
    shade(view, lips * cover(inner_top - y, head.grid.scale), (0.8, 0.76, 0.76))
    shine = np.exp(-0.5 * (((y - inner_bottom - 0.05) / 0.02) ** 2 + (u / 0.45) ** 2))
    shade(view, 0.5 * lips * shine, (1.28, 1.3, 1.3))
    _fill_mouth(view, Grid(u, y, head.grid.scale), pose, inside, (inner_top, inner_bottom))
    closed = np.exp(-0.5 * ((y - inner_top) / 0.017) ** 2) * ends * (1 - 0.6 * inside)
    shade(view, 0.8 * closed, (0.36, 0.26, 0.28))
    corners = np.exp(-0.5 * (((np.abs(x) - wide) / 0.03) ** 2 + ((y - middle) / 0.03) ** 2))
    shade(view, 0.55 * corners, (0.5, 0.4, 0.4))
    below = np.exp(-0.5 * (((y - bottom - 0.05) / 0.03) ** 2 + (u / 0.6) ** 2))
    shade(view, 0.3 * below, (0.62, 0.52, 0.52))


def _fill_mouth(
    view: Array, grid: Grid, pose: Pose, inside: Array, edges: tuple[Array, Array]
) -> None:
    """Paint what an open mouth shows: darkness, tongue and teeth; `grid.x` from -1 to 1."""
    (u, y), (top, bottom), scale = (grid.x, grid.y), edges, grid.scale
    paint(view, inside, (58, 18, 22))
    tongue = np.clip(column(pose.tongue), 0, 1)
    gap = bottom - top
    swell = np.clip((y - bottom + gap * (0.30 + 0.38 * tongue)) * scale, 0, 1)
    round_off = np.clip(1.2 - (u / 0.75) ** 2, 0, 1)
    paint(view, inside * swell * round_off, (186, 82, 88))
    teeth = np.clip(column(pose.teeth), 0, 1) * (1 - tongue)
    show = np.clip(column(pose.open) * 0.5, 0, 1) * (1 - teeth) * (1 - tongue)
    upper = cover(top + 0.085 * (0.3 * show + teeth) - y, scale)
    paint(view, inside * upper * np.clip(3 * (teeth + 0.3 * show), 0, 1), (242, 238, 228))
    clenched = teeth * np.clip(column(pose.square), 0, 1)
    lower = cover(y - bottom + 0.075 * clenched, scale)
    paint(view, inside * lower * clenched, (230, 226, 216))
    shade(view, 0.35 * inside * np.exp(-0.5 * ((y - top) / 0.03) ** 2), (0.5, 0.42, 0.42))
    split = np.abs(np.sin(np.pi * u * 4)) > 0.22
    shade(view, 0.30 * inside * clenched * (~split), (0.6, 0.55, 0.55))
