"""Encoders from trained weights: one line of a recipe, and clear refusals where they don't fit."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mrpn.common.errors import ConfigError, MrpnError, WeightsError
from mrpn.corpora.folds import Fold
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, initial, train_run
from mrpn.training.initial import check_starts, initial_files, load_encoders
from mrpn.training.strategies import make_network
from mrpn.weights import load_weights, read_header
from untrained import save_untrained
from weight_packages import make_package

Make = Callable[..., Recipe]


@pytest.fixture(scope="module")
def voice(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Weights of the voice alone."""
    out = tmp_path_factory.mktemp("voice")
    return train_run(recipe, corpus, fold, "am", out) / "weights.safetensors"


@pytest.fixture(scope="module")
def face(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Weights of the face alone."""
    out = tmp_path_factory.mktemp("face")
    return train_run(recipe, corpus, fold, "vm", out) / "weights.safetensors"


def branches(**changes: dict[str, Any]) -> dict[str, Any]:
    """The tiny recipe's branches with changes by modality."""
    base = {"in_channels": 1, "width": 4, "stem_stride": 2, "features": 8}
    return {name: {**base, **changes.get(name, {})} for name in ("audio", "video")}


def starts(make_recipe: Make, path: Path | str) -> Recipe:
    return make_recipe(network={"branches": branches(audio={"initial": str(path)})})


def test_one_line_of_the_recipe_starts_the_branch_of_every_fusion(
    make_recipe: Make, voice: Path
) -> None:
    trained = load_weights(voice)[0].branches["audio"].encoder.state_dict()
    recipe = starts(make_recipe, voice)
    for strategy in ("n0", "n1", "n2"):
        network = make_network(recipe, strategy, 3, 7, {})
        load_encoders(network, initial_files(recipe, strategy), recipe.preprocessing)
        found = network.branches["audio"].encoder.state_dict()
        assert all(torch.equal(found[name], trained[name]) for name in trained)
    assert initial_files(recipe, "vm") == {}


def test_a_run_starts_from_shipped_weights_by_name_and_is_another_run_for_it(
    make_recipe: Make,
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold,
    voice: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_package(tmp_path / "site", "weights_initial", {"voice-tiny": voice})
    monkeypatch.syspath_prepend(tmp_path / "site")
    named = starts(make_recipe, "voice-tiny")
    folder = train_run(named, corpus, fold, "am", tmp_path / "named")
    by_path = train_run(recipe, corpus, fold, "am", tmp_path / "path", initial={"audio": voice})
    scratch = load_weights(voice)[0].state_dict()
    results = [load_weights(f / "weights.safetensors")[0].state_dict() for f in (folder, by_path)]
    assert all(torch.equal(results[0][name], results[1][name]) for name in scratch)
    assert not all(torch.equal(results[0][name], scratch[name]) for name in scratch)
    with pytest.raises(MrpnError, match="holds a run with another initial"):
        train_run(recipe, corpus, fold, "am", tmp_path / "named")


def test_the_content_of_the_file_is_in_the_identity_its_name_is_not(
    make_recipe: Make, corpus: PreparedCorpus, fold: Fold, voice: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    for copy in (first, second):
        shutil.copyfile(voice, copy)
    before, after = starts(make_recipe, first), starts(make_recipe, second)
    assert before.digest == after.digest == make_recipe().digest
    folder = train_run(before, corpus, fold, "am", tmp_path / "runs")
    assert train_run(after, corpus, fold, "am", tmp_path / "runs") == folder


def test_what_is_given_goes_before_the_recipe(make_recipe: Make, voice: Path) -> None:
    recipe = starts(make_recipe, "nowhere.safetensors")
    assert initial_files(recipe, "n2", {"audio": voice}) == {"audio": voice}
    with pytest.raises(WeightsError, match=r"^nowhere\.safetensors: no such weights file to start"):
        initial_files(recipe, "n2")


def test_a_relative_path_is_taken_from_the_current_folder(
    make_recipe: Make, voice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(voice.parent)
    assert initial_files(starts(make_recipe, voice.name), "am") == {"audio": Path(voice.name)}


def test_late_fusion_builds_on_branches_that_started_alike(
    make_recipe: Make, corpus: PreparedCorpus, fold: Fold, voice: Path, tmp_path: Path
) -> None:
    recipe = starts(make_recipe, voice)
    for strategy in ("am", "vm", "late"):
        folder = train_run(recipe, corpus, fold, strategy, tmp_path)
    origins = {material.through for material in read_header(folder / voice.name).trained_on}
    assert origins == {"", "audio started from am-seed0/weights.safetensors"}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"width": 8}, "width 4 and not 8; set network.branches.audio.width=4"),
        ({"stem_stride": 1}, "stem_stride 2 and not 1; set network.branches.audio.stem_stride=2"),
        ({"encoder": "mlp"}, "encoder resnet18 and not mlp"),
    ],
)
def test_an_encoder_of_another_shape_is_refused_with_the_setting_to_change(
    make_recipe: Make, voice: Path, change: dict[str, Any], line: str
) -> None:
    if "encoder" in change:
        change = {**change, "stem_stride": 2, "in_channels": 1}
    recipe = make_recipe(network={"branches": branches(audio=change)})
    network = make_network(recipe, "n2", 3, 0, {})
    with pytest.raises(WeightsError) as caught:
        load_encoders(network, {"audio": voice}, recipe.preprocessing)
    assert str(caught.value).startswith(f"{voice}: its audio encoder has another shape")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"spectrogram": {"kind": "mel"}}, "spectrogram.kind log, the recipe has mel"),
        ({"spectrogram": {"hop": 160}}, "spectrogram.hop 320, the recipe has 160"),
        ({"clip": {"rate": 8000}}, "clip.rate 16000, the recipe has 8000"),
    ],
)
def test_a_voice_that_learned_from_another_spectrogram_is_refused(
    make_recipe: Make, voice: Path, changes: dict[str, dict[str, Any]], line: str
) -> None:
    base = make_recipe().preprocessing.model_dump()
    other = {**base, **{key: {**base[key], **value} for key, value in changes.items()}}
    recipe = make_recipe(preprocessing=other)
    with pytest.raises(WeightsError) as caught:
        load_encoders(make_network(recipe, "am", 3, 0, {}), {"audio": voice}, recipe.preprocessing)
    assert line in str(caught.value)


def test_segments_may_lie_closer_together_than_in_the_pretraining(
    make_recipe: Make, voice: Path
) -> None:
    base = make_recipe().preprocessing.model_dump()
    recipe = make_recipe(
        preprocessing={**base, "spectrogram": {**base["spectrogram"], "step": 0.2}}
    )
    load_encoders(make_network(recipe, "am", 3, 0, {}), {"audio": voice}, recipe.preprocessing)


@pytest.mark.parametrize(("size", "fits"), [(12, True), (21, True), (11, False), (22, False)])
def test_crops_may_differ_by_a_third_and_no_more(
    make_recipe: Make, face: Path, size: int, fits: bool
) -> None:
    base = make_recipe().preprocessing.model_dump()
    recipe = make_recipe(preprocessing={**base, "clip": {**base["clip"], "size": size}})
    network = make_network(recipe, "vm", 3, 0, {})
    if fits:
        load_encoders(network, {"video": face}, recipe.preprocessing)
        return
    with pytest.raises(WeightsError, match=r"set preprocessing\.clip\.size between 12 and 21"):
        load_encoders(network, {"video": face}, recipe.preprocessing)


def test_pixels_of_another_scale_are_refused(make_recipe: Make, face: Path) -> None:
    base = make_recipe().preprocessing.model_dump()
    recipe = make_recipe(preprocessing={**base, "mean": 0.4})
    with pytest.raises(
        WeightsError, match=r"learned with preprocessing\.mean 0\.5, the recipe has"
    ):
        load_encoders(make_network(recipe, "vm", 3, 0, {}), {"video": face}, recipe.preprocessing)


def shown(make_recipe: Make, **clip: Any) -> Recipe:
    base = make_recipe().preprocessing.model_dump()
    return make_recipe(preprocessing={**base, "clip": {**base["clip"], **clip}})


def test_crops_turned_level_do_not_start_from_others(make_recipe: Make, tmp_path: Path) -> None:
    found, level = {"faces": "detect"}, {"faces": "detect", "align": True}
    path = save_untrained(tmp_path / "face.safetensors", shown(make_recipe, **found), "vm")
    recipe = shown(make_recipe, **level)
    with pytest.raises(
        WeightsError, match=r"learned with preprocessing\.clip\.align False, the recipe has True"
    ):
        load_encoders(make_network(recipe, "vm", 3, 0, {}), {"video": path}, recipe.preprocessing)
    # Whole pictures are level or not as they come: they start either.
    whole = save_untrained(tmp_path / "whole.safetensors", shown(make_recipe, faces="whole"), "vm")
    load_encoders(make_network(recipe, "vm", 3, 0, {}), {"video": whole}, recipe.preprocessing)


@pytest.mark.parametrize(
    ("learned", "clip", "said"),
    [
        # Pictures that are faces are framed as crops of once RetinaFace's box, or 1.4 times dlib's.
        ("whole", {"faces": "detect", "margin": 1.3}, "margin=1 to frame them alike"),
        ("whole", {"faces": "detect", "margin": 1.12}, "margin=1 to frame them alike"),
        ("whole", {"faces": "detect", "margin": 1.08}, None),
        ("whole", {"faces": "detect", "margin": 0.92}, None),
        ("whole", {"faces": "detect", "margin": 0.9}, "margin=1 to frame them alike"),
        ("whole", {"faces": "detect", "margin": 1.3, "detector": "dlib"}, None),
        ("whole", {"faces": "detect", "margin": 1.0, "detector": "dlib"}, "margin=1.41 to frame"),
        ("whole", {}, None),
        ("detect", {"faces": "detect", "margin": 1.3}, None),
        ("detect", {"faces": "detect", "margin": 1.3, "detector": "dlib"}, "margin=1.83 to frame"),
        ("detect", {"faces": "detect", "margin": 1.0}, "margin=1.3 to frame them alike"),
        ("detect", {}, "start from weights that learned from whole pictures"),
    ],
)
def test_faces_framed_otherwise_are_told_once(
    make_recipe: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    learned: str,
    clip: dict[str, Any],
    said: str | None,
) -> None:
    monkeypatch.setenv("MRPN_QUIET", "0")
    path = save_untrained(tmp_path / "face.safetensors", shown(make_recipe, faces=learned), "vm")
    recipe = shown(make_recipe, **clip)
    for _ in range(2):
        load_encoders(make_network(recipe, "vm", 3, 0, {}), {"video": path}, recipe.preprocessing)
    lines = capsys.readouterr().err.splitlines()
    if said is None:
        assert lines == []
        return
    assert len(lines) == 1
    assert lines[0].startswith(f"{path}: its video encoder learned from ")
    assert said in lines[0]


def test_starts_are_checked_by_their_headers_alone(
    make_recipe: Make, voice: Path, face: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(initial, "load_weights", lambda _: pytest.fail("weights were read"))
    wide = make_recipe(network={"branches": branches(audio={"width": 8})})
    check_starts(make_recipe(), "n2", {"audio": voice, "video": face})
    check_starts(wide, "vm", {"audio": voice, "video": face})
    with pytest.raises(WeightsError, match="width 4 and not 8"):
        check_starts(wide, "n2", {"audio": voice, "video": face})
    with pytest.raises(WeightsError, match="has no branch for video to start from, only audio"):
        check_starts(make_recipe(), "n2", {"video": voice})
    with pytest.raises(WeightsError, match=r"gone\.safetensors: cannot read the weights"):
        check_starts(make_recipe(), "am", {"audio": voice.with_name("gone.safetensors")})
    with pytest.raises(ConfigError, match="the video encoder is frozen at random values"):
        check_starts(frozen(make_recipe, None), "n2", {"audio": voice})


def test_a_file_without_the_branch_says_which_it_has(make_recipe: Make, voice: Path) -> None:
    recipe = make_recipe()
    with pytest.raises(WeightsError, match="has no branch for video to start from, only audio"):
        load_encoders(make_network(recipe, "n2", 3, 0, {}), {"video": voice}, recipe.preprocessing)


def frozen(make_recipe: Make, path: Path | None, **more: Any) -> Recipe:
    start = {} if path is None else {"initial": str(path)}
    return make_recipe(
        network={"branches": branches(video={"frozen": True, **start})},
        optimisation={"average": 0.5},
        **more,
    )


def test_a_frozen_encoder_stays_to_the_last_bit_and_all_else_learns(
    make_recipe: Make, face: Path, corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    recipe = frozen(make_recipe, face, diary={"every": 1})
    run = train_run(recipe, corpus, fold, "n2", tmp_path)
    network, theirs = load_weights(run / "weights.safetensors")[0], load_weights(face)[0]
    before = theirs.branches["video"].encoder.state_dict()
    after = network.branches["video"].encoder.state_dict()
    assert all(torch.equal(after[name], before[name]) for name in before)
    start = make_network(recipe, "n2", 3, recipe.seed, {}).state_dict()
    for part in ("branches.audio.encoder.", "branches.video.aggregator."):
        names = [name for name in start if name.startswith(part) and "weight" in name]
        assert names
        assert not any(torch.equal(network.state_dict()[name], start[name]) for name in names)


def test_freezing_changes_a_recipes_digest_and_not_freezing_does_not(
    make_recipe: Make, face: Path
) -> None:
    plain = make_recipe(network={"branches": branches()}, optimisation={"average": 0.5})
    unfrozen = branches(video={"frozen": False})
    off = make_recipe(network={"branches": unfrozen}, optimisation={"average": 0.5})
    assert off.digest == plain.digest != frozen(make_recipe, face).digest


def test_an_encoder_frozen_at_random_values_is_refused(
    make_recipe: Make, corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    with pytest.raises(MrpnError, match="the video encoder is frozen at random values"):
        train_run(frozen(make_recipe, None), corpus, fold, "n2", tmp_path)
