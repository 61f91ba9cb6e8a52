"""Late fusion, N0, N1 and N2, one below the other (after figure 6 of the paper)."""

from drawing.canvas import Canvas
from drawing.models import anatomy, face_and_voice, late
from drawing.plan import Grid
from drawing.strip import draw_strip, strip_height
from drawing.words import LOSS

WIDTH = 820
GRID = Grid(
    {
        "input": (16, 54),
        "encoder": (92, 88),
        "aggregator": (202, 70),
        "update": (322, 110),
        "side loss": (464, 106),
        "fusion": (612, 66),
        "loss": (704, 104),
    },
    pitch=48,
    height=38,
)


def networks() -> Canvas:
    """Draw the four ways of fusing, found in the networks themselves."""
    strips = [
        ("Late fusion", "branches trained apart, then frozen", late()),
        ("N0", "the same, trained end to end", face_and_voice("n0")),
        ("N1", "each modality's own scores are judged too", face_and_voice("n1")),
        ("N2, MRPN", "N1 with residual perceptrons before the fusion", face_and_voice("n2")),
    ]
    found = [(title, says, anatomy(network)) for title, says, network in strips]
    tall = sum(strip_height(parts, GRID) + 26 for _, _, parts in found)
    canvas = Canvas(
        WIDTH,
        round(tall + 44),
        "Late fusion, N0, N1 and N2",
        "Four networks of face and voice, from left to right: ResNet-18, LSTM, then FeatureNorm in "
        "late fusion, N0 and N1, a residual perceptron in N2, then Fusion and its cross entropy. "
        "In N1 and N2 a Scoring reads the output of each LSTM and has a cross entropy of its own.",
    )
    top = 14.0
    for title, says, parts in found:
        draw_strip(canvas, parts, GRID, top, title, says)
        top += strip_height(parts, GRID) + 26
    canvas.text(
        (16, top + 8),
        "Dashed: in training only. Without it N0 and N1 are one function.",
        anchor="start",
        colour=LOSS[1],
    )
    return canvas
