"""What boxes and arrows are called, and their colours."""

from drawing.anatomy import Part

_UNITS = {
    "ResNet18": "ResNet-18",
    "LSTMAggregator": "LSTM",
    "ResidualPerceptron": "residual perceptron",
    "Branch": "branch",
    "Perceptron": "MLP",
    "MeanAggregator": "mean",
}
_SYMBOLS = {"video": "v", "audio": "a"}
_LOSSES = {"classification": "cross entropy", "regression": "squared error"}

TINTS = (("#dfeaf5", "#2f6ea5"), ("#e3f1e6", "#39804f"), ("#f6e4ee", "#a24a7b"))
"""Ground and edge of each modality's parts, from above to below."""
PLAIN = ("#efeee9", "#77746c")
PERCEPTRON = ("#f8e7c3", "#a87b16")
FUSION = ("#e9e3f4", "#6f55a3")
OUTSIDE = ("#ffffff", "#77746c")
LOSS = ("#ffffff", "#b4552d")
FUSED_TERM = "#b4552d"
ARROW = "#4a4a4a"


def unit(part: Part) -> str:
    """Return what a part is, in words."""
    return _UNITS.get(part.unit, part.unit)


def lines(part: Part, several_targets: bool = False) -> list[str]:
    """Return the text in a part's box."""
    if part.role == "input":
        return [media(part.modality)]
    if part.role == "loss":
        return [_LOSSES[part.unit], *([part.target] if several_targets else [])]
    if part.role == "fusion" and several_targets:
        return [unit(part), part.target]
    if part.frozen:
        return [unit(part), "frozen"]
    if part.unit == "ResidualPerceptron":
        return ["residual", "perceptron"]
    return [unit(part)]


def symbol(modality: str, names: list[str]) -> str:
    """Return the index of a modality in formulas: v, a, or its number."""
    return _SYMBOLS.get(modality, str(names.index(modality) + 1))


def colours(part: Part, names: list[str]) -> tuple[str, str]:
    """Return ground and edge of a part's box."""
    if part.role == "input":
        return OUTSIDE
    if part.role in ("side", "loss") and not part.testing:
        return LOSS
    if part.role == "update":
        return PERCEPTRON if part.unit == "ResidualPerceptron" else PLAIN
    if part.role in ("fusion", "side"):
        return FUSION
    ground, edge = TINTS[names.index(part.modality)]
    return ("#f3f3f1", edge) if part.frozen else (ground, edge)


def term_colour(part: Part, names: list[str]) -> str:
    """Return the colour of a term of the loss and its gradient."""
    return TINTS[names.index(part.modality)][1] if part.modality else FUSED_TERM


def media(modality: str) -> str:
    """Return what a modality shows."""
    return {"video": "face", "audio": "voice"}.get(modality, modality)
