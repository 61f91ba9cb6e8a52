"""What the makers of a corpus say is in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Published:
    """The published counts of a corpus.

    Args:
        clips: number of clips.
        actors: number of actors; None where the corpus does not tell them.
        classes: clips of each class.
        partitions: clips of each partition; empty where the corpus has none.
    """

    clips: int
    actors: int | None
    classes: Mapping[str, int]
    partitions: Mapping[str, int] = field(default_factory=dict)
