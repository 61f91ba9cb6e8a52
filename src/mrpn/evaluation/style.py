"""The look of every figure: colours that the colour-blind tell apart, quiet axes, one font size."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_hex, to_rgb

INK = "#1b2430"
MUTED = "#5d6878"
LINE = "#d7dce2"
PAPER = "#fefefe"
HEAT = "#0a5f64"
ON_HEAT = "#fdfdff"

STRATEGY_COLOURS = {
    "am": "#905501",
    "vm": "#0e58c7",
    "product": "#ae910e",
    "late": "#4e5f6f",
    "n0": "#8d87f4",
    "n1": "#e55ab1",
    "n2": "#158f6f",
}
OTHER_COLOURS = ("#7a4fd0", "#b4532a", "#2b8aa0", "#8a8f2d")

# A colour and a mark for each class, so that either alone tells them apart on light and dark.
CLASS_LOOKS = (
    ("#c8512b", "o"),
    ("#2f7fd6", "s"),
    ("#2f9e6b", "^"),
    ("#b78a00", "D"),
    ("#8d63d6", "v"),
    ("#d4569b", "P"),
    ("#6f7f8f", "X"),
    ("#17a2b0", "<"),
    ("#8a6a4f", ">"),
)

# A report replaces these by variables of its style sheet, so that figures follow light and dark.
VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    PAPER: "--card",
    HEAT: "--heat",
    ON_HEAT: "--on-heat",
    **{colour: f"--s-{name}" for name, colour in STRATEGY_COLOURS.items()},
}

_SETTINGS: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": LINE,
    "axes.facecolor": "none",
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "figure.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "grid.color": LINE,
    "grid.linewidth": 0.6,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.labelcolor": MUTED,
    "lines.solid_capstyle": "round",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "mrpn",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": LINE,
    "xtick.labelcolor": MUTED,
    "xtick.labelsize": 7.5,
    "ytick.color": LINE,
    "ytick.labelcolor": MUTED,
    "ytick.labelsize": 7.5,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw and save in the project's look; names are never read as mathematics ("$")."""
    with mpl.rc_context(_SETTINGS):
        yield


def colour_of(strategy: str) -> str:
    """Return a strategy's colour, the same in every figure; unknown ones get theirs by name."""
    if strategy in STRATEGY_COLOURS:
        return STRATEGY_COLOURS[strategy]
    return OTHER_COLOURS[sum(strategy.encode()) % len(OTHER_COLOURS)]


def lighter(colour: str, share: float) -> str:
    """Return a colour mixed with that share of white, 0 to 1; 0 leaves it as it is."""
    if share == 0:
        return colour
    red, green, blue = (1 - (1 - share) * (1 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))


def short(name: str, limit: int = 22) -> str:
    """Return a name on one line, cut to `limit` characters, so that it cannot break a figure."""
    line = " ".join(name.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
