"""Frozen encoders run once over every clip: the same features, less work, and what it rules out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file
from tests.untrained import save_untrained

from mrpn.common.errors import ConfigError
from mrpn.corpora.folds import Fold
from mrpn.network import Sequence
from mrpn.network.branch import Branch
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, encoding
from mrpn.training.data import FoldData
from mrpn.training.dataset import ClipDataset
from mrpn.training.run import train_run
from mrpn.training.sampling import Draw
from mrpn.weights import load_weights

Make = Callable[..., Recipe]


def once(make_recipe: Make, starts: dict[str, Path], **changes: Any) -> Recipe:
    """The tiny recipe with encoders that are frozen at these weights and run once."""
    plain = make_recipe().model_dump()["network"]["branches"]
    branches = {
        name: {**branch, "initial": str(starts[name]), "frozen": True, "encoded": True}
        if name in starts
        else branch
        for name, branch in plain.items()
    }
    unvaried = {"spatial": None} if "video" in starts else {}
    augmentation = {**unvaried, **changes.pop("augmentation", {})}
    return make_recipe(network={"branches": branches}, augmentation=augmentation, **changes)


@pytest.fixture
def starts(make_recipe: Make, tmp_path: Path) -> dict[str, Path]:
    recipe = make_recipe()
    return {
        "audio": save_untrained(tmp_path / "voice.safetensors", recipe, "am"),
        "video": save_untrained(tmp_path / "face.safetensors", recipe, "vm"),
    }


@pytest.fixture
def copied(corpus: PreparedCorpus, tmp_path: Path) -> PreparedCorpus:
    """The prepared corpus in a folder of the test's own."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    for path in corpus.folder.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    return PreparedCorpus(folder)


def data_of(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, starts: dict[str, Path]
) -> FoldData:
    return FoldData(corpus, fold, recipe, ("audio", "video"), recipe.seed, starts)


def encoder_of(path: Path, modality: str) -> torch.nn.Module:
    return cast(Branch, load_weights(path)[0].branches[modality]).encoder


def test_clips_are_what_their_encoders_make_of_the_whole(
    make_recipe: Make, copied: PreparedCorpus, fold: Fold, starts: dict[str, Path]
) -> None:
    plain = data_of(make_recipe(), copied, fold, {}).parts["test"]
    found = data_of(once(make_recipe, starts), copied, fold, starts).parts["test"]
    for place in range(len(plain.clips)):
        whole, encoded = plain[Draw(place, 3)].inputs, found[Draw(place, 3)].inputs
        for name, start in starts.items():
            with torch.no_grad():
                expected = encoder_of(start, name)(whole[name])
            torch.testing.assert_close(encoded[name], expected, rtol=1e-4, atol=1e-5)


def test_stills_have_their_own_views_by_the_runs_seed(
    make_recipe: Make, copied: PreparedCorpus, fold: Fold, starts: dict[str, Path]
) -> None:
    found = []
    for seed in (0, 1):
        data = data_of(once(make_recipe, starts, seed=seed), copied, fold, starts)
        part = data.parts["train"]
        stills = [place for place, clip in enumerate(part.clips) if clip.still]
        values = [part[Draw(place, 0)].inputs["video"] for place in stills]
        assert all(len(views) == 2 for views in values)
        assert not torch.equal(values[0], values[1])
        found.append(values[0])
    assert not torch.equal(*found)
    assert len(list((copied.folder / encoding.FOLDER).glob("audio-*.safetensors"))) == 1
    assert len(list((copied.folder / encoding.FOLDER).glob("video-*.safetensors"))) == 2


def test_stills_that_are_not_jittered_are_shared_by_clips_and_seeds(
    make_recipe: Make, copied: PreparedCorpus, fold: Fold, starts: dict[str, Path]
) -> None:
    for seed in (0, 1):
        recipe = once(make_recipe, starts, seed=seed, stills={"views": 1, "jitter": 0.0})
        part = data_of(recipe, copied, fold, starts).parts["train"]
        still = next(clip for clip in part.clips if clip.still)
        assert still.video is not None
        assert part.source(still, "video") == still.video.content
    assert len(list((copied.folder / encoding.FOLDER).glob("video-*.safetensors"))) == 1


def test_a_time_slice_takes_the_elements_that_lie_in_it(
    make_recipe: Make, copied: PreparedCorpus, fold: Fold, starts: dict[str, Path]
) -> None:
    recipe = once(make_recipe, starts, augmentation={"time": {"minimum": 0.7}})
    data = data_of(recipe, copied, fold, starts)
    part, lengths = data.parts["train"], set()
    film = next(place for place, clip in enumerate(part.clips) if not clip.still)
    for epoch in range(20):
        sample = part[Draw(film, epoch)].inputs
        for name in ("audio", "video"):
            whole = part.encoded[name][str(part.source(part.clips[film], name))]
            starts_at = [
                first
                for first in range(len(whole))
                if torch.equal(whole[first : first + len(sample[name])], sample[name])
            ]
            assert len(sample[name]) and starts_at
            lengths.add((name, len(sample[name])))
    assert len(lengths) > 4


def test_they_are_computed_once_for_all_runs(
    make_recipe: Make,
    copied: PreparedCorpus,
    fold: Fold,
    starts: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = once(make_recipe, starts)
    train_run(recipe, copied, fold, "am", tmp_path / "runs")
    train_run(recipe, copied, fold, "vm", tmp_path / "runs")
    monkeypatch.setattr(encoding, "_encode", lambda *_: pytest.fail("clips were encoded again"))
    train_run(recipe, copied, fold, "late", tmp_path / "runs")
    train_run(recipe, copied, fold, "n2", tmp_path / "runs")


def test_only_what_is_missing_is_encoded_and_added(
    make_recipe: Make,
    copied: PreparedCorpus,
    fold: Fold,
    starts: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recipe = once(make_recipe, starts)
    before = data_of(recipe, copied, fold, starts).parts["train"].encoded["audio"]
    (path,) = (copied.folder / encoding.FOLDER).glob("audio-*.safetensors")
    lost = sorted(before)[:2]
    save_file({name: rows for name, rows in before.items() if name not in lost}, path)
    asked: list[list[str]] = []
    encode = encoding._encode
    monkeypatch.setattr(
        encoding, "_encode", lambda *given: (asked.append(sorted(given[3])), encode(*given))[1]
    )
    after = data_of(recipe, copied, fold, starts).parts["train"].encoded["audio"]
    assert asked == [lost]
    assert after.keys() == before.keys()
    torch.testing.assert_close(dict(after), dict(before))


def test_a_damaged_file_of_them_is_made_again(
    make_recipe: Make, copied: PreparedCorpus, fold: Fold, starts: dict[str, Path]
) -> None:
    recipe = once(make_recipe, starts)
    before = data_of(recipe, copied, fold, starts).parts["train"].encoded["audio"]
    (path,) = (copied.folder / encoding.FOLDER).glob("audio-*.safetensors")
    path.write_bytes(path.read_bytes()[:100])
    again = data_of(recipe, copied, fold, starts).parts["train"].encoded["audio"]
    assert {name: rows.tolist() for name, rows in again.items()} == {
        name: rows.tolist() for name, rows in before.items()
    }


@pytest.mark.parametrize("strategy", ["vm", "n2"])
def test_a_run_saves_a_whole_network_that_scores_pictures_and_sound_alike(
    make_recipe: Make,
    copied: PreparedCorpus,
    fold: Fold,
    starts: dict[str, Path],
    tmp_path: Path,
    strategy: str,
) -> None:
    recipe = once(make_recipe, starts)
    run = train_run(recipe, copied, fold, strategy, tmp_path / "runs")
    network, header = load_weights(run / "weights.safetensors")
    part = ClipDataset(
        copied,
        [copied.find(f"{name}-1") for name in copied.classes],
        preprocessing=recipe.preprocessing,
        stills=recipe.stills,
        augmentation=None,
        seed=recipe.seed,
        modalities=network.modalities,
    )
    table = pd.read_parquet(run / "predictions.parquet").set_index("clip")
    for place, clip in enumerate(part.clips):
        sample = part[Draw(place, 0)]
        batch = {name: Sequence.from_list([values]) for name, values in sample.inputs.items()}
        with torch.inference_mode():
            scores = network(batch).fused.softmax(1)[0].numpy()
        kept = table.loc[clip.record.id, [f"p_{name}" for name in header.class_names]]
        assert np.allclose(kept.to_numpy(float), scores, atol=1e-5)


def test_a_clip_without_the_modality_stays_without(
    make_recipe: Make, copied: PreparedCorpus, fold: Fold, starts: dict[str, Path]
) -> None:
    data = data_of(once(make_recipe, starts), copied, fold, starts).parts["test"]
    clip = data.clips[0]
    deaf = type(clip)(clip.record, clip.video, None)
    data.clips[0] = deaf
    sample = data[Draw(0, 0)].inputs
    assert sample["audio"].shape == (0, encoder_of(starts["audio"], "audio").out_features)
    assert len(sample["video"])
    data.encoded = {**data.encoded, "audio": {}}
    assert len(data[Draw(0, 0)].inputs["audio"]) == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"augmentation": {"spatial": {}}},
            r"branches\.video\.encoded.*augmentation\.spatial=null",
        ),
        ({"augmentation": {"sound": {}}}, r"branches\.audio\.encoded.*augmentation\.sound=null"),
        ({"augmentation": {"masks": {}}}, r"branches\.audio\.encoded.*augmentation\.masks=null"),
    ],
)
def test_what_would_vary_them_is_refused(
    make_recipe: Make, starts: dict[str, Path], changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        once(make_recipe, starts, **changes)


def test_only_a_frozen_encoder_can_be_run_once(make_recipe: Make) -> None:
    branch = make_recipe().model_dump()["network"]["branches"]["audio"]
    with pytest.raises(ConfigError, match="only a frozen encoder can be run once"):
        make_recipe(network={"branches": {"audio": {**branch, "encoded": True}}})


def test_arrays_are_not_encoded_beforehand(make_recipe: Make) -> None:
    branch = {"encoder": "mlp", "in_channels": 3, "frozen": True, "encoded": True}
    with pytest.raises(ConfigError, match="only sound and crops are encoded once"):
        make_recipe(network={"branches": {"pulse": branch}})


def test_encoding_once_changes_a_recipes_digest_and_not_doing_so_does_not(
    make_recipe: Make, starts: dict[str, Path]
) -> None:
    recipe = once(make_recipe, starts)
    values = recipe.model_dump()
    for branch in values["network"]["branches"].values():
        branch["encoded"] = False
    off = Recipe.model_validate(values)
    for branch in values["network"]["branches"].values():
        del branch["encoded"]
    assert off.digest == Recipe.model_validate(values).digest != recipe.digest
