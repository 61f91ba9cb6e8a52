"""Batches: which clips, in which order, in batches of which size."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.training.sampling import EpochBatches


def clips_of(batches: EpochBatches, epoch: int = 0) -> list[int]:
    batches.set_epoch(epoch)
    return [draw.clip for draw in chain.from_iterable(batches)]


@given(st.integers(1, 60), st.integers(1, 12), st.integers(0, 5), st.integers(0, 3))
def test_every_clip_comes_once_in_an_epoch(clips: int, size: int, seed: int, epoch: int) -> None:
    assert sorted(clips_of(EpochBatches(clips, size, seed), epoch)) == list(range(clips))


@given(st.integers(1, 20), st.integers(1, 50), st.integers(1, 8), st.integers(0, 5))
def test_shorter_or_longer_epochs_walk_through_whole_shuffled_rounds(
    clips: int, per_epoch: int, size: int, seed: int
) -> None:
    batches = EpochBatches(clips, size, seed, per_epoch)
    walk = [clip for epoch in range(6) for clip in clips_of(batches, epoch)]
    assert len(walk) == 6 * per_epoch
    for start in range(0, len(walk) - clips + 1, clips):
        assert sorted(walk[start : start + clips]) == list(range(clips))


@given(st.integers(2, 60), st.integers(2, 12), st.one_of(st.none(), st.integers(2, 50)))
def test_no_training_batch_of_one_where_there_are_two_clips(
    clips: int, size: int, per_epoch: int | None
) -> None:
    batches = EpochBatches(clips, size, 0, per_epoch)
    sizes = [len(batch) for batch in batches]
    assert min(sizes) >= 2
    assert max(sizes) <= size + 1
    assert len(sizes) == len(batches)


def test_a_single_clip_is_a_batch_of_one_and_a_batch_size_of_one_is_kept() -> None:
    assert [len(batch) for batch in EpochBatches(1, 4, 0)] == [1]
    assert [len(batch) for batch in EpochBatches(3, 1, 0)] == [1, 1, 1]


def test_the_order_hangs_on_seed_and_epoch_alone() -> None:
    first, again = EpochBatches(30, 4, 7), EpochBatches(30, 8, 7)
    assert clips_of(first, 3) == clips_of(again, 3)
    assert clips_of(first, 3) != clips_of(first, 4)
    assert clips_of(first, 3) != clips_of(EpochBatches(30, 4, 8), 3)


def test_draws_carry_their_epoch() -> None:
    batches = EpochBatches(4, 2, 0)
    batches.set_epoch(5)
    assert {draw.epoch for batch in batches for draw in batch} == {5}


@pytest.mark.parametrize("size", [1, 3, 5])
def test_evaluation_keeps_the_order_and_its_last_batch_of_one(size: int) -> None:
    batches = EpochBatches(7, size, seed=None)
    assert clips_of(batches) == list(range(7))
    assert [len(batch) for batch in batches][-1] == 7 % size or size
