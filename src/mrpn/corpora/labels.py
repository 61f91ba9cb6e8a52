"""Names of emotions: one spelling for all corpora, and the order of the classes."""

from collections.abc import Iterable

EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
"""The eight emotions in RAVDESS's order, which is the order of the classes everywhere."""

_ALIASES = {
    "neutral": ("neu", "neutrality"),
    "calm": ("calmness",),
    "happy": ("hap", "happiness", "joy", "joyful"),
    "sad": ("sadness",),
    "angry": ("ang", "anger"),
    "fearful": ("fea", "fear", "afraid"),
    "disgust": ("dis", "disgusted"),
    "surprised": ("sur", "surprise"),
}
_CANONICAL = {alias: name for name, aliases in _ALIASES.items() for alias in (name, *aliases)}


def canonical_label(label: str) -> str:
    """Return the project's name of an emotion ("Fear" -> "fearful"); others in lower case."""
    key = label.strip().lower()
    return _CANONICAL.get(key, key)


def order_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the different labels, emotions first in their usual order, others by alphabet."""
    rank = {name: place for place, name in enumerate(EMOTIONS)}
    return tuple(sorted(set(labels), key=lambda name: (rank.get(name, len(rank)), name)))
