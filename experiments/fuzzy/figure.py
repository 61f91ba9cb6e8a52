"""The study's one figure: what each fusion lacks of the best, along every knob."""

import pandas as pd
from fuzzy.plan import FUSIONS, KNOBS, latent_settings
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.style import INK, LINE, MUTED, colour_of, style

_ORDER = (
    *("face-fuzzy", "face-missing", "face-noise", "flipped", "clarity"),
    *("voice-fuzzy", "voice-missing", "voice-noise", "split", "congruence"),
)
# Panels with a scale of their own: what happens there dwarfs the others.
_APART = ("flipped", "clarity", "split", "congruence")
_AXIS = {
    "flipped": "share of labels",
    "clarity": "strength",
    "split": "share of clips",
    "congruence": "share of clips",
}


def distance_figure(settings: pd.DataFrame) -> Figure:
    """Return small multiples of the distance to the best accuracy with both halves.

    Args:
        settings: as from `setting_table`, of the latent sweep.
    """
    known = settings.set_index(["setting", "strategy"])
    steady = _panel_settings([knob for knob in _ORDER if knob not in _APART])
    top = 100 * max(
        known.loc[(name, strategy), ["of_both", "of_both_high"]].max()
        for name in steady
        for strategy in FUSIONS
        if (name, strategy) in known.index
    )
    with style():
        figure = Figure(figsize=(10.6, 5.0), layout="constrained")
        for place, (axes, knob) in enumerate(zip(figure.subplots(2, 5).flat, _ORDER, strict=True)):
            _panel(axes, knob, known)
            if knob not in _APART:
                axes.set_ylim(0, 1.08 * top)
            axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
            if place % 5 == 0:
                axes.set_ylabel("points below the best of both")
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=len(labels))
    return figure


def _panel_settings(knobs: list[str]) -> list[str]:
    return [s.name for s in latent_settings() if any(knob in s.knobs for knob in knobs)]


def _panel(axes: Axes, knob: str, known: pd.DataFrame) -> None:
    points = sorted((s.knobs[knob], s.name) for s in latent_settings() if knob in s.knobs)
    points = [(value, name) for value, name in points if (name, "n0") in known.index]
    axes.set_title(
        KNOBS[knob]
        .replace(" of the ", ", ")
        .replace(" inside the ", ", ")
        .replace(" in the ", ", ")
    )
    if not points:
        return
    values = [value for value, _ in points]
    step = 0.012 * (max(values) - min(values) or 1)
    better = [100 * min(known.loc[(n, m), "of_both"] for m in ("am", "vm")) for _, n in points]
    for place, strategy in enumerate(FUSIONS):
        rows = [known.loc[(name, strategy)] for _, name in points]
        middle = [100 * row["of_both"] for row in rows]
        errors = [
            [100 * (row["of_both"] - row["of_both_low"]) for row in rows],
            [100 * (row["of_both_high"] - row["of_both"]) for row in rows],
        ]
        axes.errorbar(
            [value + step * (place - 2) for value in values],
            middle,
            yerr=errors,
            color=colour_of(strategy),
            marker="o",
            markersize=3.2,
            linewidth=1.3,
            elinewidth=0.7,
            label=brief_of(strategy),
        )
    height = axes.get_ylim()
    axes.plot(values, better, color=INK, linestyle=":", linewidth=1, label="better half alone")
    axes.set_ylim(height)
    axes.grid(axis="y", color=LINE)
    axes.set_xticks(values, [f"{value:g}" for value in values])
    axes.set_xlabel(_AXIS.get(knob, "probability"), color=MUTED)
