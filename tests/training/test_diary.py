"""The diary: that it changes nothing, that its numbers are autograd's, that a kill loses none."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from killing import in_a_child
from mrpn.corpora.folds import Fold
from mrpn.evaluation.diary import load_diary
from mrpn.evaluation.history import load_history
from mrpn.evaluation.predictions import load_predictions
from mrpn.network import Sequence
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, train_run
from mrpn.training.dataset import Batch
from mrpn.training.diary import branch_gradients, gradient_row
from mrpn.training.module import FusionModule
from mrpn.training.strategies import make_network

BOTH = ("audio", "video")
MORE: dict[str, Any] = {
    "optimisation": {"mixup": 0.4, "average": 0.9, "loss_weights": {"audio": 0.5}}
}


def same_result(one: Path, other: Path) -> bool:
    """Whether two runs have the same curve, predictions and weights, to the last bit."""
    weights = [load_file(folder / "weights.safetensors") for folder in (one, other)]
    curves = [load_history(f / "history.csv").drop(columns="seconds") for f in (one, other)]
    predictions = [load_predictions(folder / "predictions.parquet") for folder in (one, other)]
    return (
        curves[0].equals(curves[1])
        and predictions[0].equals(predictions[1])
        and all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
    )


@pytest.fixture(scope="module")
def kept(
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    fold: Fold,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """Runs that keep a diary, at every second batch of three."""
    recipe, out = make_recipe(diary={"every": 2}), tmp_path_factory.mktemp("diaries")
    return {s: train_run(recipe, corpus, fold, s, out) for s in ("am", "vm", "late", "n0", "n2")}


@pytest.mark.parametrize(("strategy", "changes"), [("n0", {}), ("n2", {}), ("n2", MORE)])
def test_a_run_with_a_diary_ends_in_the_bits_of_one_without(
    strategy: str,
    changes: dict[str, Any],
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    fold: Fold,
    tmp_path: Path,
) -> None:
    without = train_run(make_recipe(**changes), corpus, fold, strategy, tmp_path / "without")
    noted = make_recipe(**changes, diary={"every": 1})
    with_one = train_run(noted, corpus, fold, strategy, tmp_path / "with")
    assert same_result(without, with_one)
    assert (with_one / "diary.csv").exists()
    assert not (without / "diary.csv").exists()


def test_the_diary_has_a_row_per_noted_batch_and_epoch_and_branch(kept: dict[str, Path]) -> None:
    table = load_diary(kept["n2"] / "diary.csv")
    places = list(zip(table["epoch"], table["batch"], table["modality"], strict=True))
    wanted = [(epoch, batch, name) for epoch in (1, 2) for batch in (1, 3, 0) for name in BOTH]
    assert places == wanted
    noted, after = table[table["batch"] > 0], table[table["batch"] == 0]
    assert (noted[["fused_norm", "side_norm"]] > 0).all(axis=None)
    assert noted["cosine"].between(-1, 1).all()
    assert noted[["alone", "together"]].isna().all(axis=None)
    assert after[["fused_norm", "side_norm", "cosine"]].isna().all(axis=None)
    assert after[["alone", "together"]].isin([0, 1 / 3, 2 / 3, 1]).all(axis=None)


def test_all_together_is_the_validation_accuracy_of_the_curve(kept: dict[str, Path]) -> None:
    for strategy in ("late", "n0", "n2"):
        table = load_diary(kept[strategy] / "diary.csv")
        curve = load_history(kept[strategy] / "history.csv")
        for name in BOTH:
            rows = table[(table["batch"] == 0) & (table["modality"] == name)]
            assert rows["together"].tolist() == pytest.approx(curve["validation_accuracy"].tolist())


def test_one_term_has_no_cosine_and_frozen_branches_no_gradient(kept: dict[str, Path]) -> None:
    for strategy in ("am", "n0"):
        rows = load_diary(kept[strategy] / "diary.csv")
        noted = rows[rows["batch"] > 0]
        # The only scores of a uni-modal network are its fused ones.
        assert (noted["fused_norm"] > 0).all()
        assert noted[["side_norm", "cosine"]].isna().all(axis=None)
    late = load_diary(kept["late"] / "diary.csv")
    assert set(late["batch"]) == {0}
    assert late["alone"].notna().all()
    alone = load_diary(kept["am"] / "diary.csv").query("batch == 0")
    assert alone["alone"].equals(alone["together"])


def test_a_killed_run_goes_on_with_its_diary(
    make_recipe: Callable[..., Recipe], corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    recipe = make_recipe(diary={"every": 2}, optimisation={"epochs": 3})
    whole = train_run(recipe, corpus, fold, "n2", tmp_path / "whole")
    work = partial(train_run, recipe, corpus, fold, "n2", tmp_path / "killed")
    folder = tmp_path / "killed" / fold.name / "n2-seed0"
    in_a_child(work, (folder / "resume.ckpt").exists)
    assert not (folder / "result.json").exists()
    killed = work()
    assert (killed / "diary.csv").read_bytes() == (whole / "diary.csv").read_bytes()
    assert same_result(killed, whole)


def test_gradients_are_those_of_each_term_by_itself(make_recipe: Callable[..., Recipe]) -> None:
    recipe = make_recipe(optimisation={"loss_weights": {"audio": 0.5}})
    module = FusionModule(make_network(recipe, "n2", 3, 0, {}), recipe.optimisation, 0, 1)
    rng = torch.Generator().manual_seed(0)
    shapes = recipe.preprocessing.shapes()
    inputs = {n: Sequence.from_list([torch.randn(2, *shapes[n], generator=rng)] * 2) for n in BOTH}
    inputs["audio"].values[1] *= -1
    batch = Batch(inputs, torch.tensor([0, 2]), torch.tensor([0, 1]))
    module.keep_terms = True
    loss = module.training_step(batch, 0)
    torch.testing.assert_close(torch.stack(list(module.terms.values())).sum(), loss)
    found = branch_gradients(module.network.branches, module.terms)
    for term in ("fused", *BOTH):
        module.zero_grad()
        module.terms[term].backward(retain_graph=True)
        for name in BOTH if term == "fused" else (term,):
            own = [p.grad.flatten() for p in module.network.branches[name].parameters()]  # type: ignore[union-attr]
            torch.testing.assert_close(found[name][term], torch.cat(own).double())


def test_norms_and_cosine_by_hand() -> None:
    row = gradient_row(torch.tensor([3.0, 4.0]).double(), torch.tensor([4.0, -3.0]).double())
    assert row == {"fused_norm": 5.0, "side_norm": 5.0, "cosine": 0.0}
    row = gradient_row(torch.tensor([3.0, 4.0]).double(), torch.tensor([-0.6, -0.8]).double())
    assert (row["side_norm"], row["cosine"]) == pytest.approx((1.0, -1.0))
    stopped = gradient_row(torch.zeros(2).double(), torch.ones(2).double())
    assert (stopped["fused_norm"], math.isnan(stopped["cosine"])) == (0.0, True)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_share_of_the_fusions_gradient_is_seen_in_the_first_note(
    share: float,
    kept: dict[str, Path],
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    fold: Fold,
    tmp_path: Path,
) -> None:
    recipe = make_recipe(diary={"every": 2}, network={"fusion_gradient": share})
    scaled = load_diary(train_run(recipe, corpus, fold, "n2", tmp_path) / "diary.csv")[:2]
    full = load_diary(kept["n2"] / "diary.csv")[:2]
    np.testing.assert_allclose(scaled["fused_norm"], share * full["fused_norm"], rtol=1e-5)
    np.testing.assert_allclose(scaled["side_norm"], full["side_norm"], rtol=1e-6)
