"""The Lightning module: rates, dropout, sums."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import torch
from torch.optim import AdamW

from mrpn.corpora.folds import Fold
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, train_run
from mrpn.training.module import FusionModule, Tally
from mrpn.training.strategies import make_network

STEPS = 5


@pytest.fixture
def make_module(make_recipe: Callable[..., Recipe]) -> Callable[..., FusionModule]:
    def make(seed: int = 0, **optimisation: Any) -> FusionModule:
        recipe = make_recipe(optimisation=optimisation)
        network = make_network(recipe, "n2", 3, seed, {})
        return FusionModule(network, recipe.optimisation, seed, STEPS)

    return make


def test_plateau_halves_the_rate_after_patience_epochs_without_a_drop(
    make_module: Callable[..., FusionModule],
) -> None:
    module = make_module(rate=0.1, schedule={"name": "plateau", "patience": 2})
    optimizer = module.configure_optimizers()
    rates = []
    for loss in (1.0, 0.9, 0.9, 0.95, 0.91, 0.8, 0.8, 0.8, 0.8):
        module.validation_tally = Tally(loss=loss, clips=1)
        module.on_train_epoch_end()
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates == [0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025]


def test_one_cycle_rises_to_the_rate_and_falls_to_nearly_nothing(
    make_module: Callable[..., FusionModule],
) -> None:
    module = make_module(rate=0.1, epochs=4, schedule={"name": "one-cycle", "warm_up": 0.25})
    chosen = module.configure_optimizers()
    scheduler, rates = chosen["lr_scheduler"]["scheduler"], []
    for _ in range(4 * STEPS - 1):
        rates.append(scheduler.get_last_lr()[0])
        chosen["optimizer"].step()
        scheduler.step()
    rates.append(scheduler.get_last_lr()[0])
    assert max(rates) == pytest.approx(0.1)
    assert rates.index(max(rates)) == pytest.approx(STEPS, abs=1)
    assert rates[0] == pytest.approx(0.004)
    assert rates[-1] < 1e-5
    assert chosen["lr_scheduler"]["interval"] == "step"


def test_only_what_is_trained_is_given_to_the_optimiser(
    make_module: Callable[..., FusionModule],
) -> None:
    module = make_module()
    for parameter in module.network.branches.parameters():
        parameter.requires_grad_(False)
    optimizer = module.configure_optimizers()
    assert isinstance(optimizer, AdamW)
    given = {id(p) for group in optimizer.param_groups for p in group["params"]}
    assert given == {id(p) for p in module.network.parameters() if p.requires_grad}


def test_dropout_of_a_batch_hangs_on_seed_epoch_and_place_alone(
    make_module: Callable[..., FusionModule], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = make_module()
    masks = []

    def forward(_: object) -> SimpleNamespace:
        masks.append(torch.nn.functional.dropout(torch.ones(50)).tolist())
        return SimpleNamespace(fused=torch.zeros(1, 3))

    batch: Any = SimpleNamespace(inputs={}, labels=torch.zeros(1, dtype=torch.long))
    monkeypatch.setattr(module.network, "forward", forward)
    monkeypatch.setattr(module.loss, "forward", lambda *_: torch.tensor(0.0))
    for epoch, index, seed in ((0, 0, 0), (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)):
        monkeypatch.setattr(FusionModule, "current_epoch", epoch)
        module.seed = seed
        torch.rand(7)
        module.training_step(batch, index)
    assert masks[0] == masks[1]
    assert len({tuple(mask) for mask in masks}) == 4


def test_the_tally_weighs_batches_by_their_clips() -> None:
    tally = Tally()
    tally.add(torch.tensor(1.0), torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([1, 1]))
    tally.add(torch.tensor(4.0), torch.tensor([[1.0, 0.0]]), torch.tensor([0]))
    assert tally.means() == (pytest.approx(2.0), pytest.approx(2 / 3))
    assert Tally().means() == (0.0, 0.0)


def test_a_stalled_plateau_run_ends_early(
    make_recipe: Callable[..., Recipe], corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    schedule = {"name": "plateau", "patience": 0, "stop_after": 2}
    recipe = make_recipe(optimisation={"epochs": 30, "rate": 0.5, "schedule": schedule})
    curve = pd.read_csv(train_run(recipe, corpus, fold, "am", tmp_path) / "history.csv")
    best = int(curve["validation_loss"].idxmin())
    assert len(curve) == best + 3 < 30
    assert curve["rate"].iloc[-1] < 0.5
