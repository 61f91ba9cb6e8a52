"""One modality: a sequence becomes one vector, the vector scores (after figure 2 of the paper)."""

from drawing.canvas import QUIET, Canvas
from drawing.models import anatomy, face_and_voice
from drawing.pictograms import face, spectrogram
from drawing.plan import Grid, Place, modalities, places
from drawing.strip import route
from drawing.words import ARROW, LOSS, TINTS, colours, lines, symbol

WIDTH, HEIGHT = 820, 452
ELEMENTS = 3
GRID = Grid(
    {
        "input": (56, 44),
        "encoder": (160, 96),
        "aggregator": (330, 76),
        "fusion": (478, 96),
        "loss": (630, 116),
    },
    pitch=0,
    height=40,
)
_STEP = 52.0


def unimodal() -> Canvas:
    """Draw the networks of the face alone and of the voice alone, element by element."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        "The networks of one modality",
        "Two networks. Each face crop, or each spectrogram segment, goes through the same "
        "ResNet-18; an LSTM makes one vector f of all; a Scoring makes scores s of it, which a "
        "cross entropy judges in training.",
    )
    strips = (
        ("video", "Face alone (VM)", "every crop of the clip by the same ResNet-18"),
        ("audio", "Voice alone (AM)", "every segment of the sound likewise"),
    )
    for index, (modality, title, says) in enumerate(strips):
        top = 14 + 206 * index
        with canvas.group(title):
            canvas.heading((16, top + 16), title, says)
            _network(canvas, modality, top)
    canvas.text((16, HEIGHT - 14), "Dashed: in training only.", anchor="start", colour=LOSS[1])
    return canvas


def _network(canvas: Canvas, modality: str, top: float) -> None:
    parts = anatomy(face_and_voice("unimodal", modality))
    names = modalities(parts)
    found = places(parts, GRID, top + 42 + _STEP)
    tint = TINTS[0] if modality == "video" else TINTS[1]
    for edge in sorted(parts.edges):
        outside = not parts.parts[edge[1]].testing
        for way in _ways(edge, found, parts.parts[edge[0]].role in ("input", "encoder")):
            canvas.arrow(
                way or route(edge, found, parts),
                LOSS[1] if outside else tint[1],
                dashed=outside,
                edge=" ".join(edge),
            )
    for name, place in found.items():
        part = parts.parts[name]
        if part.role == "input":
            _elements(canvas, modality, place)
            continue
        tall = part.role == "aggregator"
        shown = tint if part.role in ("encoder", "aggregator") else colours(part, names)
        for shift in _shifts() if part.role == "encoder" else (0.0,):
            canvas.box(
                (place.x, place.y + shift - (_STEP if tall else 0)),
                (place.width, place.height + (2 * _STEP if tall else 0)),
                lines(part),
                shown,
                dashed=not part.testing,
                round_=place.height / 2 if part.role == "loss" else 8,
                small=part.role == "loss",
                part=name,
            )
        sign = {"aggregator": "f", "side": "s"}.get(part.role)
        if sign:
            x, y = place.right
            index = f"{{{symbol(modality, names)}}}"
            canvas.text((x + 14, y - 6), f"{sign}{index}", size=14, math=True)
    x, y = found[f"branches.{modality}.aggregator"].right
    canvas.text((x + 36, y + 18), "one vector", size=12, colour=QUIET)


def _ways(
    edge: tuple[str, str], found: dict[str, Place], each: bool
) -> list[list[tuple[float, float]]]:
    """Return an arrow for each element where elements go apart, else one."""
    start, stop = found[edge[0]].right, found[edge[1]].left
    return [
        [(start[0], start[1] + shift), (stop[0], stop[1] + shift)]
        for shift in (_shifts() if each else (0.0,))
    ]


def _shifts() -> list[float]:
    return [_STEP * (row - (ELEMENTS - 1) / 2) for row in range(ELEMENTS)]


def _elements(canvas: Canvas, modality: str, place: Place) -> None:
    x, y = place.x + place.width / 2, place.left[1]
    for row, shift in enumerate(_shifts()):
        if modality == "video":
            face(canvas, (x, y + shift), 42, 0.9 * row / (ELEMENTS - 1))
        else:
            spectrogram(canvas, (x, y + shift), 42, 5 * row)
    canvas.arrow([(36, y - _STEP - 18), (36, y + _STEP + 18)], ARROW, width=1.2)
    canvas.text((25, y + 4), "t", size=14, math=True)
