"""Little pictures of what goes in: a clip, faces, spectrograms, a wave; and of what comes out."""

from math import cos, pi, sin

from drawing.canvas import INK, Canvas, Point
from drawing.words import FUSION, OUTSIDE, TINTS

_NIGHT = "#26354a"


def clip(canvas: Canvas, at: Point, size: float) -> None:
    """Draw a film to be played, its middle at `at`."""
    x, y, half = at[0], at[1], size / 2
    canvas.box((x - half, y - half * 0.75), (size, size * 0.75), [], OUTSIDE)
    reach = size * 0.16
    canvas.shape(
        f"M{x - reach:.1f} {y - reach:.1f}V{y + reach:.1f}L{x + reach * 1.1:.1f} {y:.1f}Z",
        fill="#5c5c5c",
    )


def face(canvas: Canvas, at: Point, size: float, smile: float) -> None:
    """Draw a crop with a face; `smile` from -1 to 1."""
    x, y, half = at[0], at[1], size / 2
    canvas.box((x - half, y - half), (size, size), [], TINTS[0], round_=4)
    canvas.disc((x, y), size * 0.36, "#fdf6ec", TINTS[0][1])
    for side in (-1, 1):
        canvas.disc((x + side * size * 0.13, y - size * 0.07), size * 0.035, INK)
    mouth, bend = size * 0.15, smile * size * 0.16
    canvas.shape(
        f"M{x - mouth:.1f} {y + size * 0.13:.1f}q{mouth:.1f} {bend:.1f} {2 * mouth:.1f} 0", edge=INK
    )


def spectrogram(canvas: Canvas, at: Point, size: float, start: int) -> None:
    """Draw a segment: bands of a voice whose pitch moves, from spectrum number `start` on."""
    x, y = at[0] - size / 2, at[1] - size / 2
    canvas.box((x, y), (size, size), [], (_NIGHT, TINTS[1][1]), round_=4)
    columns, bands = 10, 4
    step = (size - 6) / columns
    for column in range(columns):
        phase = (start + column) / 9
        loud = 0.35 + 0.3 * (1 + sin(pi * phase))
        for band in range(bands):
            lift = (band + 0.7 + 0.25 * sin(2 * pi * phase / 2.3)) * size / (bands + 1)
            thick = max(1.0, 3.2 * loud * cos(band * 0.28))
            canvas.shape(
                f"M{x + 3 + column * step:.1f} {y + size - lift:.1f}h{step * 0.8:.1f}",
                edge=("#f2c14e", "#d98e4a", "#a9677d", "#6c5f8d")[band],
                width=thick,
            )


def bars(canvas: Canvas, at: Point, shares: dict[str, float], longest: float) -> None:
    """Draw probabilities as bars, the first name's row at `at`."""
    x, y = at
    for row, (name, share) in enumerate(shares.items()):
        canvas.text((x, y + 4), name, size=12, anchor="end", bold=share == max(shares.values()))
        canvas.box((x + 6, y - 5), (longest * share, 10), [], FUSION, round_=2)
        y = at[1] + 15 * (row + 1)
