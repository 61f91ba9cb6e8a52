"""Runs: every strategy trains, what a run leaves, what it refuses, how exactly it repeats."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from killing import in_a_child
from mrpn.common.config import validate
from mrpn.common.errors import ConfigError, CorpusError, MrpnError
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import Manifest
from mrpn.evaluation.history import load_history
from mrpn.evaluation.predictions import load_predictions
from mrpn.media import ClipSettings
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, train_run
from mrpn.weights import load_weights

LEFT = {
    "history.csv",
    "identity.json",
    "predictions.parquet",
    "recipe.yaml",
    "result.json",
    "weights.safetensors",
}
FROZEN = "branches."


@pytest.fixture(scope="module")
def runs(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """All six strategies, trained."""
    out = tmp_path_factory.mktemp("runs")
    return {
        strategy: train_run(recipe, corpus, fold, strategy, out) for strategy in recipe.possible
    }


def curve(folder: Path) -> pd.DataFrame:
    return load_history(folder / "history.csv").drop(columns="seconds")


def same_result(one: Path, other: Path) -> bool:
    """Whether two runs have the same curve, predictions and weights, to the last bit."""
    weights = [load_file(folder / "weights.safetensors") for folder in (one, other)]
    predictions = [load_predictions(folder / "predictions.parquet") for folder in (one, other)]
    return (
        curve(one).equals(curve(other))
        and predictions[0].equals(predictions[1])
        and all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    )


@pytest.mark.parametrize("strategy", ["am", "vm", "late", "n0", "n1", "n2"])
def test_every_strategy_leaves_result_predictions_weights_and_curve(
    runs: dict[str, Path], strategy: str, recipe: Recipe, corpus: PreparedCorpus
) -> None:
    folder = runs[strategy]
    assert {path.name for path in folder.iterdir()} == LEFT
    assert folder.parts[-2:] == ("A1", f"{strategy}-seed0")
    rows = load_history(folder / "history.csv")
    assert rows["epoch"].tolist() == [1, 2]
    assert rows["train_loss"].notna().all()
    predictions = load_predictions(folder / "predictions.parquet")
    assert sorted(predictions["clip"]) == ["calm-1", "happy-1", "sad-1"]
    result = json.loads((folder / "result.json").read_text("utf-8"))
    right = (predictions["prediction"] == predictions["label"]).mean()
    assert result["test_accuracy"] == pytest.approx(right, abs=1e-6)
    assert result["recipe_digest"] == recipe.digest
    assert result["precision"] == "32-true"
    network, header = load_weights(folder / "weights.safetensors")
    assert header.class_names == corpus.classes
    assert network.kind == {"am": "unimodal", "vm": "unimodal", "late": "n0"}.get(
        strategy, strategy
    )


def test_late_fusion_leaves_the_branches_as_am_and_vm_left_them(runs: dict[str, Path]) -> None:
    late = load_file(runs["late"] / "weights.safetensors")
    for strategy in ("am", "vm"):
        alone = load_file(runs[strategy] / "weights.safetensors")
        branch = [name for name in alone if name.startswith(FROZEN)]
        assert len(branch) > 50
        assert all(torch.equal(alone[name], late[name]) for name in branch)


def test_a_finished_run_is_not_repeated(
    runs: dict[str, Path], recipe: Recipe, corpus: PreparedCorpus, fold: Fold
) -> None:
    folder = runs["n2"]
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    reported: list[dict[str, Any]] = []
    out = folder.parent.parent
    assert train_run(recipe, corpus, fold, "n2", out, report=reported.append) == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert reported == []


@pytest.mark.parametrize("strategy", ["n2", "late"])
def test_a_folder_with_runs_of_another_recipe_is_refused(
    runs: dict[str, Path],
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    fold: Fold,
    strategy: Any,
) -> None:
    other = make_recipe(optimisation={"rate": 2e-2})
    with pytest.raises(MrpnError, match="another recipe digest; name another folder") as error:
        train_run(other, corpus, fold, strategy, runs["n2"].parent.parent)
    assert "\n" not in str(error.value)


def test_late_does_not_build_on_branches_of_another_recipe(
    runs: dict[str, Path],
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    fold: Fold,
    tmp_path: Path,
) -> None:
    other = make_recipe(optimisation={"rate": 2e-2})
    train_run(other, corpus, fold, "am", tmp_path)
    with pytest.raises(MrpnError, match="'late' needs 'vm' trained first, on fold A1"):
        train_run(other, corpus, fold, "late", tmp_path)
    assert not (tmp_path / "A1" / "late-seed0").exists()


def test_another_seed_lies_beside_and_differs(
    runs: dict[str, Path],
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    fold: Fold,
) -> None:
    other = train_run(make_recipe(seed=1), corpus, fold, "am", runs["am"].parent.parent)
    assert other.name == "am-seed1"
    assert not curve(other).drop(columns="seed").equals(curve(runs["am"]).drop(columns="seed"))


@pytest.mark.parametrize("strategy", ["am", "n2"])
def test_the_same_seed_gives_the_same_bits(
    runs: dict[str, Path],
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold,
    tmp_path: Path,
    strategy: Any,
) -> None:
    torch.manual_seed(99)
    assert same_result(runs[strategy], train_run(recipe, corpus, fold, strategy, tmp_path))


def test_loader_processes_do_not_change_the_result(
    runs: dict[str, Path],
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    fold: Fold,
    tmp_path: Path,
) -> None:
    loaded = make_recipe(optimisation={"loader_workers": 2})
    assert same_result(runs["n2"], train_run(loaded, corpus, fold, "n2", tmp_path))


@pytest.mark.parametrize("batch_size", [1, 2])
def test_batches_of_one_in_training_are_legal(
    make_recipe: Callable[..., Recipe], manifest: Manifest, tmp_path: Path, batch_size: int
) -> None:
    kept = tuple(r for r in manifest.records if r.actor in ("1", "2", "3"))
    three = Manifest("three", manifest.root, manifest.classes, kept)
    corpus = prepare(three, tmp_path / "p", ClipSettings(faces="whole", size=16), workers=0)
    fold = Fold("A1", train=("3",), validation=("2",), test=("1",))
    recipe = make_recipe(optimisation={"batch_size": batch_size, "epochs": 1})
    row = curve(train_run(recipe, corpus, fold, "n2", tmp_path / "runs")).iloc[0]
    assert pd.notna(row["train_loss"])
    assert pd.notna(row["validation_loss"])


def test_a_class_missing_from_training_is_one_clear_line(
    recipe: Recipe, manifest: Manifest, fold: Fold, tmp_path: Path
) -> None:
    kept = tuple(r for r in manifest.records if r.label != "sad" or r.actor in ("1", "2"))
    lacking = Manifest("lacking", manifest.root, manifest.classes, kept)
    corpus = prepare(lacking, tmp_path / "p", ClipSettings(faces="whole", size=16), workers=0)
    with pytest.raises(CorpusError, match="no training clips of class sad") as error:
        train_run(recipe, corpus, fold, "am", tmp_path / "runs")
    assert "\n" not in str(error.value)


def test_weights_of_unknown_modalities_are_refused_with_their_key(
    make_recipe: Callable[..., Recipe],
) -> None:
    with pytest.raises(ConfigError, match=r"loss_weights.smell"):
        make_recipe(optimisation={"loss_weights": {"smell": 1.0}})
    with pytest.raises(ConfigError, match=r"loss_weights.audio"):
        make_recipe(optimisation={"loss_weights": {"audio": -1.0}})


def test_loss_weights_take_part_in_n1_and_not_in_its_fused_validation_loss(
    make_recipe: Callable[..., Recipe], corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    losses = {}
    for weight in (0.0, 1.0):
        optimisation = {"epochs": 1, "rate": 1e-9, "select": "last"}
        optimisation["loss_weights"] = {"audio": weight, "video": weight}
        recipe = make_recipe(optimisation=optimisation, augmentation={"spatial": None})
        losses[weight] = curve(train_run(recipe, corpus, fold, "n1", tmp_path / str(weight))).iloc[
            0
        ]
    assert losses[1.0]["train_loss"] > 2 * losses[0.0]["train_loss"]
    difference = losses[1.0]["validation_loss"] - losses[0.0]["validation_loss"]
    assert difference == pytest.approx(0, abs=1e-4)


def test_best_keeps_the_weights_of_the_least_validation_loss(
    make_recipe: Callable[..., Recipe], corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    settings = {"epochs": 4, "rate": 0.3, "schedule": {"name": "plateau"}}
    best = train_run(make_recipe(optimisation=settings), corpus, fold, "am", tmp_path / "best")
    epoch = int(curve(best)["validation_loss"].idxmin()) + 1
    assert epoch < 4
    settings |= {"epochs": epoch, "select": "last"}
    last = train_run(make_recipe(optimisation=settings), corpus, fold, "am", tmp_path / "last")
    weights = [load_file(folder / "weights.safetensors") for folder in (best, last)]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_runs_start_from_the_encoders_they_are_given(
    runs: dict[str, Path], recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    initial = {"audio": runs["am"] / "weights.safetensors"}
    started = train_run(recipe, corpus, fold, "am", tmp_path, initial=initial)
    assert not curve(started).equals(curve(runs["am"]))
    with pytest.raises(MrpnError, match="another initial"):
        train_run(recipe, corpus, fold, "am", tmp_path)
    with pytest.raises(MrpnError, match="has no branch for audio to start from, only video"):
        wrong = {"audio": runs["vm"] / "weights.safetensors"}
        train_run(recipe, corpus, fold, "am", tmp_path / "other", initial=wrong)


def test_a_recipe_survives_its_own_file(recipe: Recipe, runs: dict[str, Path]) -> None:
    import yaml

    saved = yaml.safe_load((runs["n2"] / "recipe.yaml").read_text("utf-8"))
    assert validate(Recipe, saved, "recipe.yaml").digest == recipe.digest


def test_the_running_mean_of_the_weights_is_what_is_kept_also_after_a_kill(
    make_recipe: Callable[..., Recipe], corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    averaged = make_recipe(optimisation={"average": 0.9, "select": "last", "epochs": 2})
    plain = make_recipe(optimisation={"select": "last", "epochs": 2})
    whole = train_run(averaged, corpus, fold, "am", tmp_path / "whole")
    work = partial(train_run, averaged, corpus, fold, "am", tmp_path / "killed")
    resume_point = tmp_path / "killed" / fold.name / "am-seed0" / "resume.ckpt"
    in_a_child(work, resume_point.exists)
    killed = work()
    other = train_run(plain, corpus, fold, "am", tmp_path / "plain")
    weights = [
        load_weights(run / "weights.safetensors")[0].state_dict() for run in (whole, killed, other)
    ]
    assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    assert not all(torch.equal(weights[0][name], weights[2][name]) for name in weights[0])
