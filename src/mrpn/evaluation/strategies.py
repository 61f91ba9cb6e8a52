"""The strategies' order and plain names, the same in every table and figure."""

from collections.abc import Iterable

UNIMODAL = ("am", "vm")
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
EVIDENCE = {"am": ("voice", "audio"), "vm": ("face", "video")}
BOTH = ("both", "fused")


def ordered(strategies: Iterable[str]) -> list[str]:
    """Return the strategies in their fixed order, each once; unknown ones last, by name."""
    unique = set(strategies)
    return [name for name in ORDER if name in unique] + sorted(unique - set(ORDER))


def name_of(strategy: str) -> str:
    """Return a strategy's plain name; an unknown strategy goes by its own."""
    return NAMES.get(strategy, strategy)


def brief_of(strategy: str) -> str:
    """Return a strategy's name for a narrow column."""
    return BRIEF.get(strategy, strategy)


def evidence_of(strategy: str) -> tuple[str, ...]:
    """Return the names under which a bound for this strategy's input may be given."""
    return EVIDENCE.get(strategy, BOTH)
