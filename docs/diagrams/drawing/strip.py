"""A network as a strip: parts from left to right, arrows as the data go."""

from drawing.anatomy import Anatomy, Edge, Part
from drawing.canvas import Canvas, Point
from drawing.plan import Grid, Place, height, modalities, places
from drawing.words import ARROW, LOSS, TINTS, colours, lines, symbol

TITLE = 34.0
"""Height of the line above a strip."""


def strip_height(anatomy: Anatomy, grid: Grid) -> float:
    """Return the height of a strip with its title."""
    return TITLE + height(anatomy, grid)


def draw_strip(
    canvas: Canvas, anatomy: Anatomy, grid: Grid, top: float, title: str, says: str
) -> None:
    """Draw a network below its title.

    Args:
        canvas: to draw on.
        anatomy: what to draw.
        grid: its columns.
        top: of the title.
        title: short name.
        says: what is particular about it.
    """
    with canvas.group(title):
        canvas.heading((grid.columns["input"][0], top + 16), title, says)
        draw_network(canvas, anatomy, grid, top + TITLE)


def draw_network(
    canvas: Canvas, anatomy: Anatomy, grid: Grid, top: float, inputs: bool = True
) -> dict[str, Place]:
    """Draw boxes and arrows, without a box for the inputs if not `inputs`; return the places."""
    found = places(anatomy, grid, top)
    names = modalities(anatomy)
    training = {edge for edge in anatomy.edges if not anatomy.parts[edge[1]].testing}
    for edge in [*sorted(training), *sorted(anatomy.edges - training)]:
        outside = edge in training
        canvas.arrow(
            route(edge, found, anatomy),
            LOSS[1] if outside else _arrow_colour(anatomy.parts[edge[0]], names),
            dashed=outside,
            edge=" ".join(edge),
        )
    several = len({part.target for part in anatomy.parts.values()} - {""}) > 1
    for name, place in found.items():
        part = anatomy.parts[name]
        if part.role == "input" and not inputs:
            continue
        canvas.box(
            (place.x, place.y),
            (place.width, place.height),
            lines(part, several),
            colours(part, names),
            dashed=not part.testing,
            round_=place.height / 2 if part.role == "loss" else 8,
            small=part.role == "loss",
            even=part.role == "update",
            part=name,
        )
    _symbols(canvas, anatomy, found, names, several)
    return found


def route(edge: Edge, found: dict[str, Place], anatomy: Anatomy) -> list[Point]:
    """Return the way of an arrow, from a right edge to a left one.

    What forks turns off behind its start; what joins, before its end, each at a place of its own.
    """
    start, stop = found[edge[0]].right, found[edge[1]].left
    ends = sorted(
        (s for s, e in anatomy.edges if e == edge[1]), key=lambda name: found[name].left[1]
    )
    if len(ends) > 1:
        rank = ends.index(edge[0])
        forks = sum(name == edge[0] for name, end in anatomy.edges) > 1
        middle = (len(ends) - 1) / 2
        ladder = 12 * rank if forks else 9 * (len(ends) - 1 - 2 * abs(rank - middle))
        stop = stop[0], stop[1] + 14 * (rank - middle)
        turn = stop[0] - 20 - ladder
    else:
        turn = start[0] + 24
    if abs(start[1] - stop[1]) < 1:
        return [start, (stop[0], start[1])]
    return [start, (turn, start[1]), (turn, stop[1]), stop]


def _arrow_colour(start: Part, names: list[str]) -> str:
    return TINTS[names.index(start.modality)][1] if start.modality else ARROW


def _symbols(
    canvas: Canvas,
    anatomy: Anatomy,
    found: dict[str, Place],
    names: list[str],
    several: bool,
) -> None:
    """Write f, f' and s at the arrows that carry them."""
    alone = len(names) == 1
    for name, place in found.items():
        part = anatomy.parts[name]
        index = f"{{{symbol(part.modality, names)}}}" if part.modality else ""
        text = {
            "aggregator": f"f{index}",
            "branch": f"f{index}",
            "update": f"f′{index}",
            "side": f"s{index}",
            "fusion": "s",
        }.get(part.role)
        if text and not (several and part.role in ("side", "fusion")):
            x, y = place.right
            lift = 6 if part.role != "side" or alone else 5
            canvas.text((x + 12, y - lift), text, size=14, math=True)
