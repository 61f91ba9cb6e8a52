"""Weights of other makers, such as an ImageNet file, as plain tensors by name."""

import pickle
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from mrpn.common.errors import WeightsError


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """Read tensors by name from a safetensors file or a PyTorch file of plain tensors.

    A PyTorch file is read with `weights_only=True`: nothing in it is ever run. A file that holds
    the tensors under "state_dict" or "model" is understood.

    Raises:
        WeightsError: a file that cannot be read, or holds anything but tensors by name.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise WeightsError(f"{path}: cannot read the weights: {error.strerror}") from error
    except (SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise WeightsError(f"{path}: not a file of plain tensors") from error
    if isinstance(content, dict):
        for key in ("state_dict", "model"):
            if isinstance(content.get(key), dict):
                content = content[key]
    tensors = isinstance(content, dict) and all(isinstance(v, Tensor) for v in content.values())
    if not tensors or not content:
        raise WeightsError(f"{path}: holds no tensors by name")
    return {str(name): value for name, value in content.items()}
