"""The six strategies of the paper, each as the network it trains."""

from collections.abc import Mapping

from mrpn.network import MultiModalNetwork, NetworkSpec, Target, build_network, late_fusion
from mrpn.training.recipe import NetworkSettings, Recipe, Strategy

MODALITIES: dict[Strategy, tuple[str, ...]] = {
    "am": ("audio",),
    "vm": ("video",),
    "late": ("audio", "video"),
    "n0": ("audio", "video"),
    "n1": ("audio", "video"),
    "n2": ("audio", "video"),
}
NEEDS: dict[Strategy, tuple[Strategy, ...]] = {"late": ("am", "vm")}


def network_spec(
    settings: NetworkSettings, strategy: Strategy, classes: int, seed: int
) -> NetworkSpec:
    """Return the declaration of a strategy's network; seeds make shared parts start equal."""
    branches = {name: getattr(settings, name) for name in MODALITIES[strategy]}
    kinds = {"am": "unimodal", "vm": "unimodal", "late": "n0"}
    return NetworkSpec.model_validate(
        {
            "branches": {name: branch.model_dump() for name, branch in branches.items()},
            "targets": {"class": Target(size=classes).model_dump()},
            "kind": kinds.get(strategy, strategy),
            "variant": settings.variant,
            "hidden": settings.hidden,
            "dropout": settings.dropout,
            "seed": seed,
        }
    )


def make_network(
    recipe: Recipe,
    strategy: Strategy,
    classes: int,
    seed: int,
    trained: Mapping[str, MultiModalNetwork],
) -> MultiModalNetwork:
    """Build the network of a strategy.

    Args:
        recipe: branches, fusion and dropout.
        strategy: one of the six.
        classes: number of classes.
        seed: fixes the initial weights.
        trained: for `late`, the trained uni-modal networks by modality; else empty.
    """
    if strategy == "late":
        return late_fusion(
            trained, hidden=recipe.network.hidden, dropout=recipe.network.dropout, seed=seed
        )
    return build_network(network_spec(recipe.network, strategy, classes, seed))
