"""Small networks and inputs that the tests of this room share."""

from collections.abc import Callable

import pytest
import torch

from mrpn.network import BranchSpec, MultiModalNetwork, NetworkSpec, Sequence, Target, build_network


@pytest.fixture(autouse=True)
def _repeatable() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture
def make_network() -> Callable[..., MultiModalNetwork]:
    """Build a tiny network over vectors of width 3: `make_network("n2", "audio", "video")`."""

    def make(kind: str, *modalities: str, aggregator: str = "lstm", **options) -> MultiModalNetwork:
        branch = BranchSpec(
            encoder="mlp", in_channels=3, width=4, aggregator=aggregator, features=4
        )
        settings = {"targets": {"class": Target(size=3)}, "hidden": 8} | options
        branches = dict.fromkeys(modalities, branch)
        return build_network(NetworkSpec(branches=branches, kind=kind, **settings))

    return make


@pytest.fixture
def make_batch() -> Callable[..., dict[str, Sequence]]:
    """Draw sequences of width 3 by lengths: `make_batch(audio=[2, 0], video=[1, 3])`."""

    def make(**lengths: list[int]) -> dict[str, Sequence]:
        return {
            name: Sequence.from_list([torch.randn(n, 3) for n in rows])
            for name, rows in lengths.items()
        }

    return make
