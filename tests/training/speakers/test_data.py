"""Draws balanced over speakers, slices, and samples as recognition makes them."""

from collections import Counter
from collections.abc import Callable

import pytest
import torch

from mrpn.preparation import PreparedCorpus
from mrpn.training.sampling import Draw
from mrpn.training.speakers import SpeakerRecipe
from mrpn.training.speakers.data import SliceDraw, SpeakerBatches, SpeakerData
from mrpn.training.speakers.split import split_corpus

OWN = [[0], [1, 2, 3], [4, 5]]


def epochs(batches: SpeakerBatches, count: int) -> list[list[list[Draw]]]:
    found = []
    for epoch in range(count):
        batches.set_epoch(epoch)
        found.append(list(batches))
    return found


def test_every_speaker_has_as_many_turns_and_every_utterance_too(
    make_recipe: Callable[..., SpeakerRecipe],
) -> None:
    recipe = make_recipe(optimisation={"clips_per_epoch": 9, "batch_size": 4})
    draws = [d for epoch in epochs(SpeakerBatches(OWN, recipe), 4) for b in epoch for d in b]
    assert Counter(d.clip for d in draws) == {0: 12, 1: 4, 2: 4, 3: 4, 4: 6, 5: 6}
    assert len(set(draws)) == len(draws) == 36


def test_slices_of_a_batch_have_one_length_on_the_grid_of_steps(
    make_recipe: Callable[..., SpeakerRecipe],
) -> None:
    recipe = make_recipe(optimisation={"clips_per_epoch": 9, "batch_size": 4})
    lengths = []
    for epoch in epochs(SpeakerBatches(OWN, recipe), 30):
        for batch in epoch:
            seconds = {d.seconds for d in batch if isinstance(d, SliceDraw)}
            assert len(seconds) == 1
            lengths += seconds
    assert {round(length, 9) for length in lengths} == {0.8, 1.0, 1.2}


def test_an_epoch_is_the_same_whenever_it_is_drawn(recipe: SpeakerRecipe) -> None:
    straight = epochs(SpeakerBatches(OWN, recipe), 3)
    later = SpeakerBatches(OWN, recipe)
    later.set_epoch(2)
    assert list(later) == straight[2]
    assert straight[1] != straight[2]


@pytest.fixture
def make_data(corpus: PreparedCorpus) -> Callable[[SpeakerRecipe], SpeakerData]:
    return lambda recipe: SpeakerData(corpus, *split_corpus(corpus, recipe.split), recipe)


def test_a_slice_with_nothing_varied_is_what_recognition_hears(
    make_recipe: Callable[..., SpeakerRecipe],
    make_data: Callable[[SpeakerRecipe], SpeakerData],
    corpus: PreparedCorpus,
) -> None:
    part = make_data(make_recipe(sounds=None, masks=None)).parts["train"]
    whole = corpus.read(part.clips[0]).audio
    sample = part[SliceDraw(0, 0, len(whole) / 16000)]
    assert torch.equal(sample.inputs["audio"], part.preprocessing.audio(whole))


def test_draws_of_the_same_turn_are_equal_and_of_another_differ(
    recipe: SpeakerRecipe, make_data: Callable[[SpeakerRecipe], SpeakerData]
) -> None:
    part = make_data(recipe).parts["train"]
    one, same, other = (part[SliceDraw(0, turn, 1.0)].inputs["audio"] for turn in (0, 0, 1))
    assert torch.equal(one, same)
    assert one.shape == other.shape
    assert not torch.equal(one, other)


def test_slices_of_a_batch_have_one_length_at_any_pace(
    make_recipe: Callable[..., SpeakerRecipe], make_data: Callable[[SpeakerRecipe], SpeakerData]
) -> None:
    part = make_data(make_recipe(sounds={"pitch": 3.0, "tempo": 0.2})).parts["train"]
    plain = make_data(make_recipe()).parts["train"]
    for turn in range(5):
        varied = part[SliceDraw(0, turn, 1.0)].inputs["audio"]
        assert varied.shape == plain[SliceDraw(0, turn, 1.0)].inputs["audio"].shape
    assert bool(varied.isfinite().all())


def test_trials_hear_the_beginning_unvaried(
    recipe: SpeakerRecipe,
    make_data: Callable[[SpeakerRecipe], SpeakerData],
    corpus: PreparedCorpus,
) -> None:
    part = make_data(recipe).parts["test"]
    place, clip = max(enumerate(part.clips), key=lambda each: each[1].record.id)
    wave = corpus.read(clip).audio
    expected = part.preprocessing.audio(wave, (0.0, 1.5))
    assert len(wave) > 1.5 * 16000
    assert torch.equal(part[Draw(place, 0)].inputs["audio"], expected)


def test_the_order_is_kept_in_the_resume_point(
    recipe: SpeakerRecipe, make_data: Callable[[SpeakerRecipe], SpeakerData]
) -> None:
    one, other = make_data(recipe), make_data(recipe)
    one.train_batches.set_epoch(2)
    other.load_state_dict(one.state_dict())
    assert list(other.train_batches) == list(one.train_batches)
