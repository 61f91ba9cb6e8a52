"""The ablations' one figure: every comparison, over all settings and in each."""

import textwrap
from pathlib import Path

import pandas as pd
from ablating.plan import SETTINGS, comparisons
from ablating.statistics import ALL
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mrpn.evaluation.diary import TEXT, check_diary, diary_figure
from mrpn.evaluation.style import INK, LINE, MUTED, colour_of, style
from mrpn.evaluation.tables import read_table
from mrpn.training.diary import DIARY


def differences_figure(differences: pd.DataFrame) -> Figure:
    """Return a column of differences with their intervals, over all settings and for each.

    Args:
        differences: as from `difference_table`.
    """
    pairs = comparisons()
    columns = [title for title in (ALL, *SETTINGS) if title in set(differences["over"])]
    with style():
        size = (2.2 + 1.45 * len(columns), 1.1 + 0.23 * len(pairs))
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(1, len(columns), sharey=True, squeeze=False)[0]
        for axes, title in zip(panels, columns, strict=True):
            part = differences[differences["over"] == title].set_index(["row", "against"])
            _panel(axes, part.loc[pairs], title)
        labels = [f"{one} - {other}" for one, other in pairs]
        panels[0].set_yticks(range(len(pairs)), labels)
        panels[0].invert_yaxis()
        figure.supxlabel("points of accuracy", color=MUTED)
    return figure


def mechanism_figure(out: Path, setting: str) -> Figure:
    """Return what the diaries of N0, N1 and N2 noted in a setting, all seeds together."""
    found = [read_table(path, TEXT) for path in sorted(out.glob(f"runs/{setting}-seed*/{DIARY}"))]
    diary = pd.concat(found)
    kept = diary[diary["row"].isin(("N0", "N1", "N2"))].assign(fold=setting)
    return diary_figure(check_diary(kept))


def _panel(axes: Axes, part: pd.DataFrame, title: str) -> None:
    middle, low, high = (100 * part[name] for name in ("difference", "low", "high"))
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.errorbar(
        middle,
        range(len(part)),
        xerr=[middle - low, high - middle],
        fmt="o",
        markersize=3.2,
        elinewidth=1,
        color=colour_of("n2") if title == ALL else colour_of("n0"),
    )
    axes.set_title(textwrap.fill(SETTINGS.get(title, title), 16), fontsize=7.5)
    axes.grid(axis="y", color=LINE)
