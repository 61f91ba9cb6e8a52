"""Held-out speakers: who they are, that no one else changes it, and that none of it is trained."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import ClipSettings
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training.speakers import SpeakerRecipe, voices_only
from mrpn.training.speakers.recipe import SplitSettings
from mrpn.training.speakers.split import split_corpus, split_speakers

COUNTS = {"a": 9, "b": 1, "c": 5, "d": 2, "e": 1, "f": 7}


def test_those_with_most_utterances_are_tested_and_the_next_validate() -> None:
    split = split_speakers(COUNTS, SplitSettings(test=2, validation=2))
    assert (split.test, split.validation, split.train) == (("a", "f"), ("c", "d"), ("b", "e"))


def test_a_share_counts_all_speakers() -> None:
    split = split_speakers(COUNTS, SplitSettings(test=0.5, validation=0))
    assert split.test == ("a", "c", "f")


def test_too_few_speakers_with_two_utterances_leave_no_validation() -> None:
    split = split_speakers(COUNTS, SplitSettings(test=3, validation=2))
    assert split.validation == ()
    assert split.train == ("b", "d", "e")


def test_equal_counts_go_by_a_hash_that_order_does_not_change() -> None:
    even = {str(number): 3 for number in range(40)}
    split = split_speakers(even, SplitSettings(test=5, validation=5))
    turned = split_speakers(dict(reversed(even.items())), SplitSettings(test=5, validation=5))
    assert split == turned
    assert split.test == ("6", "20", "30", "32", "34")
    assert len({*split.train, *split.validation, *split.test}) == 40


def test_the_hash_alone_takes_no_speaker_for_talking_much() -> None:
    counts = {str(number): 2 + number for number in range(40)}
    split = split_speakers(counts, SplitSettings(test=5, validation=0, rule="hash"))
    even = split_speakers(dict.fromkeys(counts, 2), SplitSettings(test=5, validation=0))
    assert split == even


@pytest.mark.parametrize("wanted", [0, 1, 5])
def test_a_test_that_cannot_be_had_is_one_line(wanted: int) -> None:
    with pytest.raises(CorpusError, match=r"4 of 6 speakers have two utterances.*split\.test"):
        split_speakers(COUNTS, SplitSettings(test=wanted))


def test_a_corpus_of_one_utterance_each_is_told_what_is_missing() -> None:
    with pytest.raises(CorpusError, match=r"^0 of 3 speakers .*; give two utterances or more of"):
        split_speakers({"a": 1, "b": 1, "c": 1}, SplitSettings(test=2))


def test_nobody_left_to_train_on_is_refused() -> None:
    with pytest.raises(CorpusError, match="0 of 2 speakers are left"):
        split_speakers({"a": 2, "b": 2}, SplitSettings(test=2))


def test_the_parts_of_a_corpus_share_no_speaker_and_no_recording(
    corpus: PreparedCorpus, recipe: SpeakerRecipe
) -> None:
    split, parts = split_corpus(corpus, recipe.split)
    speakers = {name: {clip.record.actor for clip in clips} for name, clips in parts.items()}
    assert speakers["test"] == {"1", *({"3", "4"} & speakers["test"])}
    assert not speakers["train"] & (speakers["test"] | speakers["validation"])
    assert set(split.train) == speakers["train"]
    assert sum(map(len, parts.values())) == len(corpus)


def test_a_recording_of_a_tested_speaker_under_another_name_is_not_trained_on(
    manifest: Manifest, recipe: SpeakerRecipe, tmp_path: Path
) -> None:
    copied = ClipRecord("copy", "2", "2", None, None, "copy.wav")
    shutil.copytree(manifest.root, tmp_path / "media")
    shutil.copy(manifest.root / "1-0.wav", tmp_path / "media" / "copy.wav")
    both = replace(manifest, root=tmp_path / "media", records=(*manifest.records, copied))
    corpus = prepare(both, tmp_path / "prepared", ClipSettings(), workers=1)
    split, parts = split_corpus(corpus, recipe.split)
    assert "1" in split.test
    assert "copy" not in {clip.record.id for clip in parts["train"]}
    assert "2-0" in {clip.record.id for clip in parts["train"]}


def test_held_out_speakers_are_heard_in_a_fixed_few_utterances(
    corpus: PreparedCorpus, make_recipe: Callable[..., SpeakerRecipe]
) -> None:
    few = make_recipe(split={"utterances": 2}).split
    _, parts = split_corpus(corpus, few)
    assert {len(parts["test"]), len(parts["validation"])} == {4}
    again = split_corpus(corpus, few)[1]
    assert [c.record.id for c in parts["test"]] == [c.record.id for c in again["test"]]


def test_pictures_are_left_aside() -> None:
    film = ClipRecord("a", "x", "x", None, "a.mp4", "a.mp4")
    mute = ClipRecord("b", "x", "x", None, "b.mp4", None)
    heard = voices_only(Manifest("films", Path("films"), ("x",), (film, mute)))
    assert [(r.id, r.video, r.audio) for r in heard.records] == [("a", None, "a.mp4")]
    with pytest.raises(CorpusError, match="no clip of corpus 'films' has sound"):
        voices_only(Manifest("films", Path("films"), ("x",), (mute,)))
