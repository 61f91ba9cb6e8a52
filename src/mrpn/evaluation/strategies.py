"""The strategies' order and plain names, the same in every table and figure."""

from collections.abc import Iterable

_ALONE = {"audio": "am", "video": "vm"}
_ONLY = "only-"
ORDER = ("am", "vm", "product", "late", "n0", "n1", "n2")
NAMES = {
    "am": "Voice alone",
    "vm": "Face alone",
    "product": "Product of posteriors",
    "late": "Late fusion",
    "n0": "N0, joint training",
    "n1": "N1, with side losses",
    "n2": "N2, MRPN",
}
BRIEF = {
    "am": "Voice",
    "vm": "Face",
    "product": "Product",
    "late": "Late",
    "n0": "N0",
    "n1": "N1",
    "n2": "N2",
}
MEANINGS = {
    "am": "a network that hears the voice and sees nothing",
    "vm": "a network that sees the face and hears nothing",
    "product": "what the voice and the face network say, multiplied; nothing trained",
    "late": "a fusion trained on the frozen voice and face networks",
    "n0": "both branches and the fusion trained together",
    "n1": "N0, each branch also judged on its own",
    "n2": "the multi-modal residual perceptron network: N1 with residual perceptrons",
}
JOINT = "n0"
"""The network of both branches without side losses, with which others are compared."""
EVIDENCE = {"am": ("voice", "audio"), "vm": ("face", "video")}
BOTH = ("both", "fused")


def unimodal(modality: str) -> str:
    """Return the strategy of one modality alone: "am", "vm", or "only-" and its name."""
    return _ALONE.get(modality, _ONLY + modality)


def is_unimodal(strategy: str) -> bool:
    """Whether a strategy uses one modality alone."""
    return strategy in _ALONE.values() or strategy.startswith(_ONLY)


def ordered(strategies: Iterable[str]) -> list[str]:
    """Return the strategies in their fixed order, each once; unknown ones last, by name.

    Those of one modality alone come first.
    """
    unique = set(strategies)
    others = sorted(unique - set(ORDER))
    alone = [name for name in others if is_unimodal(name)]
    rest = [name for name in others if not is_unimodal(name)]
    known = [name for name in ORDER if name in unique]
    first = sum(is_unimodal(name) for name in known)
    return [*known[:first], *alone, *known[first:], *rest]


def name_of(strategy: str) -> str:
    """Return a strategy's plain name; an unknown strategy goes by its own."""
    if strategy.startswith(_ONLY):
        return f"{brief_of(strategy)} alone"
    return NAMES.get(strategy, strategy)


def brief_of(strategy: str) -> str:
    """Return a strategy's name for a narrow column."""
    if strategy.startswith(_ONLY):
        return strategy.removeprefix(_ONLY).capitalize()
    return BRIEF.get(strategy, strategy)


def evidence_of(strategy: str) -> tuple[str, ...]:
    """Return the names under which a bound for this strategy's input may be given."""
    return EVIDENCE.get(strategy, BOTH)
