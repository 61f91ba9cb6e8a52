"""Samples and augmentation, the Lightning module and data module, runs over folds."""

from mrpn.training.collect import BOUNDS, PROBLEMS, export_results, report_inputs
from mrpn.training.experiment import train_recipe
from mrpn.training.recipe import STRATEGIES, Recipe, Strategy
from mrpn.training.run import train_run

__all__ = [
    "BOUNDS",
    "PROBLEMS",
    "STRATEGIES",
    "Recipe",
    "Strategy",
    "export_results",
    "report_inputs",
    "train_recipe",
    "train_run",
]
