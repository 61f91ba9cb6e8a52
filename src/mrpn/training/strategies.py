"""The strategies of the paper, each as the network it trains."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from mrpn.common.errors import WeightsError
from mrpn.network import MultiModalNetwork, NetworkSpec, Target, build_network, late_fusion
from mrpn.network.branch import Branch
from mrpn.training.recipe import Recipe
from mrpn.weights import load_weights


def network_spec(recipe: Recipe, strategy: str, classes: int, seed: int) -> NetworkSpec:
    """Return the declaration of a strategy's network; seeds make shared parts start equal."""
    settings = recipe.network
    branches = {name: settings.branches[name] for name in recipe.modalities(strategy)}
    kinds = {"late": "n0", "n0": "n0", "n1": "n1", "n2": "n2"}
    return NetworkSpec.model_validate(
        {
            "branches": {name: branch.model_dump() for name, branch in branches.items()},
            "targets": {"class": Target(size=classes).model_dump()},
            "kind": kinds.get(strategy, "unimodal"),
            "variant": settings.variant,
            "hidden": settings.hidden,
            "dropout": settings.dropout,
            "seed": seed,
        }
    )


def make_network(
    recipe: Recipe,
    strategy: str,
    classes: int,
    seed: int,
    trained: Mapping[str, MultiModalNetwork],
) -> MultiModalNetwork:
    """Build the network of a strategy.

    Args:
        recipe: branches, fusion and dropout.
        strategy: one of `recipe.possible`.
        classes: number of classes.
        seed: fixes the initial weights.
        trained: for `late`, the trained uni-modal networks by modality; else empty.
    """
    if strategy == "late":
        return late_fusion(
            trained, hidden=recipe.network.hidden, dropout=recipe.network.dropout, seed=seed
        )
    return build_network(network_spec(recipe, strategy, classes, seed))


def load_encoders(network: MultiModalNetwork, initial: Mapping[str, Path]) -> None:
    """Start the encoders of some modalities from those of trained networks, in place.

    Args:
        network: modalities that it lacks are passed over.
        initial: weights files by modality; each holds a network with a branch of that name.

    Raises:
        WeightsError: a file without such a branch, or with an encoder of another shape.
    """
    for name, path in initial.items():
        if name not in network.modalities:
            continue
        source, _ = load_weights(path)
        if name not in source.modalities:
            known = ", ".join(source.modalities)
            raise WeightsError(f"{path}: has no branch for {name} to start from, only {known}")
        encoders = [cast(Branch, each.branches[name]).encoder for each in (network, source)]
        try:
            encoders[0].load_state_dict(encoders[1].state_dict())
        except RuntimeError as error:
            raise WeightsError(
                f"{path}: its {name} encoder has another shape than the recipe's"
            ) from error
