"""Figures of scores: accuracy by strategy with intervals, and dots by actor or fold."""

from collections.abc import Hashable, Mapping
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from mrpn.evaluation.strategies import name_of
from mrpn.evaluation.style import INK, LINE, MUTED, PAPER, colour_of, short, style

WIDTH = 4.7
ROW = 0.44
DOT = 0.024
"""A dot's width as a share of the axis."""
LANE = 0.2
"""How far a dot goes aside for another, in rows."""


def accuracy_figure(
    scores: pd.DataFrame, *, chance: float | None = None, bounds: pd.DataFrame | None = None
) -> Figure:
    """Return a bar per strategy with its interval, the chance level and the Bayes bounds.

    Args:
        scores: as from `score_table`.
        chance: accuracy reached without looking, drawn as a dotted line.
        bounds: as from `bound_table`; each a tick on its strategy's bar.
    """
    known = {} if bounds is None else dict(zip(bounds["strategy"], bounds["bound"], strict=True))
    with style():
        figure = Figure(figsize=(WIDTH, 0.75 + ROW * len(scores)), layout="constrained")
        axes = figure.subplots()
        for place, row in enumerate(scores.to_dict("records")):
            _bar(axes, place, row, known.get(row["strategy"]))
            if chance is not None:
                axes.vlines(chance, place - 0.17, place + 0.17, color=PAPER, linewidth=1.4)
        if chance is not None:
            axes.vlines(chance, -0.86, -0.58, color=MUTED, linewidth=1)
            axes.text(chance, -0.72, " chance", color=MUTED, fontsize=7, va="center")
        axes.set_ylim(len(scores) - 0.4, -0.95)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        _percent(axes)
    return figure


def dots_figure(scores: pd.DataFrame, colours: Mapping[str, str] | None = None) -> Figure:
    """Return a row of dots per actor or fold, one dot per strategy; dots that meet make way.

    Args:
        scores: accuracy, one row per group and one column per strategy; NaN where untested.
        colours: by column; by default those of the strategies.
    """
    groups = [short(str(name), 14) for name in scores.index]
    low, high = _range(scores)
    lanes = np.array([_lanes(row, DOT * (high - low)) for row in scores.to_numpy(dtype=float)])
    with style():
        legend = 0.17 * ((len(scores.columns) + 1) // 2)
        height = 0.95 + legend + (0.24 + 0.05 * lanes.max(initial=0)) * len(groups)
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplots()
        places = np.arange(len(groups))
        for place, (_, row) in zip(places, scores.iterrows(), strict=True):
            if row.notna().any():
                axes.plot([row.min(), row.max()], [place, place], color=LINE, linewidth=2, zorder=1)
        for column, strategy in enumerate(map(str, scores.columns)):
            axes.scatter(
                scores[strategy].to_numpy(),
                places + LANE * lanes[:, column],
                s=34,
                color=colour_of(strategy) if colours is None else colours[strategy],
                edgecolors=PAPER,
                linewidths=0.8,
                label=short(name_of(strategy)),
                zorder=2,
            )
        axes.set_ylim(len(groups) - 0.4, -0.6)
        axes.set_yticks(places, groups)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        _percent(axes)
        axes.set_xlim(low, high)
        figure.legend(loc="outside upper left", ncols=2, handletextpad=0.1, columnspacing=1.2)
    return figure


def _range(scores: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis: the tenths around all scores, with room for a dot."""
    known = scores.to_numpy(dtype=float)
    known = known[np.isfinite(known)]
    if not known.size:
        return 0.0, 1.0
    low = max(0.0, np.floor(10 * known.min() - 0.2) / 10)
    return low, min(1.0, np.ceil(10 * known.max() + 0.2) / 10)


def _lanes(values: NDArray[np.float64], apart: float) -> NDArray[np.float64]:
    """Return for each value of a row how far aside it goes: 0, 1, -1, 2 ... where dots would meet.

    Args:
        values: NaN where there is none.
        apart: least distance of two dots in one lane.
    """
    aside = np.zeros(len(values))
    ends: dict[int, float] = {}
    for place in np.argsort(values):
        if np.isnan(values[place]):
            continue
        lane = next(n for n in count() if values[place] - ends.get(n, -np.inf) >= apart)
        ends[lane] = values[place]
        aside[place] = (lane + 1) // 2 * (1 if lane % 2 else -1)
    return aside


def _bar(axes: Axes, place: int, row: dict[Hashable, Any], bound: float | None) -> None:
    strategy, value = str(row["strategy"]), float(row["accuracy"])
    axes.barh(place, 1, height=0.34, color=LINE, alpha=0.45)
    axes.barh(place, value, height=0.34, color=colour_of(strategy))
    low, high = float(row["low"]), float(row["high"])
    axes.plot([low, high], [place, place], color=INK, linewidth=1.3, solid_capstyle="butt")
    for end in (low, high):
        axes.plot([end, end], [place - 0.08, place + 0.08], color=INK, linewidth=1.3)
    axes.text(0, place - 0.36, short(name_of(strategy), 32), va="center", fontsize=8.5)
    shown = f"{100 * value:.1f} %"
    axes.text(1, place - 0.36, shown, va="center", ha="right", fontsize=8.5, fontweight="bold")
    if bound is not None:
        axes.vlines(bound, place - 0.17, place + 0.17, color=INK, linewidth=2.6)


def _percent(axes: Axes) -> None:
    axes.set_xlim(0, 1)
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(axis="x")
    axes.tick_params(axis="x", length=0)
