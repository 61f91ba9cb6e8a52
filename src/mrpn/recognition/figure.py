"""A timeline drawn: probabilities over time, fused and of each modality, per face."""

from itertools import cycle, islice

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mrpn.common.errors import ConfigError
from mrpn.evaluation.style import INK, LINE, MUTED, short, style
from mrpn.recognition.cells import cells
from mrpn.recognition.result import HEARD, Moment, Recognition

# Told apart by those who do not see all colours too; one per class, in order.
COLOURS = ("#158f6f", "#0e58c7", "#e59a0a", "#7a4fd0", "#c23b22", "#4e5f6f", "#e55ab1", "#2b8aa0")
_MOST_FACES = 6


def class_colours(classes: list[str]) -> dict[str, str]:
    """Return a colour for each class."""
    return dict(zip(classes, islice(cycle(COLOURS), len(classes)), strict=True))


def timeline_figure(result: Recognition) -> Figure:
    """Return a timeline as a figure: a band of areas per face, below it its face and voice alone.

    Raises:
        ConfigError: a timeline without any window.
    """
    if not result.timeline:
        raise ConfigError(f"{result.source}: no timeline to draw")
    faces: list[int | None] = []
    faces += [person.face for person in result.people[:_MOST_FACES]]
    if any(moment.face is None for moment in result.timeline):
        faces.append(None)
    classes = list(result.probabilities)
    colours = class_colours(classes)
    with style():
        figure = Figure(figsize=(7.4, 0.75 + 1.95 * len(faces)), layout="constrained")
        heights = [part for _ in faces for part in (3.0, 0.55)]
        axes = figure.subplots(2 * len(faces), 1, sharex=True, height_ratios=heights, squeeze=False)
        for place, face in enumerate(faces):
            moments = [moment for moment in result.timeline if moment.face == face]
            _areas(axes[2 * place, 0], moments, colours)
            _alone(axes[2 * place + 1, 0], moments, colours)
            name = "Voice, no face seen" if face is None else f"Face {face}"
            axes[2 * place, 0].set_title(name)
        last = axes[-1, 0]
        last.set_xlabel("seconds")
        last.set_xlim(0, max(result.duration, 1e-3))
        handles = [axes[0, 0].fill_between([0], [0], color=colours[c], label=c) for c in classes]
        figure.legend(handles=handles, loc="outside right upper")
        figure.suptitle(short(result.source.rsplit("/", 1)[-1], 60), x=0.01, ha="left", color=INK)
    return figure


def _areas(axes: Axes, moments: list[Moment], colours: dict[str, str]) -> None:
    times, values = _steps(moments, list(colours))
    axes.stackplot(
        times, values.T, colors=list(colours.values()), alpha=0.85, linewidth=0, step="post"
    )
    for moment, (left, right) in zip(moments, cells(moments), strict=True):
        if moment.disagree:
            axes.plot([left, right], [1.04, 1.04], color=INK, linewidth=2, clip_on=False)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    axes.grid(axis="y", color=LINE)


def _alone(axes: Axes, moments: list[Moment], colours: dict[str, str]) -> None:
    """Draw what each modality alone finds likeliest; pale where it is below one half."""
    names = sorted({name for moment in moments for name in moment.alone}, reverse=True)
    for row, name in enumerate(names):
        for moment, (left, right) in zip(moments, cells(moments), strict=True):
            if name in moment.alone:
                label, value = max(moment.alone[name].items(), key=lambda item: item[1])
                alpha = 0.85 if value >= 0.5 else 0.3
                axes.barh(
                    -row, right - left, 0.8, left, color=colours[label], alpha=alpha, linewidth=0
                )
    axes.set_yticks([-row for row in range(len(names))], [HEARD.get(n, n) for n in names])
    axes.set_ylim(-len(names) + 0.45, 0.55)
    axes.tick_params(length=0, labelcolor=MUTED)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)


def _steps(moments: list[Moment], classes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return times and probabilities [T, classes] as steps; zeros where there is no window."""
    times: list[float] = []
    values: list[list[float]] = []
    nothing = [0.0] * len(classes)
    for moment, (left, right) in zip(moments, cells(moments), strict=True):
        if times and left > times[-1] + 1e-9:
            times.append(left)
            values.append(nothing)
        elif times:
            times.pop()
            values.pop()
        here = [moment.probabilities[name] for name in classes]
        times += [left, right]
        values += [here, nothing]
    return np.array(times), np.array(values)
