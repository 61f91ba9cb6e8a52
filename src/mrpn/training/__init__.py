"""Samples and augmentation, the Lightning module and data module, runs over folds."""

from mrpn.training.collect import BOUNDS, PROBLEMS, export_results, report_inputs
from mrpn.training.experiment import train_recipe
from mrpn.training.recipe import Recipe
from mrpn.training.run import train_run

__all__ = [
    "BOUNDS",
    "PROBLEMS",
    "Recipe",
    "export_results",
    "report_inputs",
    "train_recipe",
    "train_run",
]
