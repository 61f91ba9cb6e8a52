"""How the networks that a study scores were chosen, as their runs say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Selection:
    """How networks that are scored were chosen.

    Attributes:
        protocol: "paper" or "strict".
        how: which epoch, and chosen by what, in words.
        optimistic: whether the clips that are scored had a say in it.
    """

    protocol: str
    how: str
    optimistic: bool
