"""The strategies of the paper, each as the network it trains."""

from collections.abc import Mapping

from mrpn.network import MultiModalNetwork, NetworkSpec, Target, build_network, late_fusion
from mrpn.training.recipe import Recipe


def network_spec(recipe: Recipe, strategy: str, classes: int, seed: int) -> NetworkSpec:
    """Return the declaration of a strategy's network; seeds make shared parts start equal."""
    settings = recipe.network
    branches = {name: settings.branches[name] for name in recipe.modalities(strategy)}
    kinds = {"late": "n0", "n0": "n0", "n1": "n1", "n2": "n2"}
    return NetworkSpec.model_validate(
        {
            "branches": {name: branch.declared() for name, branch in branches.items()},
            "targets": {"class": Target(size=classes).model_dump()},
            "kind": kinds.get(strategy, "unimodal"),
            "variant": settings.variant,
            "hidden": settings.hidden,
            "dropout": settings.dropout,
            "seed": seed,
            **settings.joints(),
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
        recipe: branches, and what lies above them.
        strategy: one of `recipe.possible`.
        classes: number of classes.
        seed: fixes the initial weights.
        trained: for `late`, the trained uni-modal networks by modality; else empty.
    """
    if strategy == "late":
        settings = recipe.network
        return late_fusion(
            trained,
            hidden=settings.hidden,
            dropout=settings.dropout,
            seed=seed,
            variant=settings.variant,
            wiring=settings,
        )
    return build_network(network_spec(recipe, strategy, classes, seed))
