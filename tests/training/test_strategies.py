"""The strategies' networks."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from mrpn.network import DensePerceptron, Wiring
from mrpn.training import Recipe
from mrpn.training.strategies import make_network


@pytest.fixture
def networks(recipe: Recipe) -> dict[str, Any]:
    made: dict[str, Any] = {
        strategy: make_network(recipe, strategy, 3, 5, {})
        for strategy in recipe.possible
        if strategy != "late"
    }
    trained = {"audio": made["am"], "video": made["vm"]}
    return made | {"late": make_network(recipe, "late", 3, 5, trained)}


def test_every_strategy_has_its_kind_and_modalities(
    networks: dict[str, Any], recipe: Recipe
) -> None:
    kinds = {strategy: network.kind for strategy, network in networks.items()}
    assert kinds == {
        "am": "unimodal",
        "vm": "unimodal",
        "late": "n0",
        "n0": "n0",
        "n1": "n1",
        "n2": "n2",
    }
    for strategy, network in networks.items():
        assert network.modalities == recipe.modalities(strategy)


def test_branches_of_all_strategies_start_equal(networks: dict[str, Any]) -> None:
    expected = networks["n2"].state_dict()
    for network in networks.values():
        for name, value in network.state_dict().items():
            if name.startswith("branches."):
                assert torch.equal(value, expected[name])


def test_only_late_fusion_has_frozen_branches(
    networks: dict[str, Any], make_recipe: Callable[..., Recipe]
) -> None:
    for strategy, network in networks.items():
        trained = [p.requires_grad for p in network.branches.parameters()]
        assert any(trained) is (strategy != "late")
        assert all(trained) is (strategy != "late")


def test_every_fused_strategy_is_joined_as_the_recipe_says(
    make_recipe: Callable[..., Recipe],
) -> None:
    joints = {"norm": "layer", "update": "dense", "side": "f'"}
    recipe = make_recipe(network=joints)
    trained = {"audio": "am", "video": "vm"}
    alone = {name: make_network(recipe, strategy, 3, 5, {}) for name, strategy in trained.items()}
    for strategy in ("late", "n0", "n1", "n2"):
        network = make_network(recipe, strategy, 3, 5, alone if strategy == "late" else {})
        assert network.wiring == Wiring(**joints)
        assert network.spec is not None
        assert network.spec.joints() == network.wiring.joints()
        assert {type(update) for update in network.updates.values()} == {DensePerceptron}


def test_the_capacity_matched_n1_has_as_many_parameters_as_n2(
    make_recipe: Callable[..., Recipe],
) -> None:
    def parameters(recipe: Recipe, strategy: str) -> int:
        return sum(p.numel() for p in make_network(recipe, strategy, 3, 5, {}).parameters())

    plain, matched = make_recipe(), make_recipe(network={"update": "dense"})
    assert parameters(matched, "n1") == parameters(plain, "n2") > parameters(plain, "n1")
