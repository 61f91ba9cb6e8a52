"""Dependence between face and voice within a class: what is meant for both, as exact tables."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Link = Literal["clarity", "split", "congruence"]
Table: TypeAlias = NDArray[np.float64]

_GROUP = 4


def clarity_table(face: float, voice: float, dependence: float) -> Table:
    """Return P(clear or unclear face, clear or unclear voice), [2, 2] (ours).

    Between independence and the strongest link, positive or negative, that two probabilities allow
    (Frechet's bounds), so that both stay what they are.

    Args:
        face, voice: probability that the modality is unclear, in [0, 1].
        dependence: -1 to 1.
    """
    independent = face * voice
    bound = min(face, voice) if dependence >= 0 else max(0.0, face + voice - 1)
    both = independent + abs(dependence) * (bound - independent)
    cells = np.array([[1 - face - voice + both, voice - both], [face - both, both]])
    return np.asarray(np.clip(cells, 0, 1))


def meant_table(link: Link, strength: float, classes: int) -> Table:
    """Return P(meant for the face, meant for the voice | expressed), [K, K, K] (ours).

    A share `strength` of the clips is split or incongruent; in the others both mean what is
    expressed.

    Args:
        link: "split" or "congruence"; "clarity" concerns how clearly they show it, and both always
            mean the same.
        strength: 0 to 1.
        classes: K; at least 4 where cues are split, 3 where congruence matters.
    """
    same = np.zeros((classes, classes, classes))
    every = np.arange(classes)
    same[every, every, every] = 1
    if link == "clarity":
        return same
    other = split_table(classes) if link == "split" else congruence_table(classes)
    return np.asarray((1 - strength) * same + strength * other)


def split_table(classes: int) -> Table:
    """Return what is meant where the cues are split over both, [K, K, K] (ours).

    Classes a, b, c, d of a group share four pairs of cues, one of two at even odds:

        a: (a, b) or (c, d)     b: (a, d) or (c, b)     c: (b, a) or (d, c)     d: (b, c) or (d, a)

    The face tells a and b from c and d, and so does the voice; which of the two it is neither
    knows, the pair does. No pair is one of equal cues, which clips that are not split show.
    Classes beyond the last whole group are never split.
    """
    table = np.zeros((classes, classes, classes))
    whole = classes - classes % _GROUP
    for first in range(0, whole, _GROUP):
        a, b, c, d = range(first, first + _GROUP)
        pairs = {
            a: ((a, b), (c, d)),
            b: ((a, d), (c, b)),
            c: ((b, a), (d, c)),
            d: ((b, c), (d, a)),
        }
        for expressed, cells in pairs.items():
            for face, voice in cells:
                table[expressed, face, voice] = 0.5
    for expressed in range(whole, classes):
        table[expressed, expressed, expressed] = 1
    return table


def congruence_table(classes: int) -> Table:
    """Return what is meant where face and voice contradict each other, [K, K, K] (ours).

    Two different emotions together mean a third: a smile with an angry voice is irony. Which, is
    read from a Latin square whose diagonal is in order. Every emotion is shown by each modality
    equally often for each of the other classes, so neither alone learns anything from it but what
    the class is not.
    """
    square = idempotent_square(classes)
    table = np.zeros((classes, classes, classes))
    for (face, voice), expressed in np.ndenumerate(square):
        if face != voice:
            table[expressed, face, voice] = 1 / (classes - 1)
    return table


def idempotent_square(size: int) -> NDArray[np.int64]:
    """Return a Latin square [size, size] with i at (i, i); there is one for every size but 2.

    Odd sizes: the middle of i and j, modulo the size. Even ones: that of the next smaller size,
    whose cells (i, i + 1), which hold every number once, give theirs to a new row and column.
    """
    odd = size - 1 + size % 2
    places = np.arange(odd)
    middle = (places[:, None] + places[None, :]) * ((odd + 1) // 2) % odd
    if size == odd:
        return middle
    square = np.full((size, size), odd, dtype=np.int64)
    square[:odd, :odd] = middle
    after = (places + 1) % odd
    square[places, odd] = square[odd, after] = middle[places, after]
    square[places, after] = odd
    return square
