"""Weights of networks as a recipe starts them, for tests of what starts from weights."""

from pathlib import Path

from mrpn.training import Recipe
from mrpn.training.strategies import make_network
from mrpn.weights import WeightsHeader, save_weights


def save_untrained(path: Path, recipe: Recipe, strategy: str = "n2") -> Path:
    """Write the network of a strategy, two classes and random values; return the path."""
    network = make_network(recipe, strategy, 2, recipe.seed, {})
    assert network.spec is not None
    header = WeightsHeader(
        network=network.spec,
        classes={"class": ("happy", "sad")},
        preprocessing=recipe.preprocessing.model_dump(mode="json"),
        licence="CC0-1.0",
    )
    save_weights(path, network, header)
    return path
