"""Samples and augmentation, the Lightning module and data module, runs over folds."""

from mrpn.training.collect import Collected, collect, export_results
from mrpn.training.experiment import train_recipe
from mrpn.training.recipe import STRATEGIES, Recipe, Strategy
from mrpn.training.run import train_run

__all__ = [
    "STRATEGIES",
    "Collected",
    "Recipe",
    "Strategy",
    "collect",
    "export_results",
    "train_recipe",
    "train_run",
]
