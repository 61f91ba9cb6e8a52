"""What raters heard and saw in a clip: votes per class, their plurality, and soft labels."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import CorpusError
from mrpn.corpora.manifest import Manifest

PREFIX = "votes."
"""A clip's votes for a class are kept as a whole number in `extra["votes.<class>"]`."""

Votes = Mapping[str, int]


def plurality(votes: Votes) -> str | None:
    """Return the class with the most votes; None where two have as many, or nobody voted."""
    top = max(votes.values(), default=0)
    winners = [name for name, count in votes.items() if count == top]
    return winners[0] if top > 0 and len(winners) == 1 else None


def agreement(votes: Mapping[str, Votes], labels: Mapping[str, str]) -> float:
    """Return the share of clips, 0 to 1, whose plurality is their label.

    A tie is no plurality, so it counts as a disagreement.

    Args:
        votes: votes of each clip, at least one clip.
        labels: label of each of these clips.
    """
    return sum(plurality(votes[clip]) == labels[clip] for clip in votes) / len(votes)


def ties(votes: Mapping[str, Votes]) -> int:
    """Return the number of clips without a plurality."""
    return sum(plurality(counts) is None for counts in votes.values())


def as_extra(votes: Votes) -> dict[str, str]:
    """Return a clip's votes as they are kept in `ClipRecord.extra`."""
    return {f"{PREFIX}{name}": str(count) for name, count in votes.items()}


def soft_labels(manifest: Manifest) -> NDArray[np.float64]:
    """Return the raters' shares, float64 [clips, classes], each row adding up to 1.

    Rows are in the order of the manifest's clips, columns in that of its classes.

    Raises CorpusError if a clip has no votes, or votes that are no whole numbers.
    """
    counts = np.zeros((len(manifest.records), len(manifest.classes)))
    for row, record in enumerate(manifest.records):
        for column, name in enumerate(manifest.classes):
            text = record.extra.get(PREFIX + name, "0")
            if not text.isdecimal():
                raise CorpusError(
                    f"corpus '{manifest.name}': clip '{record.id}' has {text!r} votes for "
                    f"'{name}'; it is a whole number"
                )
            counts[row, column] = int(text)
        if not counts[row].any():
            raise CorpusError(
                f"corpus '{manifest.name}': clip '{record.id}' has no votes, so it has no soft "
                f"label; they are read from {PREFIX}<class> beside the clip"
            )
    shares: NDArray[np.float64] = counts / counts.sum(axis=1, keepdims=True)
    return shares
