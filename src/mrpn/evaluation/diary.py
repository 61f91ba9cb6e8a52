"""The diary of a run's mechanism: which gradients reach each branch, and what it can do alone."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import (
    LogLocator,
    MaxNLocator,
    NullFormatter,
    PercentFormatter,
    StrMethodFormatter,
)

from mrpn.evaluation.strategies import brief_of, name_of, ordered, unimodal
from mrpn.evaluation.style import INK, MUTED, colour_of, short, style
from mrpn.evaluation.tables import TableError, measures_by_key, read_table, write_table

TEXT = ("strategy", "fold", "modality")
KEYS = ("strategy", "fold", "seed", "epoch", "batch", "modality")
MEASURES = ("fused_norm", "side_norm", "cosine", "alone", "together")
# The place of what is noted after an epoch and not at one of its batches, which count from 1.
AFTER = 0
_PANEL = (3.3, 5.6)
_ACROSS = 3
_Dashes = tuple[float, Sequence[float]]
_SOLID: _Dashes = (0, ())
_DASHED: _Dashes = (0, (3, 2))
_DOTTED: _Dashes = (0, (1, 1.2))


def check_diary(table: pd.DataFrame, source: str = "diary") -> pd.DataFrame:
    """Return the table with its types put right; raises TableError with one line on what is wrong.

    Columns: `strategy, fold, seed, epoch, batch, modality` (no place twice). At a batch, from 1:
    `fused_norm`, `side_norm`, the norms of the gradient of the fused and of the own side term of
    the loss at the parameters of that modality's branch, and their `cosine`, NaN where there is no
    side term or a norm is 0. At batch 0, after the epoch: `alone`, the accuracy that the branch
    keeps by itself on the validation clips that have the modality, and `together`, that of the
    fused scores on the same clips. What does not belong to a row is NaN; further columns are kept.
    """
    return measures_by_key(table, KEYS, TEXT, MEASURES, source)


def save_diary(table: pd.DataFrame, path: Path) -> None:
    """Check a diary and write it as CSV or Parquet, by suffix, atomically."""
    write_table(check_diary(table, str(path)), path)


def load_diary(path: Path) -> pd.DataFrame:
    """Read and check a diary, CSV or Parquet by suffix."""
    return check_diary(read_table(path, TEXT), str(path))


def diary_figure(diary: pd.DataFrame, order: Sequence[str] | None = None) -> Figure:
    """Return a column of panels per strategy: gradients' norms, their cosine, accuracy alone.

    Lines are medians over the batches, folds and seeds of an epoch, bands go from the lower to the
    upper quartile; accuracies are means over folds and seeds. All columns share their axes; where
    there are more than three, they go on below.

    Args:
        diary: as from `check_diary`, of one run or of several joined.
        order: of the strategies; their own if None.

    Raises:
        TableError: there is nothing in it.
    """
    present = set(diary["strategy"])
    strategies = [name for name in order or ordered(present) if name in present]
    if not strategies:
        raise TableError("there is no strategy to draw")
    # Two rows of two rather than three and one.
    across = 2 if len(strategies) == 4 else min(len(strategies), _ACROSS)
    blocks = -(-len(strategies) // across)
    with style():
        handles, columns = _legend(sorted(set(diary["modality"]))), 2 * across
        height = _PANEL[1] * blocks + 0.17 * -(-len(handles) // columns)
        figure = Figure(figsize=(0.4 + _PANEL[0] * across, height), layout="constrained")
        grid = figure.subplots(3 * blocks, across, squeeze=False)
        for place, name in enumerate(strategies):
            block, column = divmod(place, across)
            panels = list(grid[3 * block : 3 * block + 3, column])
            for axes, first in zip(panels, grid[:3, 0], strict=True):
                if axes is not first:
                    axes.sharey(first)
            _draw_column(panels, diary[diary["strategy"] == name], name, first=column == 0)
        for axes in grid[-3:, across - (blocks * across - len(strategies)) :].flat:
            axes.set_axis_off()
        figure.legend(handles=handles, loc="outside upper left", ncols=min(columns, len(handles)))
    return figure


def _draw_column(panels: Sequence[Axes], part: pd.DataFrame, name: str, *, first: bool) -> None:
    """Draw one strategy: norms, cosines, accuracies; with the scales' names in a first column."""
    panels[0].set_title(short(name_of(name), 30))
    _draw_norms(panels[0], part)
    _draw_cosines(panels[1], part)
    _draw_alone(panels[2], part)
    labels = ("norm of the gradient", "cosine, fused and side", "accuracy")
    for axes, label in zip(panels, labels, strict=True):
        axes.grid(axis="y")
        axes.tick_params(length=0, which="both", labelleft=first)
        axes.set_xlim(*_span(part["epoch"]))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if first:
            axes.set_ylabel(label)
    for axes in panels[:2]:
        axes.tick_params(labelbottom=False)
    panels[2].set_xlabel("epoch")


def _span(epochs: pd.Series) -> tuple[float, float]:
    """Return the ends of the axis of epochs, which is no point where there is only one."""
    low, high = float(epochs.min()), float(epochs.max())
    room = 0.05 * (high - low) or 0.5
    return low - room, high + room


def _draw_norms(axes: Axes, part: pd.DataFrame) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=7))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    drawn = False
    for modality, rows in _by_modality(part):
        for measure, dashes in (("fused_norm", _SOLID), ("side_norm", _DASHED)):
            # A gradient that is stopped has no place on a scale of ratios.
            positive = rows.assign(**{measure: rows[measure].where(rows[measure] > 0)})
            drawn |= _draw_spread(axes, positive, measure, colour_of(unimodal(modality)), dashes)
    _say_if_empty(axes, drawn, "no gradient reaches the branches")


def _draw_cosines(axes: Axes, part: pd.DataFrame) -> None:
    axes.axhline(0, color=MUTED, linewidth=0.8)
    drawn = False
    for modality, rows in _by_modality(part):
        drawn |= _draw_spread(axes, rows, "cosine", colour_of(unimodal(modality)), _SOLID)
    axes.set_ylim(-1, 1)
    _say_if_empty(axes, drawn, "no two terms to compare")


def _draw_alone(axes: Axes, part: pd.DataFrame) -> None:
    for modality, rows in _by_modality(part):
        mean = rows.dropna(subset=["alone"]).groupby("epoch")["alone"].mean()
        _line(axes, mean, colour_of(unimodal(modality)), _SOLID)
    together = part.dropna(subset=["together"]).groupby("epoch")["together"].mean()
    _line(axes, together, INK, _DOTTED)
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _by_modality(part: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(str(name), rows) for name, rows in part.groupby("modality", sort=True)]


def _draw_spread(
    axes: Axes, rows: pd.DataFrame, measure: str, colour: str, dashes: _Dashes
) -> bool:
    """Draw an epoch's median and quartiles of a measure; return whether there were any."""
    known = rows[np.isfinite(rows[measure])].groupby("epoch")[measure]
    if not known.ngroups:
        return False
    quartiles = known.quantile([0.25, 0.5, 0.75]).unstack()
    axes.fill_between(
        quartiles.index.to_numpy(),
        quartiles[0.25].to_numpy(),
        quartiles[0.75].to_numpy(),
        color=colour,
        alpha=0.16,
        linewidth=0,
    )
    _line(axes, quartiles[0.5], colour, dashes)
    return True


def _line(axes: Axes, values: "pd.Series[float]", colour: str, dashes: _Dashes) -> None:
    axes.plot(
        values.index.to_numpy(),
        values.to_numpy(),
        color=colour,
        linestyle=dashes,
        linewidth=1.6,
        marker="o" if len(values) == 1 else "",
        markersize=3,
    )


def _say_if_empty(axes: Axes, drawn: bool, why: str) -> None:
    if not drawn:
        axes.text(
            0.5, 0.5, why, transform=axes.transAxes, ha="center", va="bottom", color=MUTED
        ).set_in_layout(False)


def _legend(modalities: Sequence[str]) -> list[Line2D]:
    branches = [
        Line2D(
            [],
            [],
            color=colour_of(unimodal(name)),
            linewidth=1.8,
            label=f"branch: {short(brief_of(unimodal(name)).lower(), 16)}",
        )
        for name in modalities
    ]
    terms = (("fused term", MUTED, _SOLID), ("own side term", MUTED, _DASHED))
    lines = [Line2D([], [], color=c, linestyle=d, label=name) for name, c, d in terms]
    both = Line2D([], [], color=INK, linestyle=_DOTTED, label="all together")
    return [*branches, *lines, both]
