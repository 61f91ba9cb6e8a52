"""Augmentation in pictures: one draw for a clip against one a frame, and slices of time."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mrpn.evaluation.style import HEAT, LINE, MUTED, short, style
from mrpn.evaluation.tables import TableError
from mrpn.evaluation.views import Picture

SIDE = 0.82


def augmentation_picture(
    strips: Mapping[str, NDArray[np.uint8]], *, stem: str = "augmentation"
) -> Picture:
    """Draw rows of frames, such as a clip untouched, augmented as one, and frame by frame.

    This is the paper's figure 8.

    Args:
        strips: title -> frames [N, H, W, 3] (or [N, H, W] grey), one row each.
        stem: name of its files.

    Raises:
        TableError: no strip, an empty one, or one of another shape.
    """
    if not strips:
        raise TableError("no strips of frames to draw")
    for title, frames in strips.items():
        _check(frames, title)
    most = max(len(frames) for frames in strips.values())
    with style():
        figure = Figure(figsize=(SIDE * most, (SIDE + 0.24) * len(strips)), layout="constrained")
        rows = figure.subfigures(len(strips), 1, squeeze=False)[:, 0]
        for row, (title, frames) in zip(rows, strips.items(), strict=True):
            row.set_facecolor("none")
            _strip(row.subplots(1, most, squeeze=False)[0], frames)
            row.suptitle(short(title, 60), fontsize=8, x=0.01, ha="left", fontweight="bold")
    return Picture(
        stem,
        "Frames of a clip, a row for each way of augmenting it (figure 8).",
        figure,
        data=_brightness(strips),
    )


def slices_picture(
    frames: NDArray[np.uint8],
    seconds: float,
    slices: Sequence[tuple[float, float]],
    *,
    stem: str = "time-slices",
) -> Picture:
    """Draw a clip's frames over time, and below them the random slices that training sees.

    This is the paper's figure 9.

    Args:
        frames: [N, H, W, 3] (or grey), evenly spread over the clip.
        seconds: length of the clip, above 0.
        slices: (start, end) of each slice in seconds.
        stem: name of its files.

    Raises:
        TableError: no frames, frames of another shape, or a slice outside the clip.
    """
    _check(frames, "time slices")
    if not seconds > 0 or any(not 0 <= start < end <= seconds + 1e-9 for start, end in slices):
        raise TableError(f"a time slice lies outside the clip of {seconds:g} s")
    count = len(frames)
    with style():
        height = SIDE + 0.55 + 0.17 * len(slices)
        figure = Figure(figsize=(SIDE * count, height), layout="constrained")
        heights = [SIDE + 0.05, height - SIDE - 0.05]
        parts = figure.subfigures(2, 1, squeeze=False, height_ratios=heights)
        upper, lower = parts[:, 0]
        for part in (upper, lower):
            part.set_facecolor("none")
        _strip(upper.subplots(1, count, squeeze=False)[0], frames)
        axes = lower.subplots()
        for place, (start, end) in enumerate(slices):
            axes.plot([0, seconds], [place, place], color=LINE, linewidth=4)
            axes.plot([start, end], [place, place], color=HEAT, linewidth=4)
        axes.set(xlim=(0, seconds), ylim=(len(slices) - 0.4, -0.6), yticks=[])
        axes.set_xlabel("s", color=MUTED)
        axes.spines["left"].set_visible(False)
    data = pd.DataFrame(slices, columns=["start", "end"]).rename_axis("draw").reset_index()
    caption = (
        f"A clip of {seconds:.1f} s, and random slices of it as training sees them (figure 9)."
    )
    return Picture(stem, caption, figure, data=data)


def _strip(row: Sequence[Axes], frames: NDArray[np.uint8]) -> None:
    for axes in row:
        axes.set_axis_off()
    for axes, frame in zip(row, frames, strict=False):
        axes.imshow(frame, cmap="gray", vmin=0, vmax=255, interpolation="bilinear")


def _brightness(strips: Mapping[str, NDArray[np.uint8]]) -> pd.DataFrame:
    """Return the mean and deviation of each frame's values, 0 to 255."""
    lines = [
        {"strip": title, "frame": place, "mean": float(frame.mean()), "sd": float(frame.std())}
        for title, frames in strips.items()
        for place, frame in enumerate(frames)
    ]
    return pd.DataFrame(lines)


def _check(frames: NDArray[np.uint8], title: str) -> None:
    grey, colour = frames.ndim == 3, frames.ndim == 4 and frames.shape[-1] == 3
    if not len(frames) or not (grey or colour):
        raise TableError(f"{title}: frames are given as [N, H, W, 3] or [N, H, W], N above 0")
