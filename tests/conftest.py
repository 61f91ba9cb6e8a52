"""What all tests share: one thread, and the real data where it is."""

import os
from pathlib import Path

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; tests that need it are skipped, with the reason, without it."""
    default = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
    folder = Path(os.environ.get("MRPN_DATA", default)).resolve()
    if not (folder / "clips").is_dir():
        pytest.skip(f"no real data at {folder}; name its folder with MRPN_DATA")
    return folder
