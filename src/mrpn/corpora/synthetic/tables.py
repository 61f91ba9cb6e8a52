"""Latent sequences as a table on disk, which the `arrays` corpus reads: parts, and wrong labels."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mrpn.common.errors import CorpusError
from mrpn.common.files import atomic_path
from mrpn.corpora.manifest import Part
from mrpn.corpora.synthetic.sequences import LatentSequence

_FLIPS = 6


def write_sequences(
    path: Path,
    parts: Mapping[Part, Mapping[str, Sequence[LatentSequence]]],
    *,
    flipped: float = 0.0,
    classes: Sequence[str],
    seed: int = 0,
) -> None:
    """Write latent sequences as a Parquet table, a row per clip, its parts fixed (ours).

    Args:
        path: the table, `.parquet`, for `mrpn.corpora.read_array_corpus`.
        parts: the clips of each part, in sets by name: a clip's id is its set's name and its
            trial's, so that corpora of several seeds can be joined.
        flipped: share of *training* labels that are written down as another class. Validation and
            test keep the truth, and Bayes accuracies are those for the truth: what a learner would
            reach that saw through the wrong labels, as one with clips enough can below a share
            of 1 - 1/K.
        classes: names of the K classes.
        seed: of the wrong labels.

    Raises:
        CorpusError: a share outside 0 to 1.
    """
    columns: dict[str, list[object]] = {
        name: [] for name in ("id", "label", "actor", "partition", "audio", "video")
    }
    for part, sets in parts.items():
        for name, clips in sets.items():
            labels = [clip.latent.label for clip in clips]
            if part == "train":
                labels = flip_labels(labels, flipped, classes, seed)
            columns["id"] += [f"{name}-{clip.trial.id}" for clip in clips]
            columns["label"] += labels
            columns["actor"] += [f"{name}-{clip.trial.actor}" for clip in clips]
            columns["partition"] += [part] * len(clips)
            for modality in ("audio", "video"):
                columns[modality] += [list(clip.values[modality]) for clip in clips]
    lists = pa.list_(pa.list_(pa.float32()))
    table = pa.table(
        {
            name: pa.array(values, lists if name in ("audio", "video") else pa.string())
            for name, values in columns.items()
        }
    )
    with atomic_path(path) as partial:
        pq.write_table(table, partial, row_group_size=256)


def flip_labels(
    labels: Sequence[str], share: float, classes: Sequence[str], seed: int
) -> list[str]:
    """Return labels of which each is, at odds of `share`, another class drawn evenly (ours).

    A larger share wrongs the same labels and more. Raises CorpusError for a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise CorpusError(f"the share of flipped labels is {share:g}; it is 0 to 1")
    random = np.random.default_rng([seed, _FLIPS])
    chances = random.random(len(labels))
    steps = random.integers(1, len(classes), len(labels))
    places = {name: place for place, name in enumerate(classes)}
    return [
        classes[(places[label] + int(step)) % len(classes)] if chance < share else label
        for label, chance, step in zip(labels, chances, steps, strict=True)
    ]
