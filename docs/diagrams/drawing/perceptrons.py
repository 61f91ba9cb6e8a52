"""The residual perceptron, its variants and its control, as they compute (ours)."""

from typing import get_args

from torch import fx, nn

from drawing.canvas import QUIET, Canvas
from drawing.words import ARROW, FUSION, OUTSIDE, PERCEPTRON, PLAIN
from mrpn.network import DensePerceptron, ResidualPerceptron, Variant

WIDTH, ROW = 820, 84
_SAYS = {
    "normalized": "the default",
    "raw": "past the norm as well",
    "post": "normalised once more",
    "centred": "residuals from −1 to 1",
    "relu": "worse, says the paper",
    "dense": "control: no way past",
}
_WORDS = {
    "FeatureNorm": ("FeatureNorm", 104, PLAIN),
    "Linear": ("Dense", 64, PERCEPTRON),
    "sigmoid": ("Sigmoid", 72, PERCEPTRON),
    "relu": ("ReLU", 72, PERCEPTRON),
    "mul": ("× {}", 46, OUTSIDE),
    "sub": ("− {}", 46, OUTSIDE),
    "add": ("+", 30, FUSION),
}
_LEFT, _GAP = 190.0, 24.0


class _Whole(fx.Tracer):
    """Takes norms and dense units as they are, and looks into nothing else."""

    def is_leaf_module(self, module: nn.Module, _: str) -> bool:
        """Whether a module is one box."""
        return not isinstance(module, ResidualPerceptron | DensePerceptron | _Bare)


class _Bare(nn.Module):
    """A unit whose rows are all present."""

    def __init__(self, unit: nn.Module) -> None:
        super().__init__()
        self.unit = unit

    def forward(self, f: fx.Proxy) -> fx.Proxy:
        """Update f."""
        updated: fx.Proxy = self.unit(f)
        return updated


def units() -> dict[str, nn.Module]:
    """Return every variant of the residual perceptron, and its control."""
    found: dict[str, nn.Module] = {name: ResidualPerceptron(2, name) for name in get_args(Variant)}
    return found | {"dense": DensePerceptron(2)}


def steps(unit: nn.Module) -> list[tuple[str, str, list[str]]]:
    """Return what a unit computes: the steps' names, what they are, and the steps they read."""
    bare = _Bare(unit)
    found = []
    for node in _Whole().trace(bare).nodes:
        kind = node.name
        if node.op == "call_module":
            kind = type(bare.get_submodule(str(node.target))).__name__
        elif node.op == "call_function":
            kind = str(getattr(node.target, "__name__", node.target))
            numbers = [str(value) for value in node.args if isinstance(value, int | float)]
            kind = " ".join([kind, *numbers])
        found.append((node.name, kind, [source.name for source in node.all_input_nodes]))
    return found


def perceptrons() -> Canvas:
    """Draw each unit as a line from f to f', with the way past its dense unit."""
    canvas = Canvas(
        WIDTH,
        ROW * len(units()) + 20,
        "The residual perceptron, its variants and its control",
        "Six units from f to f': each has a FeatureNorm and a Dense unit with Sigmoid, or ReLU. In "
        "the five residual ones what came in, or what the norm made of it, is added to the result; "
        "in the control it is not.",
    )
    for index, (name, unit) in enumerate(units().items()):
        with canvas.group(name):
            _line(canvas, name, unit, 58 + ROW * index)
    return canvas


def _line(canvas: Canvas, name: str, unit: nn.Module, y: float) -> None:
    canvas.text((16, y - 1), name, size=15, anchor="start", bold=True)
    canvas.text((16, y + 16), _SAYS[name], size=12.5, anchor="start", colour=QUIET)
    ends: dict[str, tuple[float, float]] = {}
    x, before = _LEFT, ""
    for step, kind, sources in steps(unit):
        key, *numbers = kind.split()
        text, width, colours = _WORDS.get(key, ("", 16, OUTSIDE))
        for source in sources:
            if source == before:
                way = [(ends[source][1], y), (x, y)]
            else:
                fork, over = ends[source][1] + _GAP / 3, y - 34
                way = [(ends[source][1], y), (fork, y), (fork, over)]
                way += [(x + width / 2, over), (x + width / 2, y - 15)]
            canvas.arrow(way, ARROW, edge=f"{source} {step}")
        if text:
            size = (width, 30) if key == "add" else (width, 34)
            canvas.box(
                (x, y - size[1] / 2),
                size,
                [text.format(*numbers)],
                colours,
                round_=15 if key == "add" else 8,
                step=step,
            )
        else:
            canvas.text((x + width / 2, y + 5), "f" if not sources else "f′", size=16, math=True)
        ends[step], before = (x, x + width), step
        x += width + _GAP
