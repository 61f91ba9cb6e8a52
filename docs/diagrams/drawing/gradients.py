"""Which term of the loss changes which part (after figure 5 of the paper)."""

from drawing.anatomy import Anatomy, Edge
from drawing.canvas import INK, QUIET, Canvas, Point
from drawing.models import anatomy, face_and_voice, late
from drawing.plan import Grid, Place, modalities, places
from drawing.strip import route
from drawing.words import FUSED_TERM, OUTSIDE, TINTS, colours, lines, media, symbol, term_colour

WIDTH, HEIGHT = 820, 660
_LEFT = (16, 428)
_TOP = (16, 156, 380)
GRID = Grid(
    {
        "input": (0, 0),
        "branch": (0, 68),
        "update": (130, 98),
        "side loss": (252, 28),
        "fusion": (276, 58),
        "loss": (354, 28),
    },
    pitch=42,
    height=34,
)
_STOP = "#9a9890"


def gradients() -> Canvas:
    """Draw the ways back from each term of the loss, as the networks let it pass."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        "Which term of the loss changes which part",
        "Six networks of face and voice with arrows from the terms of the loss back to the parts "
        "that they change. Late fusion: none reaches the branches. N0: the fused term alone "
        "changes both branches. N1 and N2: each branch is changed by the fused term and by its "
        "own, in N2 the fused one through the residual perceptron. With fusion_gradient 0.3 that "
        "share of the fused term's gradient comes to the branches, with 0 none.",
    )
    panels = (
        ("Late fusion", "no term changes the branches", late()),
        ("N0", "one term for both branches", face_and_voice("n0")),
        ("N1", "each branch: the fused term and its own", face_and_voice("n1")),
        ("N2, MRPN", "the fused one through a perceptron", face_and_voice("n2")),
        ("N2", "fusion_gradient: 0.3", face_and_voice("n2", fusion_gradient=0.3)),
        ("N2", "fusion_gradient: 0", face_and_voice("n2", fusion_gradient=0)),
    )
    for index, (title, says, network) in enumerate(panels):
        at = _LEFT[index % 2], _TOP[index // 2]
        with canvas.group(title):
            canvas.heading((at[0], at[1] + 14), title, says)
            _panel(canvas, anatomy(network, whole_branches=True), at)
    _key(canvas, HEIGHT - 46)
    return canvas


def _panel(canvas: Canvas, parts: Anatomy, at: Point) -> None:
    found = {
        name: Place(place.x + at[0], place.y, place.width, place.height)
        for name, place in places(parts, GRID, at[1] + 34).items()
        if parts.parts[name].role != "input"
    }
    names = modalities(parts)
    for edge in sorted(parts.edges - parts.passes.keys()):
        if edge[0] in found:
            _blocked(canvas, route(edge, found, parts), edge)
    for term in parts.terms():
        reached = parts.reached(term) | {term}
        for edge in sorted(parts.passes):
            if edge[1] in reached:
                _way_back(canvas, parts, edge, found, term)
    for name, place in found.items():
        _part(canvas, parts, name, place, names)


def _way_back(
    canvas: Canvas, parts: Anatomy, edge: Edge, found: dict[str, Place], term: str
) -> None:
    """Draw a gradient's way along an edge, from its end to its start."""
    colour = term_colour(parts.parts[term], modalities(parts))
    way = _apart(route(edge, found, parts), parts.parts[edge[1]].role == "side")
    share = parts.passes[edge]
    canvas.arrow(
        way[::-1], colour, width=2.2 if share == 1 else 1.3, term=term, edge=" ".join(edge)
    )
    if share < 1:
        canvas.text((way[-1][0] - 19, way[-1][1] - 5), f"× {share:g}", size=12, colour=colour)


def _apart(way: list[Point], side: bool) -> list[Point]:
    """Let the way from a side score end below or above the fused one's, not on it."""
    if not side or len(way) < 3:
        return way
    towards = 9 if way[-1][1] > way[0][1] else -9
    return [(way[0][0], way[0][1] + towards), (way[1][0], way[1][1] + towards), *way[2:]]


def _blocked(canvas: Canvas, way: list[Point], edge: Edge) -> None:
    """Draw a connection that data pass and no gradient does."""
    canvas.arrow(way, _STOP, dashed=True, head=False, width=1.2, stopped=" ".join(edge))
    middle = (way[0][0] + way[-1][0]) / 2
    for x in (middle - 3, middle + 3):
        canvas.arrow([(x, way[0][1] - 8), (x, way[0][1] + 8)], _STOP, head=False, width=2)


def _part(canvas: Canvas, parts: Anatomy, name: str, place: Place, names: list[str]) -> None:
    part = parts.parts[name]
    if part.role == "loss":
        centre = (place.x + place.width / 2, place.y + place.height / 2)
        canvas.disc(centre, 14, "#ffffff", term_colour(part, names), part=name)
        index = f"{{{symbol(part.modality, names)}}}" if part.modality else ""
        canvas.text((centre[0], centre[1] + 4), f"ℓ{index}", size=14, math=True)
        return
    text = lines(part)
    if part.role == "branch":
        text = [media(part.modality), *text[1:]]
    canvas.box(
        (place.x, place.y),
        (place.width, place.height),
        text,
        OUTSIDE if part.role == "side" else colours(part, names),
        even=part.role == "update",
        part=name,
    )
    heard = [term for term in parts.terms() if name in parts.reached(term)]
    for number, term in enumerate(heard):
        canvas.disc(
            (place.x + 11 + 11 * number, place.y),
            4.5,
            term_colour(parts.parts[term], names),
            "#ffffff",
            changes=name,
            term=term,
        )


def _key(canvas: Canvas, top: float) -> None:
    entries = (
        (FUSED_TERM, "ℓ", "of the fused scores"),
        (TINTS[0][1], "ℓ{v}", "of the face's own scores"),
        (TINTS[1][1], "ℓ{a}", "of the voice's own scores"),
    )
    x = 16.0
    canvas.text((x, top + 4), "Terms of the loss:", anchor="start", colour=INK)
    x += 118
    for colour, sign, says in entries:
        canvas.arrow([(x + 26, top), (x, top)], colour, width=2.2)
        canvas.text((x + 38, top + 4), sign, size=14, math=True)
        canvas.text((x + 50, top + 4), says, anchor="start", colour=QUIET)
        x += 76 + 6.5 * len(says)
    canvas.text(
        (16, top + 28),
        "Arrows: the gradient's way back from the loss. Dots: the terms that change a part. "
        "Grey: data pass, no gradient.",
        size=12.5,
        anchor="start",
        colour=QUIET,
    )
