"""Votes: plurality, ties, agreement and soft labels."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.common.errors import CorpusError
from mrpn.corpora import ClipRecord, Manifest, soft_labels
from mrpn.corpora.votes import agreement, as_extra, plurality, ties

VOTES = {
    "a": {"happy": 5, "sad": 4, "angry": 0},
    "b": {"happy": 4, "sad": 4, "angry": 1},
    "c": {"happy": 0, "sad": 1, "angry": 8},
}
CLIP = ClipRecord("a", "happy", "1", None, None, "a.wav", extra=as_extra(VOTES["a"]))
COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12))


def test_the_plurality_is_the_class_with_most_votes_and_a_tie_has_none() -> None:
    assert {clip: plurality(votes) for clip, votes in VOTES.items()} == {
        "a": "happy",
        "b": None,
        "c": "angry",
    }
    assert plurality({}) is None
    assert plurality({"happy": 0}) is None


@given(COUNTS)
def test_nobody_has_as_many_votes_as_the_plurality(counts: dict[str, int]) -> None:
    winner = plurality(counts)
    top = [name for name, count in counts.items() if count == max(counts.values())]
    assert winner == (top[0] if len(top) == 1 and counts[top[0]] > 0 else None)


def test_a_tie_counts_as_a_disagreement() -> None:
    labels = {"a": "happy", "b": "happy", "c": "sad"}
    assert agreement(VOTES, labels) == pytest.approx(1 / 3)
    assert agreement(VOTES, {**labels, "c": "angry"}) == pytest.approx(2 / 3)
    assert ties(VOTES) == 1


def test_soft_labels_are_the_raters_shares_in_the_order_of_clips_and_classes() -> None:
    classes = ("angry", "happy", "sad")
    other = replace(CLIP, id="b", extra={**as_extra(VOTES["b"]), "sentence": "DFA"})
    manifest = Manifest("mine", Path(), classes, (CLIP, other))
    expected = [[0, 5 / 9, 4 / 9], [1 / 9, 4 / 9, 4 / 9]]
    assert np.allclose(soft_labels(manifest), expected, atol=0, rtol=1e-15)


@pytest.mark.parametrize(
    ("extra", "line"),
    [
        ({}, "clip 'a' has no votes, so it has no soft label"),
        ({"votes.happy": "0"}, "clip 'a' has no votes"),
        ({"votes.happy": "2.5"}, r"clip 'a' has '2\.5' votes for 'happy'; it is a whole number"),
    ],
)
def test_clips_without_votes_have_no_soft_labels(extra: dict[str, str], line: str) -> None:
    manifest = Manifest("mine", Path(), ("happy",), (replace(CLIP, extra=extra),))
    with pytest.raises(CorpusError, match=line):
        soft_labels(manifest)
