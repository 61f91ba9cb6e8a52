"""MRPN for any modalities and targets (after figure 7 of the paper)."""

from drawing.canvas import Canvas
from drawing.models import EMOTION, MOOD_AND_LOAD, anatomy, three_modalities
from drawing.plan import Grid
from drawing.strip import draw_strip, strip_height
from drawing.words import LOSS

WIDTH = 820
GRID = Grid(
    {
        "input": (16, 74),
        "branch": (116, 78),
        "update": (250, 110),
        "side loss": (394, 116),
        "fusion": (592, 76),
        "loss": (700, 108),
    },
    pitch=44,
    height=36,
)


def general() -> Canvas:
    """Draw an MRPN of three modalities for one target, and for two."""
    strips = [
        (
            "One target",
            "a fused term of the loss, and one for each modality",
            three_modalities(EMOTION),
        ),
        (
            "Several targets",
            "for each a Fusion, and a Scoring of every modality; classes or numbers",
            three_modalities(MOOD_AND_LOAD),
        ),
    ]
    found = [(title, says, anatomy(network, True)) for title, says, network in strips]
    tall = sum(strip_height(parts, GRID) + 30 for _, _, parts in found)
    canvas = Canvas(
        WIDTH,
        round(tall + 40),
        "MRPN for any modalities and targets",
        "Three modalities, posture, pulse and touch, each with a branch and a residual perceptron. "
        "Above: one target, one Fusion, and for each modality a Scoring with its own term of the "
        "loss. Below: two targets, mood and load, each with its own Fusion over all modalities and "
        "a Scoring of each modality.",
    )
    top = 14.0
    for title, says, parts in found:
        draw_strip(canvas, parts, GRID, top, title, says)
        top += strip_height(parts, GRID) + 30
    canvas.text(
        (16, top + 2),
        "Dashed: in training only. A branch: any encoder, any aggregator.",
        anchor="start",
        colour=LOSS[1],
    )
    return canvas
