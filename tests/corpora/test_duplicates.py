"""Clips of the same content."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    PARTS,
    ClipRecord,
    Manifest,
    across_partitions,
    drop_duplicates,
    duplicate_groups,
)

FACES = st.lists(
    st.tuples(st.sampled_from(PARTS), st.sampled_from("abcd")), min_size=1, max_size=20
)


def faces(*contents: tuple[str, str]) -> Manifest:
    records = tuple(
        ClipRecord(f"{i}", "sad", "x", None, f"{i}.jpg", None, part, {"content": content})  # type: ignore[arg-type]
        for i, (part, content) in enumerate(contents)
    )
    return Manifest("faces", Path("faces"), ("sad",), records)


def ids(manifest: Manifest) -> list[str]:
    return [record.id for record in manifest.records]


def test_groups_are_the_clips_that_share_their_content() -> None:
    corpus = faces(("train", "a"), ("test", "b"), ("train", "a"), ("test", "c"), ("train", "c"))
    groups = duplicate_groups(corpus)
    assert [[clip.id for clip in group] for group in groups] == [["0", "2"], ["3", "4"]]
    assert [[clip.id for clip in group] for group in across_partitions(groups)] == [["3", "4"]]


def test_what_is_in_the_test_leaves_training_and_validation() -> None:
    corpus = faces(("train", "a"), ("validation", "a"), ("test", "a"), ("train", "b"))
    cleared = drop_duplicates(corpus)
    assert ids(cleared) == ["2", "3"]
    assert cleared.notes == (
        "faces: 2 clips dropped whose content occurs again in a part further from training",
    )


def test_what_is_in_validation_leaves_training_and_repetitions_in_a_part_stay() -> None:
    corpus = faces(("validation", "a"), ("train", "a"), ("train", "b"), ("train", "b"))
    assert ids(drop_duplicates(corpus)) == ["0", "2", "3"]


@given(FACES)
def test_after_dropping_no_content_is_in_two_parts_and_none_is_lost(
    contents: list[tuple[str, str]],
) -> None:
    cleared = drop_duplicates(faces(*contents))
    parts = {p: {r.extra["content"] for r in cleared.records if r.partition == p} for p in PARTS}
    assert sum(map(len, parts.values())) == len(set.union(*parts.values()))
    assert set.union(*parts.values()) == {content for _, content in contents}
    assert parts["test"] == {content for part, content in contents if part == "test"}


def test_a_corpus_without_duplicates_is_returned_as_it_is() -> None:
    corpus = faces(("train", "a"), ("test", "b"))
    assert drop_duplicates(corpus) is corpus


def test_a_corpus_without_hashes_is_told_so() -> None:
    corpus = faces(("train", "a"))
    bare = replace(corpus, records=(replace(corpus.records[0], extra={}),))
    with pytest.raises(CorpusError, match="clip '0' carries no hash of its content"):
        duplicate_groups(bare)
