"""Photographs that occur again in other pixels: another watermark, crop or compression.

`drop_duplicates` finds what is the same pixel by pixel. Here every picture is correlated with all
of another part, as they are and mirrored. A crop that is shifted or turned correlates little, so
what is found is the least that there is (ours).
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.common.errors import CorpusError
from mrpn.common.progress import track
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.selection import select_partitions
from mrpn.media import is_still, read_still

SAME = 0.90
"""Above it two pictures are called the same photograph.

By eye, on FER2013: 2 of the 254 pairs above it show two people, and about half of those from 0.85
to 0.90.
"""
BLOCK = 256
SIDE = 48


def drop_alike(manifest: Manifest, threshold: float = SAME) -> Manifest:
    """Return a corpus of pictures with no photograph in two of its parts, in whatever pixels.

    What is like one of the test is dropped from validation and training, what is like one of
    validation from training; the test stays as published. Alike inside one part stays.

    Args:
        manifest: with a train, a validation and a test part.
        threshold: correlation above which two pictures are the same, 0..1.

    Raises:
        MrpnError: a part that is missing, a clip that is no picture, a file that cannot be read.
    """
    train, validation, test = select_partitions(manifest)
    further = read_grey(manifest, test)
    near = read_grey(manifest, validation)
    alike = _above(validation, near, further, threshold)
    both = np.concatenate([further, near])
    alike |= _above(train, read_grey(manifest, train), both, threshold)
    if not alike:
        return manifest
    note = (
        f"{manifest.name}: {len(alike)} clips dropped that are like one of a part further from "
        f"training (correlation above {threshold:.2f})"
    )
    kept = tuple(record for record in manifest.records if record.id not in alike)
    return replace(manifest, records=kept, notes=(*manifest.notes, note))


def read_grey(manifest: Manifest, records: Iterable[ClipRecord]) -> NDArray[np.uint8]:
    """Return pictures as grey values, uint8 [N, 48, 48].

    Raises MrpnError for a clip that is no picture, or a file that cannot be read.
    """
    listed = list(records)
    return np.stack([_grey(manifest, record) for record in track(listed, "faces", len(listed))])


def _grey(manifest: Manifest, record: ClipRecord) -> NDArray[np.uint8]:
    if record.video is None or not is_still(manifest.root / record.video):
        raise CorpusError(f"corpus '{manifest.name}': clip '{record.id}' is no picture")
    picture = Image.fromarray(read_still(manifest.root / record.video)).convert("L")
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def _above(
    records: Iterable[ClipRecord],
    faces: NDArray[np.uint8],
    others: NDArray[np.uint8],
    threshold: float,
) -> set[str]:
    found = nearest(faces, others).correlations > threshold
    return {record.id for record, is_alike in zip(records, found, strict=True) if is_alike}


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


def nearest(faces: NDArray[np.uint8], others: NDArray[np.uint8], block: int = BLOCK) -> Nearest:
    """Return the other face of highest correlation for each face; the first of equals.

    Args:
        faces: [N, H, W].
        others: [M, H, W], which are compared as they are and mirrored left to right.
        block: faces at a time; a block takes `block` x M floats twice.
    """
    compared = standardised(others)
    found = []
    for start in track(range(0, len(faces), block), "correlating"):
        part = faces[start : start + block]
        # A mirrored face beside another is the face beside the other one mirrored.
        both = [standardised(view) @ compared.T for view in (part, part[:, :, ::-1])]
        places = np.stack([products.argmax(axis=1) for products in both])
        highest = np.stack([products.max(axis=1) for products in both])
        turned = highest[1] > highest[0]
        found.append((np.where(turned, *places[::-1]), highest.max(axis=0), turned))
    places, highest, turned = map(np.concatenate, zip(*found, strict=True))
    return Nearest(places, np.minimum(highest, 1).astype(np.float64), turned)
