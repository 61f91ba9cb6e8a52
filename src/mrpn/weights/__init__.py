"""Saving and loading networks with all that is needed to use and to judge them."""

from mrpn.weights.card import render_card, write_card
from mrpn.weights.external import read_state_dict
from mrpn.weights.header import TrainingData, WeightsHeader
from mrpn.weights.storage import load_weights, read_header, save_weights

__all__ = [
    "TrainingData",
    "WeightsHeader",
    "load_weights",
    "read_header",
    "read_state_dict",
    "render_card",
    "save_weights",
    "write_card",
]
