"""Which pictures look alike: correlations of all of some with all of others, in blocks."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mrpn.common.progress import track

BLOCK = 256


class Nearest(NamedTuple):
    """For each face the one of others that it correlates with most, and how; mirrored or not."""

    places: NDArray[np.int64]
    correlations: NDArray[np.float64]
    mirrored: NDArray[np.bool_]


def standardised(faces: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return faces [N, H, W] as vectors [N, H * W] of mean 0 and length 1; of zeros where even."""
    values = faces.reshape(len(faces), -1).astype(np.float32)
    values -= values.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    values /= np.where(lengths > 0, lengths, 1)
    return values


def nearest(tested: NDArray[np.uint8], trained: NDArray[np.uint8], block: int = BLOCK) -> Nearest:
    """Return the training face of highest correlation for each test face; the first of equals.

    Args:
        tested: [N, H, W].
        trained: [M, H, W], which are compared as they are and mirrored left to right.
        block: test faces at a time; a block takes `block` x M floats twice.
    """
    others = standardised(trained)
    found = []
    for start in track(range(0, len(tested), block), "correlating"):
        part = tested[start : start + block]
        # A mirrored test face beside a training face is the test face beside the mirrored one.
        both = [standardised(view) @ others.T for view in (part, part[:, :, ::-1])]
        places = np.stack([products.argmax(axis=1) for products in both])
        highest = np.stack([products.max(axis=1) for products in both])
        turned = highest[1] > highest[0]
        found.append((np.where(turned, *places[::-1]), highest.max(axis=0), turned))
    places, highest, turned = map(np.concatenate, zip(*found, strict=True))
    return Nearest(places, np.minimum(highest, 1).astype(np.float64), turned)
