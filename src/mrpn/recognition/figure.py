"""A timeline drawn: probabilities over time, fused and of each modality, per face."""

from itertools import cycle, islice

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from mrpn.common.errors import ConfigError
from mrpn.evaluation.style import INK, LINE, MUTED, short, style
from mrpn.recognition.cells import by_face, cells
from mrpn.recognition.naming import readable
from mrpn.recognition.result import HEARD, Moment, Recognition

# Told apart by those who do not see all colours too; one per class, in order.
COLOURS = ("#158f6f", "#0e58c7", "#e59a0a", "#7a4fd0", "#c23b22", "#4e5f6f", "#e55ab1", "#2b8aa0")
_MOST_FACES = 6
# Probability from which a modality alone counts as sure, as in `Answer.disagree`.
_SURE, _STRONG, _PALE = 0.5, 0.85, 0.3
# Points above the areas: the line of disagreement, and the title over it.
_ABOVE, _TITLE = 4, 9
# Of a still's modalities alone, in their order.
_GREYS = (INK, MUTED)


def class_colours(classes: list[str]) -> dict[str, str]:
    """Return a colour for each class."""
    return dict(zip(classes, islice(cycle(COLOURS), len(classes)), strict=True))


def timeline_figure(result: Recognition) -> Figure:
    """Return a timeline as a figure: a band of areas per face, below it its face and voice alone.

    The first six faces are shown. A still image, which lasts no time, has bars instead.

    Raises:
        ConfigError: a timeline without any window.
    """
    if not result.timeline:
        raise ConfigError(f"{result.source}: no timeline to draw")
    faces: list[int | None] = []
    faces += [person.face for person in result.people[:_MOST_FACES]]
    judged = by_face(result.timeline)
    if None in judged:
        faces.append(None)
    if not result.duration:
        return _still(result, {face: judged[face][0] for face in faces})
    classes = list(result.probabilities)
    colours = class_colours(classes)
    with style():
        figure = Figure(figsize=(7.4, 0.75 + 1.95 * len(faces)), layout="constrained")
        heights = [part for _ in faces for part in (3.0, 0.55)]
        axes = figure.subplots(2 * len(faces), 1, sharex=True, height_ratios=heights, squeeze=False)
        for place, face in enumerate(faces):
            moments = judged[face]
            _areas(axes[2 * place, 0], moments, colours)
            _alone(axes[2 * place + 1, 0], moments, colours)
            axes[2 * place, 0].set_title(_title(face), pad=_TITLE)
        last = axes[-1, 0]
        last.set_xlabel("seconds")
        last.set_xlim(0, max(result.duration, 1e-3))
        figure.legend(handles=_legend(result, colours), loc="outside right upper")
        _name(figure, result)
    return figure


def _title(face: int | None) -> str:
    return "Voice, no face seen" if face is None else f"Face {face}"


def _name(figure: Figure, result: Recognition) -> None:
    name = short(readable(result.source).rsplit("/", 1)[-1], 60)
    figure.suptitle(name, x=0.01, ha="left", color=INK)


def _legend(result: Recognition, colours: dict[str, str]) -> list[Artist]:
    """Return an entry for each class and for each other mark that is drawn."""
    handles: list[Artist] = [Patch(color=colour, label=name) for name, colour in colours.items()]
    if any(moment.disagree for moment in result.timeline):
        label = "face and voice\ndisagree"
        handles.append(Line2D([], [], color=INK, linewidth=2, label=label))
    alone = [each for moment in result.timeline for each in moment.alone.values()]
    if any(max(each.values()) < _SURE for each in alone):
        label = "pale: unsure,\nbelow 50 %"
        handles.append(Patch(color=MUTED, alpha=_PALE, linewidth=0, label=label))
    return handles


def _still(result: Recognition, shown: dict[int | None, Moment]) -> Figure:
    """Return bars by class for each face: of the answer, thinner ones of each modality alone."""
    colours = class_colours(list(result.probabilities))
    names = sorted({name for moment in shown.values() for name in moment.alone}, reverse=True)
    greys = dict(zip(names, cycle(_GREYS), strict=False))
    rows = len(colours)
    with style():
        size = (7.4, 0.75 + len(shown) * (0.45 + 0.3 * rows))
        figure = Figure(figsize=size, layout="constrained")
        plots = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (face, moment) in zip(plots, shown.items(), strict=True):
            for row, (label, colour) in enumerate(colours.items()):
                value = moment.probabilities[label]
                axes.barh(row, value, 0.5, color=colour, alpha=_STRONG, linewidth=0)
                axes.text(value, row, f" {100 * value:.0f} %", va="center", color=MUTED)
                for number, (name, grey) in enumerate(greys.items()):
                    said = moment.alone.get(name, {}).get(label, 0.0)
                    axes.barh(row + 0.33 + 0.14 * number, said, 0.1, color=grey, linewidth=0)
            axes.set_ylim(rows - 0.3, -0.45)
            axes.set_yticks(range(rows), list(colours))
            axes.tick_params(length=0, labelcolor=MUTED)
            axes.grid(axis="x", color=LINE)
            axes.set_title(_title(face))
        plots[-1].set_xlim(0, 1)
        plots[-1].set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
        handles = [Patch(color=g, label=f"{HEARD.get(n, n)} alone") for n, g in greys.items()]
        figure.legend(handles=handles, loc="outside right upper")
        _name(figure, result)
    return figure


def _areas(axes: Axes, moments: list[Moment], colours: dict[str, str]) -> None:
    times, values = _steps(moments, list(colours))
    axes.stackplot(
        times, values.T, colors=list(colours.values()), alpha=_STRONG, linewidth=0, step="post"
    )
    above = axes.transData + ScaledTranslation(0, _ABOVE / 72, axes.figure.dpi_scale_trans)
    for moment, (left, right) in zip(moments, cells(moments), strict=True):
        if moment.disagree:
            line = Line2D([left, right], [1, 1], color=INK, linewidth=2, transform=above)
            line.set(clip_on=False, in_layout=False, solid_capstyle="butt")
            axes.add_line(line)
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
                alpha = _STRONG if value >= _SURE else _PALE
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
