"""Saving and loading networks with all that is needed to use and to judge them."""

from mrpn.weights.calibration import COVERAGES, Calibration, Doubt, evidence
from mrpn.weights.card import render_card, write_card
from mrpn.weights.external import read_state_dict
from mrpn.weights.header import Shared, TrainingData, WeightsHeader
from mrpn.weights.materials import Material, Measured, Plan
from mrpn.weights.reading import preprocessing_of
from mrpn.weights.registry import (
    ShippedWeights,
    find_weights,
    read_registry,
    shipped_weights,
    write_registry,
)
from mrpn.weights.storage import load_weights, read_header, save_weights

__all__ = [
    "COVERAGES",
    "Calibration",
    "Doubt",
    "Material",
    "Measured",
    "Plan",
    "Shared",
    "ShippedWeights",
    "TrainingData",
    "WeightsHeader",
    "evidence",
    "find_weights",
    "load_weights",
    "preprocessing_of",
    "read_header",
    "read_registry",
    "read_state_dict",
    "render_card",
    "save_weights",
    "shipped_weights",
    "write_card",
    "write_registry",
]
