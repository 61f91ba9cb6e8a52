"""The picture of calibration: how often what is held for so certain is right."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from mrpn.evaluation.style import LINE, MUTED, colour_of, style
from mrpn.evaluation.tables import TableError

SIZE = (3.6, 3.9)


def reliability_figure(bins: pd.DataFrame, strategy: str) -> Figure:
    """Return a bar of accuracy for each bin of confidence, and below how many clips are in it.

    Perfect calibration is the dashed line; a bar below it is a network too sure of itself.

    Args:
        bins: as from `calibration.reliability`.
        strategy: whose colour is used.
    """
    if bins.empty:
        raise TableError("there is no bin to draw")
    with style():
        figure = Figure(figsize=SIZE, layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
        widths, middles = bins["high"] - bins["low"], (bins["low"] + bins["high"]) / 2
        bars = {"width": (widths * 0.9).to_numpy(), "color": colour_of(strategy)}
        upper.bar(middles.to_numpy(), bins["accuracy"].to_numpy(), alpha=0.85, **bars)
        upper.plot([0, 1], [0, 1], color=MUTED, linewidth=1.2, linestyle=(0, (3, 2)))
        upper.set_ylim(0, 1)
        upper.set_ylabel("right")
        upper.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        shares = (bins["clips"] / bins["clips"].sum()).to_numpy()
        lower.bar(middles.to_numpy(), shares, alpha=0.45, **bars)
        lower.set_ylabel("clips")
        lower.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        lower.set_xlim(0, 1)
        lower.set_xlabel("confidence: probability of the class that is named")
        lower.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        for axes in (upper, lower):
            axes.grid(axis="y", color=LINE)
            axes.tick_params(length=0)
    return figure
