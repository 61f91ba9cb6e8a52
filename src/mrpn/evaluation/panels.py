"""Figures with one panel per strategy: confusion matrices and learning curves."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from mrpn.evaluation.metrics import confusion_rates
from mrpn.evaluation.strategies import name_of, ordered
from mrpn.evaluation.style import HEAT, INK, LINE, MUTED, ON_HEAT, colour_of, short, style
from mrpn.evaluation.tables import TableError

PANEL = (3.6, 3.6)
NUMBERED = 12
DARK_CELL = 0.62
DASHES = (0, (3, 2))
AREA = 420
FEWEST = 10
"""Clips of a bin of a reliability diagram, below which it is not drawn (ours)."""


def confusion_figure(
    counts: Mapping[str, NDArray[np.int64]],
    classes: Sequence[str],
    *,
    columns: int = 3,
    order: Sequence[str] | None = None,
) -> Figure:
    """Return confusion matrices, a panel per strategy; each row is a true class and sums to 100 %.

    Args:
        counts: strategy -> counts [true class, predicted class], as from `confusions`.
        classes: class names in that order.
        columns: panels beside each other.
        order: of the panels; by default that of the strategies.
    """

    def draw(panel: SubFigure, strategy: str) -> None:
        axes = panel.subplots()
        axes.set_title(short(name_of(strategy), 30))
        _draw_confusion(axes, confusion_rates(counts[strategy]), [short(n, 12) for n in classes])

    return _panels(ordered(counts) if order is None else order, draw, PANEL, columns)


def curves_figure(
    history: pd.DataFrame,
    *,
    columns: int = 3,
    order: Sequence[str] | None = None,
    colours: Mapping[str, str] | None = None,
) -> Figure:
    """Return learning curves, a panel per strategy: loss above, accuracy below.

    Each fold and seed is a thin line, their mean a thick one.

    Args:
        history: as from `check_history`.
        columns: panels beside each other.
        order: of the panels; by default that of the strategies.
        colours: by strategy; by default its own.
    """

    def draw(panel: SubFigure, strategy: str) -> None:
        upper, lower = panel.subplots(2, 1, sharex=True)
        colour = colour_of(strategy) if colours is None else colours[strategy]
        part = history[history["strategy"] == strategy]
        upper.set_title(short(name_of(strategy), 30))
        _draw_curves(upper, part, "loss", colour)
        _draw_curves(lower, part, "accuracy", colour)
        lower.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        lower.xaxis.set_major_locator(MaxNLocator(integer=True))
        lower.set_xlabel("epoch")
        lines = [
            Line2D([], [], color=colour, linewidth=1.8, label="validation"),
            Line2D([], [], color=INK, linewidth=1.2, linestyle=DASHES, label="training"),
        ]
        # The range of accuracies is fixed, so that one of its corners is free of lines.
        lower.legend(handles=lines, loc="best", handlelength=1.8)

    names = ordered(history["strategy"]) if order is None else order
    return _panels(names, draw, PANEL, columns)


def calibration_figure(
    tables: Mapping[str, pd.DataFrame], colours: Mapping[str, str], *, columns: int = 3
) -> Figure:
    """Return reliability diagrams, a panel per network: accuracy over confidence, bin by bin.

    A dot's area is its bin's share of the clips; bins of a few clips are left out. On the dashed
    line probabilities hold what they say.

    Args:
        tables: network -> table as from `reliability`, in the order drawn.
        colours: of each network.
        columns: panels beside each other.
    """

    def draw(panel: SubFigure, name: str) -> None:
        axes, table = panel.subplots(), _well_filled(tables[name])
        axes.set_title(short(name_of(name), 30))
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=DASHES)
        axes.plot(table["confidence"], table["accuracy"], color=colours[name], linewidth=1.2)
        sizes = AREA * table["clips"] / table["clips"].sum()
        axes.scatter(
            table["confidence"],
            table["accuracy"],
            s=sizes,
            color=colours[name],
            linewidths=0,
            clip_on=False,
        )
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("how sure")
        axes.set_ylabel("how often right")
        axes.grid(axis="both")
        axes.tick_params(length=0)

    return _panels(list(tables), draw, (2.9, 3.0), columns)


def _well_filled(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out bins of so few clips that their accuracy says nothing, unless all are such."""
    enough = min(FEWEST, int(table["clips"].max()))
    return table.loc[table["clips"] >= enough]


def _panels(
    strategies: Sequence[str],
    draw: Callable[[SubFigure, str], None],
    size: tuple[float, float],
    columns: int,
) -> Figure:
    if not strategies:
        raise TableError("there is no strategy to draw")
    # Two rows of two rather than three and one.
    across = 2 if len(strategies) == 4 else min(columns, len(strategies))
    down = -(-len(strategies) // across)
    with style():
        figure = Figure(figsize=(size[0] * across, size[1] * down), layout="constrained")
        grid = figure.subfigures(down, across, squeeze=False)
        for panel, strategy in zip(grid.flat, strategies, strict=False):
            panel.set_facecolor("none")
            draw(panel, strategy)
    return figure


def _draw_confusion(axes: Axes, rates: NDArray[np.float64], names: Sequence[str]) -> None:
    size = len(names)
    guesses, trues = np.meshgrid(np.arange(size), np.arange(size))
    drawn = np.nan_to_num(rates).ravel()
    squares = [
        [(x - 0.47, y - 0.47), (x + 0.47, y - 0.47), (x + 0.47, y + 0.47), (x - 0.47, y + 0.47)]
        for x, y in zip(guesses.flat, trues.flat, strict=True)
    ]
    for colours in (
        [to_rgba(LINE, 0.35)] * len(squares),
        [to_rgba(HEAT, float(rate)) for rate in drawn],
    ):
        axes.add_collection(PolyCollection(squares, facecolors=colours, linewidths=0))
    if size <= NUMBERED:
        _write_rates(axes, rates)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    axes.set_aspect("equal")
    axes.set_xticks(range(size), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(size), names)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("predicted, % of the row")
    axes.set_ylabel("true")


def _write_rates(axes: Axes, rates: NDArray[np.float64]) -> None:
    for (true, guess), rate in np.ndenumerate(rates):
        if rate < 0.005:
            continue
        text = axes.text(
            guess,
            true,
            f"{100 * rate:.0f}" if np.isfinite(rate) else "–",
            ha="center",
            va="center",
            fontsize=7 if len(rates) > 6 else 8,
            fontweight="bold" if true == guess else "normal",
            color=ON_HEAT if rate >= DARK_CELL else INK,
        )
        text.set_in_layout(False)


def _draw_curves(axes: Axes, part: pd.DataFrame, measure: str, colour: str) -> None:
    looks = (("validation", colour, "-", 1.8), ("train", INK, DASHES, 1.2))
    runs = part.groupby(["fold", "seed"]).ngroups
    # The more runs, the paler each: their means are to be seen above them.
    paleness = min(0.35, max(0.12, 4 / runs))
    for side, tint, dashes, width in looks:
        column = f"{side}_{measure}"
        clean = part.assign(**{column: part[column].replace([np.inf, -np.inf], np.nan)})
        if runs > 1:
            for _, run in clean.sort_values("epoch").groupby(["fold", "seed"], sort=False):
                axes.plot(run["epoch"], run[column], color=tint, linewidth=0.7, alpha=paleness)
        mean = clean.groupby("epoch")[column].mean()
        axes.plot(
            mean.index.to_numpy(),
            mean.to_numpy(),
            color=tint,
            linestyle=dashes,
            linewidth=width,
            marker="o" if len(mean) == 1 else "",
            markersize=3,
            zorder=3,
        )
    axes.set_ylabel(measure)
    axes.grid(axis="y")
    axes.tick_params(length=0)
    if measure == "accuracy":
        axes.set_ylim(0, 1)
