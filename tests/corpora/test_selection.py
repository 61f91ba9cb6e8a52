"""Who is in which part of a fold."""

from dataclasses import replace

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import Fold, Manifest, rotating_folds, select, select_partitions

FOLD = Fold("one", ("1", "2"), ("3", "4"), ("5", "6"))


def test_every_clip_goes_to_its_actors_part(six_actors: Manifest) -> None:
    parts = select(six_actors, FOLD)
    assert [sorted({clip.actor for clip in part}) for part in parts] == [
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
    ]
    assert sum(map(len, parts)) == 12


def test_folds_by_the_corpuss_own_actors_can_all_be_selected(six_actors: Manifest) -> None:
    folds = rotating_folds(six_actors.actors_by_sex())
    assert folds.names == ("A1,2", "A3,4", "A5,6")
    tested = [clip.id for fold in folds for clip in select(six_actors, fold).test]
    assert sorted(tested) == sorted(clip.id for clip in six_actors.records)


def test_a_clip_with_a_partition_goes_to_that_part_only(six_actors: Manifest) -> None:
    rows = tuple(
        replace(clip, id=f"{clip.id}+{part}", partition=part)  # type: ignore[arg-type]
        for clip in six_actors.records
        for part in ("train", "validation", "test")
    )
    parts = select(replace(six_actors, records=rows), FOLD)
    assert [{clip.partition for clip in part} for part in parts] == [
        {"train"},
        {"validation"},
        {"test"},
    ]
    assert [len(part) for part in parts] == [4, 4, 4]


def test_unknown_actors_are_named_with_those_there_are(six_actors: Manifest) -> None:
    fold = Fold("far", ("1", "7"), ("3",), ("8",))
    with pytest.raises(
        CorpusError, match="fold 'far': corpus 'six' has no actors 7, 8; it has 1, 2, 3, 4, 5, 6"
    ):
        select(six_actors, fold)


def test_a_class_missing_from_training_is_named(six_actors: Manifest) -> None:
    clips = tuple(c for c in six_actors.records if c.actor not in "12" or c.label != "sad")
    with pytest.raises(CorpusError, match="fold 'one' of 'six': no training clips of class sad"):
        select(replace(six_actors, records=clips), FOLD)


def test_a_part_left_without_clips_is_named(six_actors: Manifest) -> None:
    clips = tuple(replace(clip, partition="train") for clip in six_actors.records)
    with pytest.raises(CorpusError, match="no clips in 'validation'"):
        select(replace(six_actors, records=clips), FOLD)


def test_a_corpus_with_parts_of_its_own_is_split_by_them(six_actors: Manifest) -> None:
    part_of = {"1": "train", "2": "validation", "3": "test"}
    clips = tuple(
        replace(clip, partition=part_of.get(clip.actor, "train"))  # type: ignore[arg-type]
        for clip in six_actors.records
    )
    parts = select_partitions(replace(six_actors, records=clips))
    assert [len(part) for part in parts] == [8, 2, 2]
    with pytest.raises(CorpusError, match="clip '1-happy' has no partition"):
        select_partitions(six_actors)
