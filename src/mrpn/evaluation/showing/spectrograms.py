"""Spectrograms as the networks take them (the paper's figure 3)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mrpn.evaluation.style import short, style
from mrpn.evaluation.tables import TableError
from mrpn.evaluation.views import Picture

ACROSS = 4


def spectrogram_picture(
    examples: Mapping[str, NDArray[np.floating]],
    *,
    seconds: float = 1.0,
    highest: float | None = 8.0,
    stem: str = "spectrograms",
) -> Picture:
    """Draw segments of sound by time and frequency, all on one scale.

    Args:
        examples: title -> values [frequencies, times], lowest frequency first.
        seconds: length of a segment.
        highest: frequency in kHz at the upper edge of a linear axis; None where the values are of
            mel bands, which are numbered.
        stem: name of its files.

    Raises:
        TableError: no examples, or one that is not two-dimensional.
    """
    if not examples or any(values.ndim != 2 for values in examples.values()):
        raise TableError("spectrograms are given as [frequencies, times], one or more")
    across = min(ACROSS, len(examples))
    down = -(-len(examples) // across)
    low = min(float(values.min()) for values in examples.values())
    high = max(float(values.max()) for values in examples.values())
    first = next(iter(examples.values()))
    top = len(first) if highest is None else highest
    with style():
        figure = Figure(figsize=(0.4 + 1.9 * across, 2.15 * down), layout="constrained")
        grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
        for axes, (title, values) in zip(grid.flat, examples.items(), strict=False):
            image = axes.imshow(
                values,
                origin="lower",
                aspect="auto",
                extent=(0, seconds, 0, top),
                cmap="magma",
                vmin=low,
                vmax=high,
                interpolation="nearest",
            )
            axes.set_title(short(title, 26), fontsize=8)
            axes.tick_params(length=0)
        for axes in grid.flat[len(examples) :]:
            axes.set_axis_off()
        for axes in grid[-1]:
            axes.set_xlabel("s")
            axes.set_xticks([0, seconds / 2, seconds])
        for axes in grid[:, 0]:
            axes.set_ylabel("mel band" if highest is None else "kHz")
        figure.colorbar(image, ax=grid, shrink=0.7, aspect=30).outline.set_visible(False)
    caption = (
        f"Segments of {seconds:g} s, {first.shape[0]} "
        f"{'mel bands' if highest is None else 'frequencies'} x {first.shape[1]} times, as the "
        "networks take them (figure 3)."
    )
    return Picture(stem, caption, figure, data=_data(examples))


def _data(examples: Mapping[str, NDArray[np.floating]]) -> pd.DataFrame:
    """Return a line for each frequency of each example, a column for each time."""
    parts = []
    for title, values in examples.items():
        times = pd.DataFrame(values, columns=[f"t{place}" for place in range(values.shape[1])])
        times.insert(0, "frequency", range(len(values)))
        times.insert(0, "example", title)
        parts.append(times)
    return pd.concat(parts, ignore_index=True)
