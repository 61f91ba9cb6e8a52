"""Figures of a study: estimates and differences, each a dot with its two intervals.

The line is the wider interval, which is the one to believe; the pale box the narrower.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from mrpn.evaluation.statistics import wider
from mrpn.evaluation.style import INK, LINE, MUTED, PAPER, short, style

WIDTH = 4.7
ROW = 0.4
HEAD = 0.85


def estimates_figure(
    estimates: pd.DataFrame,
    colours: Mapping[str, str],
    *,
    published: Mapping[str, float] | None = None,
    chance: float | None = None,
    over: str = "actors",
) -> Figure:
    """Return a row per network: its accuracy, the wider interval, and in it the narrower.

    Args:
        estimates: as from `estimate_table`.
        colours: by row.
        published: accuracies by row, drawn as hollow diamonds.
        chance: accuracy reached without looking, a dotted line.
        over: what the intervals are over that are not over folds.
    """
    known = published or {}
    with style():
        figure, axes = _axes(len(estimates))
        for place, line in enumerate(estimates.to_dict("records")):
            _interval(axes, place, {str(k): v for k, v in line.items()}, colours[line["row"]])
            if line["row"] in known:
                axes.scatter(
                    known[line["row"]], place, s=34, marker="D", facecolors=PAPER, edgecolors=MUTED
                )
        if chance is not None:
            axes.axvline(chance, color=MUTED, linewidth=1, linestyle=(0, (1, 2)))
        axes.set_yticks(range(len(estimates)), [short(str(n), 20) for n in estimates["row"]])
        axes.set_xlim(0, 1)
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        signs = [_sign("o", INK, "ours")]
        if known:
            signs.append(_sign("D", PAPER, "published", edge=MUTED))
        if chance is not None:
            signs.append(Line2D([], [], color=MUTED, linestyle=(0, (1, 2)), label="chance"))
        _legend(figure, signs, over, folds=bool(estimates["fold_low"].notna().any()))
    return figure


def differences_figure(
    differences: pd.DataFrame,
    labels: Sequence[str],
    colours: Sequence[str],
    *,
    settled: Sequence[bool] | None = None,
) -> Figure:
    """Return a row per difference, in points, around the line of no difference.

    Args:
        differences: `value, low, high, fold_low, fold_high`, 0 to 1, as from `compare`.
        labels: a name for each.
        colours: a colour for each.
        settled: whether each is settled; those that are not are hollow.
    """
    sure = [True] * len(differences) if settled is None else list(settled)
    with style():
        figure, axes = _axes(len(differences))
        axes.axvline(0, color=MUTED, linewidth=1)
        for place, line in enumerate(differences.to_dict("records")):
            values = {str(name): value for name, value in line.items()}
            _interval(axes, place, values, colours[place], hollow=not sure[place])
        axes.set_yticks(range(len(differences)), [short(name, 26) for name in labels])
        ends = differences[["low", "high", "fold_low", "fold_high", "value"]].to_numpy("float64")
        reach = max(0.05, float(np.nanmax(np.abs(ends)))) * 1.08
        axes.set_xlim(-reach, reach)
        axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(FuncFormatter(_points))
        axes.set_xlabel("points")
        if settled is not None:
            signs = [_sign("o", INK, "settled"), _sign("o", PAPER, "not settled", edge=INK)]
        else:
            signs = []
        _legend(figure, signs, folds=bool(differences["fold_low"].notna().any()))
    return figure


def _points(value: float, _: int) -> str:
    return f"{100 * value:+.3g}".replace("-", "−") if abs(value) > 1e-9 else "0"


def _axes(rows: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, HEAD + ROW * rows), layout="constrained")
    axes = figure.subplots()
    axes.set_ylim(rows - 0.5, -0.5)
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x")
    return figure, axes


def _interval(
    axes: Axes, place: int, line: Mapping[str, float], colour: str, *, hollow: bool = False
) -> None:
    low, high, _ = wider(line)
    ends = [(line["low"], line["high"]), (line["fold_low"], line["fold_high"])]
    for inner in ends:
        if inner != (low, high):
            axes.plot(inner, [place] * 2, color=LINE, linewidth=9, solid_capstyle="butt", zorder=1)
    axes.plot(
        [low, high], [place] * 2, color=colour, linewidth=2.4, solid_capstyle="butt", zorder=3
    )
    axes.scatter(
        line["value"],
        place,
        s=46,
        facecolors=PAPER if hollow else colour,
        edgecolors=colour if hollow else PAPER,
        linewidths=1.4,
        zorder=4,
    )


def _sign(marker: str, face: str, label: str, edge: str | None = None) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="",
        marker=marker,
        markersize=5.5,
        markerfacecolor=face,
        markeredgecolor=edge or face,
        label=label,
    )


def _legend(figure: Figure, signs: list[Line2D], over: str = "actors", *, folds: bool) -> None:
    label = "95 %, the wider" if folds else f"95 % over {over}"
    lines = [Line2D([], [], color=INK, linewidth=2.4, solid_capstyle="butt", label=label)]
    if folds:
        lines.append(
            Line2D([], [], color=LINE, linewidth=9, solid_capstyle="butt", label="the narrower")
        )
    figure.legend(
        handles=[*signs, *lines],
        loc="outside upper left",
        ncols=5,
        handletextpad=0.5,
        columnspacing=1.1,
        handlelength=1.5,
    )
