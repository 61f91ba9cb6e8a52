"""Latent sequences on disk are an `arrays` corpus with fixed parts and, if wanted, wrong labels."""

import numpy as np
import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora.arrays import read_array_corpus
from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.synthetic import (
    SyntheticSettings,
    flip_labels,
    latent_sequences,
    write_sequences,
)
from mrpn.media.arrays import read_arrays


def test_a_table_reads_back_as_the_same_clips_with_training_labels_flipped(tmp_path):
    drawn = [latent_sequences(SyntheticSettings(actors=2, seed=seed)) for seed in (0, 1, 2)]
    parts = {
        "train": {"a": drawn[0]},
        "validation": {"b": drawn[1][:5]},
        "test": {"c": drawn[1], "d": drawn[2]},
    }
    path = tmp_path / "sequences.parquet"
    write_sequences(path, parts, flipped=0.3, classes=EMOTIONS)
    records = read_array_corpus(path).records
    known = {
        (part, f"{name}-{clip.trial.id}"): clip
        for part, sets in parts.items()
        for name, clips in sets.items()
        for clip in clips
    }
    assert len(records) == len(known) == 120 + 5 + 240
    wrong = {"train": 0, "validation": 0, "test": 0}
    for record in records:
        clip = known[record.partition, record.id]
        wrong[record.partition] += record.label != clip.latent.label
    assert wrong["validation"] == wrong["test"] == 0
    assert 0.15 < wrong["train"] / 120 < 0.45
    first = read_arrays(tmp_path / records[0].arrays)
    np.testing.assert_array_equal(first["video"], drawn[0][0].values["video"])
    np.testing.assert_array_equal(first["audio"], drawn[0][0].values["audio"])


def test_flipped_labels_are_as_many_as_asked_for_and_never_the_same():
    labels = list(EMOTIONS) * 500
    changed = flip_labels(labels, 1.0, EMOTIONS, 0)
    assert all(a != b for a, b in zip(labels, changed, strict=True))
    counts = [changed.count(name) for name in EMOTIONS]
    assert max(counts) < 1.2 * min(counts)
    share = np.mean(
        [a != b for a, b in zip(labels, flip_labels(labels, 0.2, EMOTIONS, 0), strict=True)]
    )
    assert share == pytest.approx(0.2, abs=0.02)
    assert flip_labels(labels, 0.0, EMOTIONS, 0) == labels


def test_a_larger_share_wrongs_the_same_labels_and_more():
    labels = list(EMOTIONS) * 20
    few, many = (flip_labels(labels, share, EMOTIONS, 3) for share in (0.2, 0.5))
    assert all(b == a for label, a, b in zip(labels, few, many, strict=True) if a != label)
    assert few != flip_labels(labels, 0.2, EMOTIONS, 4)


def test_an_impossible_share_is_refused():
    with pytest.raises(CorpusError, match=r"flipped labels is 1\.2"):
        flip_labels(["happy"], 1.2, EMOTIONS, 0)
