"""From a clip to an emotion (after figure 1 of the paper)."""

from drawing.anatomy import Anatomy
from drawing.canvas import QUIET, Canvas
from drawing.models import anatomy, face_and_voice
from drawing.pictograms import bars, clip, face, spectrogram
from drawing.plan import Grid
from drawing.strip import draw_network
from drawing.words import ARROW, TINTS
from mrpn.corpora.labels import EMOTIONS
from mrpn.inputs import SpectrogramSettings

WIDTH, HEIGHT = 820, 236
GRID = Grid(
    {
        "input": (108, 78),
        "encoder": (220, 84),
        "aggregator": (328, 60),
        "update": (426, 92),
        "fusion": (562, 64),
    },
    pitch=104,
    height=44,
)
_SHARES = (0.06, 0.03, 0.62, 0.04, 0.05, 0.03, 0.03, 0.14)


def testing(whole: Anatomy) -> Anatomy:
    """Return what runs in test mode."""
    parts = {name: part for name, part in whole.parts.items() if part.testing}
    edges = frozenset(edge for edge in whole.edges if set(edge) <= parts.keys())
    return Anatomy(parts, edges, {})


def framework() -> Canvas:
    """Draw how a recording is recognised by an MRPN."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        "From a clip to an emotion",
        "A clip gives a sequence of face crops and a sequence of spectrogram segments. Each goes "
        "through a ResNet-18, an LSTM and a residual perceptron; Fusion turns both into one "
        "probability for each emotion.",
    )
    middle = 108.0
    found = draw_network(
        canvas, testing(anatomy(face_and_voice("n2"))), GRID, middle - 74, inputs=False
    )
    clip(canvas, (46, middle), 56)
    canvas.text((46, middle + 40), "a clip", size=12.5, colour=QUIET)
    for name, colour in (("x.video", TINTS[0][1]), ("x.audio", TINTS[1][1])):
        y = found[name].left[1]
        canvas.arrow([(74, middle), (90, middle), (90, y), (106, y)], colour)
    x, y = found["x.video"].left
    for step, smile in enumerate((0.1, 0.5, 0.9)):
        face(canvas, (x + 18 + 21 * step, y - 5 + 5 * step), 38, smile)
    canvas.text((x + 38, y + 46), "face crops", size=12.5, colour=QUIET)
    x, y = found["x.audio"].left
    for step in range(3):
        spectrogram(canvas, (x + 18 + 21 * step, y - 5 + 5 * step), 38, 5 * step)
    settings = SpectrogramSettings()
    canvas.text((x + 38, y + 46), "spectrograms of 1 s,", size=12.5, colour=QUIET)
    canvas.text(
        (x + 38, y + 61), f"{settings.bins} × {settings.frames} each", size=12.5, colour=QUIET
    )
    x, y = found["fusions.class"].right
    canvas.arrow([(x, y), (x + 36, y)], ARROW)
    canvas.text((x + 108, y - 70), "softmax(s)", size=12.5, colour=QUIET)
    bars(canvas, (x + 102, y - 52), dict(zip(EMOTIONS, _SHARES, strict=True)), 110)
    return canvas
