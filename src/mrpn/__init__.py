"""Emotion recognition from face and voice together.

The reference implementation of the Multi-Modal Residual Perceptron Network (Chang and Skarbek,
Sensors 2021). The names here are the public ones; each loads its room when it is first used.
"""

import os
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mrpn.network import MultiModalNetwork, ResidualPerceptron
    from mrpn.recognition import Recognizer

__all__ = ["MultiModalNetwork", "Recognizer", "ResidualPerceptron", "__version__"]

__version__ = version("mrpn")

# ONNX Runtime reports its use to its makers unless it finds this before it is first imported.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

_ROOMS = {
    "MultiModalNetwork": "mrpn.network",
    "Recognizer": "mrpn.recognition",
    "ResidualPerceptron": "mrpn.network",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'mrpn' has no attribute '{name}'")
    return getattr(import_module(_ROOMS[name]), name)
