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
MEANINGS = {
    "am": "a network that hears the voice and sees nothing",
    "vm": "a network that sees the face and hears nothing",
    "product": "the two networks above multiplied, nothing trained",
    "late": "a fusion trained on top of the two frozen networks above",
    "n0": "both branches and the fusion trained together",
    "n1": "the same, each branch also judged on its own",
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


def evidence_of(strategy: str) -> tuple[str, ...]:
    """Return the names under which a bound for this strategy's input may be given."""
    return EVIDENCE.get(strategy, BOTH)
