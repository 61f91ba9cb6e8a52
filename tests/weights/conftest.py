"""A small network and its header, that the tests of this room share."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import torch

from fer2013 import unpack_faces
from mrpn.network import BranchSpec, MultiModalNetwork, NetworkSpec, Sequence, Target, build_network
from mrpn.weights import TrainingData, WeightsHeader


@pytest.fixture(scope="session")
def unpacked_faces(
    data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Path]]:
    """Where FER2013 is: `MRPN_FER2013`, or unpacked from the real data when it is first wanted."""
    temporary = tmp_path_factory.mktemp("faces")

    @cache
    def folder() -> Path:
        if named := os.environ.get("MRPN_FER2013"):
            return Path(named)
        if (data / "fer2013" / "train").is_dir():
            return data / "fer2013"
        return unpack_faces(data / "fer2013" / "fer2013.tar.xz", temporary)

    yield folder
    shutil.rmtree(temporary, ignore_errors=True)


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture
def batch() -> dict[str, Sequence]:
    return {
        "audio": Sequence.from_list([torch.randn(n, 1, 16, 16) for n in (2, 0, 3)]),
        "video": Sequence.from_list([torch.randn(n, 3, 16, 16) for n in (1, 2, 0)]),
    }


@pytest.fixture
def network(batch) -> MultiModalNetwork:
    branches = {
        "audio": BranchSpec(in_channels=1, width=2, features=4),
        "video": BranchSpec(in_channels=3, width=2, features=4, aggregator="bilstm"),
    }
    targets = {"class": Target(size=3)}
    network = build_network(NetworkSpec(branches=branches, targets=targets, hidden=8))
    network(batch)  # moves the running statistics away from their start
    return network


@pytest.fixture
def header(network) -> WeightsHeader:
    return WeightsHeader(
        network=network.spec,
        classes={"class": ("angry", "happy", "sad")},
        preprocessing={"rate": 16000, "spectrogram": {"window": 512}},
        training_data=(TrainingData(name="made up", licence="CC0", part="actors 1 to 4"),),
        licence="Apache-2.0",
        protocol="strict",
        metrics={"accuracy": 0.5},
    )
