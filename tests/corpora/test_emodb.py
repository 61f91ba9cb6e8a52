"""EmoDB: names, sexes and counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import ClipRecord, check_corpus, corpus_folds, emodb_folds
from mrpn.corpora.emodb import MEN, PUBLISHED, WOMEN, read_emodb

Touch = Callable[..., Path]


def test_a_name_tells_actor_text_emotion_and_version(touch: Touch) -> None:
    manifest = read_emodb(touch("wav/03a01Fa.wav", "wav/16b10Lb.wav"))
    assert manifest.records[0] == ClipRecord(
        id="03a01Fa",
        label="happy",
        actor="03",
        sex="male",
        video=None,
        audio="wav/03a01Fa.wav",
        extra={"text": "a01", "version": "a"},
    )
    assert (manifest.records[1].label, manifest.records[1].sex) == ("bored", "female")
    assert manifest.classes[-1] == "bored"


@pytest.mark.parametrize(
    ("letter", "label"),
    [
        ("W", "angry"),
        ("L", "bored"),
        ("E", "disgust"),
        ("A", "fearful"),
        ("F", "happy"),
        ("T", "sad"),
        ("N", "neutral"),
    ],
)
def test_the_letters_are_of_the_german_words(touch: Touch, letter: str, label: str) -> None:
    assert read_emodb(touch(f"08a02{letter}c.wav")).records[0].label == label


def test_the_published_counts_add_up_and_the_folds_are_its_own(touch: Touch) -> None:
    assert sum(PUBLISHED.classes.values()) == PUBLISHED.clips == 535
    manifest = read_emodb(touch(*(f"{actor}a01Na.wav" for actor in MEN + WOMEN)))
    assert corpus_folds(manifest) == emodb_folds()
    assert check_corpus(manifest).off[0] == "10 clips, published are 535"


def test_files_of_other_names_and_second_copies_are_left_out_and_noted(touch: Touch) -> None:
    manifest = read_emodb(touch("03a01Fa.wav", "z/03a01Fa.wav", "04a01Fa.wav", "03a01Xa.wav"))
    assert [record.audio for record in manifest.records] == ["03a01Fa.wav"]
    assert manifest.notes[0].startswith("3 files outside EmoDB's naming scheme, or there twice")
    with pytest.raises(CorpusError, match=r"no recordings of EmoDB; looked for .* like 03a01Fa"):
        read_emodb(touch("empty/x.wav") / "empty")
