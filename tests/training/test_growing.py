"""Crops that grow: how large they are when, and what the network meets."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from mrpn.common.errors import ConfigError
from mrpn.network import Sequence
from mrpn.training import Recipe
from mrpn.training.dataset import Batch
from mrpn.training.growing import shrunk, side_in
from mrpn.training.module import FusionModule
from mrpn.training.recipe import Growing
from mrpn.training.strategies import make_network


@pytest.mark.parametrize(
    ("whole", "start", "until", "sides"),
    [
        (48, 0.5, 0.8, [24, 24, 24, 32, 32, 32, 40, 40, 48, 48]),
        (48, 0.66, 1.0, [32, 32, 32, 32, 32, 40, 40, 40, 40, 40]),
        (50, 0.5, 0.8, [24, 24, 32, 32, 40, 40, 48, 48, 50, 50]),
        (10, 0.1, 0.5, [8, 8, 8, 8, 8, 10, 10, 10, 10, 10]),
        (6, 0.5, 0.5, [6] * 10),
    ],
)
def test_the_side_grows_evenly_in_steps_of_8_and_ends_whole(
    whole: int, start: float, until: float, sides: list[int]
) -> None:
    settings = Growing(start=start, until=until)
    assert [side_in(epoch, 10, whole, settings) for epoch in range(10)] == sides
    assert side_in(10, 10, whole, settings) == whole


def test_a_pixel_is_the_mean_of_those_it_covers() -> None:
    values = torch.zeros(1, 2, 1, 4, 4)
    values[0, 1, 0, :2, 2:] = 3.0
    crops = shrunk(Sequence(values, torch.tensor([2])), 2)
    assert crops.values.shape == (1, 2, 1, 2, 2)
    assert crops.lengths.tolist() == [2]
    # The means of 2 x 2, as the wider weights of a bilinear filter have them.
    assert crops.values[0, 0].abs().max() == 0
    assert crops.values[0, 1].mean() == pytest.approx(values[0, 1].mean().item())
    assert crops.values[0, 1].argmax() == 1
    even = torch.full((1, 1, 1, 8, 8), 0.7)
    assert torch.allclose(shrunk(Sequence(even, torch.tensor([1])), 3).values, torch.tensor(0.7))


def test_crops_of_that_size_are_left_alone() -> None:
    crops = Sequence(torch.rand(1, 1, 1, 4, 4), torch.tensor([1]))
    assert shrunk(crops, 4) is crops


def test_the_network_meets_small_crops_at_first_and_whole_ones_in_evaluation(
    make_recipe: Callable[..., Recipe], monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = {"epochs": 4, "growing": {"start": 0.5, "until": 0.75}}
    recipe = make_recipe(optimisation=growing)
    module = FusionModule(make_network(recipe, "vm", 3, 0, {}), recipe.optimisation, 0, 1)
    met: list[int] = []
    encoder = module.network.branches["video"].encoder
    original = encoder.forward

    def forward(crops: Tensor) -> Tensor:
        met.append(crops.shape[-1])
        return original(crops)

    monkeypatch.setattr(encoder, "forward", forward)
    channels = recipe.network.branches["video"].in_channels
    crops = Sequence(torch.rand(2, 1, channels, 32, 32), torch.ones(2, dtype=torch.long))
    batch = Batch({"video": crops}, torch.tensor([0, 1]), torch.tensor([0, 1]))
    for epoch in range(4):
        monkeypatch.setattr(FusionModule, "current_epoch", epoch)
        module.training_step(batch, 0)
    module.validation_step(batch, 0)
    assert met == [16, 16, 24, 32, 32]


@pytest.mark.parametrize(
    "branches",
    [
        {"audio": {"in_channels": 1}},
        {"video": {"encoder": "mlp", "in_channels": 3}},
        {"video": {"in_channels": 1, "frozen": True, "encoded": True}},
    ],
    ids=["no crops", "no pictures", "run beforehand"],
)
def test_growth_without_crops_that_an_encoder_learns_from_is_refused(
    make_recipe: Callable[..., Recipe], branches: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=r"optimisation\.growing: only a resnet18 of crops"):
        make_recipe(
            network={"branches": branches},
            optimisation={"growing": {}},
            augmentation={"spatial": None},
            preprocessing={"channels": 1},
        )
