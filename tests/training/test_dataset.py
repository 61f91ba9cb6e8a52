"""Samples: fixed by seed, epoch and clip; both modalities cut alike."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from mrpn.corpora.folds import Fold
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe
from mrpn.training.data import FoldData
from mrpn.training.dataset import Batch, ClipDataset, collate
from mrpn.training.randomness import generator
from mrpn.training.recipe import Augmentation, TimeSlice
from mrpn.training.sampling import Draw
from mrpn.training.sounds import Masks, Sounds, varied_audio


@pytest.fixture
def make_set(corpus: PreparedCorpus, recipe: Recipe) -> Callable[..., ClipDataset]:
    def make(augmentation: Augmentation | None = None, **changes: Any) -> ClipDataset:
        options: dict[str, Any] = {"seed": 0, "modalities": ("video", "audio"), **changes}
        return ClipDataset(
            corpus,
            corpus.clips,
            preprocessing=recipe.preprocessing,
            stills=recipe.stills,
            augmentation=augmentation,
            **options,
        )

    return make


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in one.keys() | other.keys())


def test_evaluation_is_the_whole_clip_whatever_the_epoch(
    make_set: Callable[..., ClipDataset], corpus: PreparedCorpus, recipe: Recipe
) -> None:
    data = make_set()
    film = next(i for i, clip in enumerate(corpus.clips) if not clip.still)
    sample = data[Draw(film, 0)]
    assert same(sample.inputs, data[Draw(film, 9)].inputs)
    assert same(sample.inputs, recipe.preprocessing.sequences(corpus.read(corpus.clips[film])))
    assert sample.label == corpus.classes.index(corpus.clips[film].record.label)


def test_training_differs_by_epoch_and_seed_and_repeats_itself(
    make_set: Callable[..., ClipDataset],
) -> None:
    data, again = make_set(Augmentation()), make_set(Augmentation())
    for clip in (0, 1):
        assert same(data[Draw(clip, 3)].inputs, again[Draw(clip, 3)].inputs)
        assert not same(data[Draw(clip, 3)].inputs, data[Draw(clip, 4)].inputs)
        other = make_set(Augmentation(), seed=1)
        assert not same(data[Draw(clip, 3)].inputs, other[Draw(clip, 3)].inputs)


def test_a_still_becomes_views_that_evaluation_sees_alike_every_time(
    make_set: Callable[..., ClipDataset], corpus: PreparedCorpus
) -> None:
    still = next(i for i, clip in enumerate(corpus.clips) if clip.still)
    evaluated, trained = make_set(), make_set(Augmentation(spatial=None, time=None))
    views = [evaluated[Draw(still, epoch)].inputs["video"] for epoch in (0, 1)]
    assert len(views[0]) == 2
    assert torch.equal(*views)
    fresh = [trained[Draw(still, epoch)].inputs["video"] for epoch in (0, 1)]
    assert not torch.equal(*fresh)


def test_both_modalities_are_cut_to_one_interval_even_by_networks_of_one(
    make_set: Callable[..., ClipDataset], corpus: PreparedCorpus, recipe: Recipe
) -> None:
    settings = Augmentation(spatial=None, time=TimeSlice(minimum=0.5))
    clip = next(i for i, c in enumerate(corpus.clips) if not c.still)
    prepared = corpus.clips[clip]
    sample = make_set(settings)[Draw(clip, 2)]
    interval = make_set(settings)._interval(prepared, Draw(clip, 2), "video")
    assert interval is not None
    assert same(sample.inputs, recipe.preprocessing.sequences(corpus.read(prepared), interval))
    for name in ("audio", "video"):
        alone = make_set(settings, modalities=(name,))[Draw(clip, 2)].inputs
        assert list(alone) == [name]
        assert torch.equal(alone[name], sample.inputs[name])


def test_separate_slices_are_each_modalitys_own_and_differ_in_nothing_else(
    make_set: Callable[..., ClipDataset], corpus: PreparedCorpus, recipe: Recipe
) -> None:
    settings = Augmentation(spatial=None, time=TimeSlice(minimum=0.5, joint=False))
    clip = next(i for i, c in enumerate(corpus.clips) if not c.still)
    prepared, data = corpus.clips[clip], make_set(settings)
    intervals = {
        name: [data._interval(prepared, Draw(clip, epoch), name) for epoch in range(400)]
        for name in ("audio", "video")
    }
    sample = data[Draw(clip, 2)].inputs
    for name, drawn in intervals.items():
        whole = recipe.preprocessing.sequences(corpus.read(prepared), drawn[2])
        assert torch.equal(sample[name], whole[name])
        assert torch.equal(
            make_set(settings, modalities=(name,))[Draw(clip, 2)].inputs[name], whole[name]
        )
    audio, video = (np.array(intervals[name], dtype=float) for name in ("audio", "video"))
    together = make_set(Augmentation(spatial=None, time=TimeSlice(minimum=0.5)))
    joint = np.array([together._interval(prepared, Draw(clip, e), "audio") for e in range(400)])
    # Uncorrelated (0.2 is four standard errors), and of one distribution.
    assert abs(np.corrcoef(audio[:, 0], video[:, 0])[0, 1]) < 0.2
    for drawn in (audio, video):
        lengths = (drawn[:, 1] - drawn[:, 0], joint[:, 1] - joint[:, 0])
        assert lengths[0].mean() == pytest.approx(lengths[1].mean(), abs=4 * lengths[1].std() / 14)
        assert (drawn.min(), drawn.max()) == pytest.approx((joint.min(), joint.max()), abs=0.05)


def test_a_still_whose_voice_is_lost_has_nothing_to_slice(
    make_set: Callable[..., ClipDataset], corpus: PreparedCorpus
) -> None:
    still = next(i for i, clip in enumerate(corpus.clips) if clip.still)
    data = make_set(Augmentation())
    data.clips[still] = replace(data.clips[still], audio=None)
    inputs = data[Draw(still, 0)].inputs
    assert (len(inputs["audio"]), len(inputs["video"])) == (0, 2)


VARIED = Augmentation(
    spatial=None,
    time=TimeSlice(minimum=0.5),
    sound=Sounds(speed=0.0, pitch=2.0, tempo=0.3, reverberation=0.5, noise=1.0),
    masks=Masks(bins=8, frames=8),
)


def test_varied_sound_is_fixed_by_seed_epoch_and_clip_and_leaves_the_crops_alone(
    make_set: Callable[..., ClipDataset],
) -> None:
    clip = 0
    first = make_set(VARIED)[Draw(clip, 3)].inputs
    assert torch.equal(first["audio"], make_set(VARIED)[Draw(clip, 3)].inputs["audio"])
    for other in (make_set(VARIED)[Draw(clip, 4)], make_set(VARIED, seed=1)[Draw(clip, 3)]):
        assert not torch.equal(first["audio"][:1], other.inputs["audio"][:1])
    plain = VARIED.model_copy(update={"sound": None, "masks": None})
    unvaried = make_set(plain)[Draw(clip, 3)].inputs
    assert torch.equal(first["video"], unvaried["video"])
    assert not torch.equal(first["audio"][:1], unvaried["audio"][:1])


def test_varied_sound_is_of_the_interval_that_the_crops_are_of(
    make_set: Callable[..., ClipDataset], corpus: PreparedCorpus
) -> None:
    clip = next(i for i, c in enumerate(corpus.clips) if not c.still)
    data = make_set(VARIED)
    rng = generator(0, "sound", 2, corpus.clips[clip].record.id)
    expected = varied_audio(
        corpus.sound(corpus.clips[clip]),
        data._interval(corpus.clips[clip], Draw(clip, 2), "audio"),
        data.preprocessing,
        VARIED.sound,
        VARIED.masks,
        rng,
    )
    assert torch.equal(data[Draw(clip, 2)].inputs["audio"], expected)


def test_masks_alone_need_no_change_of_the_wave(make_set: Callable[..., ClipDataset]) -> None:
    whole = make_set(Augmentation(time=None))[Draw(0, 0)].inputs["audio"]
    masked = make_set(Augmentation(time=None, masks=Masks(bins=8, frames=8)))
    values = masked[Draw(0, 0)].inputs["audio"]
    changed = values != whole
    assert values.shape == whole.shape
    assert 0 < int(changed.sum()) < changed.numel() / 2
    assert values[changed].unique().numel() == 1


@pytest.mark.parametrize("threads", [1, 2])
def test_samples_do_not_depend_on_the_number_of_threads(
    make_set: Callable[..., ClipDataset], threads: int
) -> None:
    expected = make_set(VARIED)[Draw(0, 0)].inputs
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        assert same(make_set(VARIED)[Draw(0, 0)].inputs, expected)
        assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


def test_collate_pads_and_keeps_lengths_labels_and_places(
    make_set: Callable[..., ClipDataset],
) -> None:
    samples = [make_set()[Draw(clip, 0)] for clip in (0, 1)]
    batch = collate(samples)
    for name, sequence in batch.inputs.items():
        assert sequence.lengths.tolist() == [len(sample.inputs[name]) for sample in samples]
    assert batch.labels.tolist() == [sample.label for sample in samples]
    assert batch.clips.tolist() == [0, 1]


@pytest.mark.parametrize("workers", [1, 2])
def test_loader_processes_change_no_bit_of_any_batch(
    corpus: PreparedCorpus, fold: Fold, make_recipe: Callable[..., Recipe], workers: int
) -> None:
    def batches(count: int) -> list[Batch]:
        varied = VARIED.model_dump()
        recipe = make_recipe(optimisation={"loader_workers": count}, augmentation=varied)
        data = FoldData(corpus, fold, recipe, ("audio", "video"), 0)
        data.train_batches.set_epoch(3)
        return list(data.train_dataloader())

    for here, there in zip(batches(0), batches(workers), strict=True):
        assert here.clips.tolist() == there.clips.tolist()
        for name, sequence in here.inputs.items():
            assert torch.equal(sequence.values, there.inputs[name].values)
            assert torch.equal(sequence.lengths, there.inputs[name].lengths)
