"""The networks that are drawn: those of the recipes in kind and wiring, tiny in size."""

import torch

from drawing.anatomy import Anatomy, dissect
from mrpn.network import (
    BranchSpec,
    Kind,
    MultiModalNetwork,
    NetworkSpec,
    Sequence,
    Target,
    build_network,
    late_fusion,
)
from mrpn.network.seeding import seeded

FACE_AND_VOICE = {"audio": 1, "video": 3}
"""Modalities with the channels of their pictures."""
THREE = {"posture": 4, "pulse": 4, "touch": 4}
"""Modalities with the width of their vectors, as in `examples/three_modalities.py`."""
EMOTION = {"class": Target(size=3)}
MOOD_AND_LOAD = {"mood": Target(size=3), "load": Target(kind="regression", size=1)}

_SIDE = 16
_ROWS = 4


def face_and_voice(
    kind: Kind, *modalities: str, fusion_gradient: float = 1.0, seed: int = 0
) -> MultiModalNetwork:
    """Make a network of the paper with its own encoders and aggregators, at a width of two."""
    branches = {
        name: BranchSpec(in_channels=channels, width=2, stem_stride=1, features=6)
        for name, channels in FACE_AND_VOICE.items()
        if name in (modalities or FACE_AND_VOICE)
    }
    spec = NetworkSpec(
        branches=branches,
        targets=EMOTION,
        kind=kind,
        hidden=32,
        dropout=0,
        seed=seed,
        fusion_gradient=fusion_gradient,
    )
    return build_network(spec)


def late(seed: int = 0) -> MultiModalNetwork:
    """Make late fusion of two uni-modal networks."""
    alone = {name: face_and_voice("unimodal", name, seed=seed) for name in FACE_AND_VOICE}
    return late_fusion(alone, hidden=32, dropout=0, seed=seed)


def three_modalities(targets: dict[str, Target]) -> MultiModalNetwork:
    """Make an MRPN of three modalities that are neither face nor voice."""
    branch = BranchSpec(encoder="mlp", in_channels=4, width=6, aggregator="mean", features=6)
    branches = dict.fromkeys(THREE, branch)
    return build_network(NetworkSpec(branches=branches, targets=targets, hidden=32, dropout=0))


def batch_for(network: MultiModalNetwork) -> dict[str, Sequence]:
    """Draw a batch in which every row has every modality, 1 to 3 elements each."""
    found = {}
    for name in network.modalities:
        shape = (FACE_AND_VOICE[name], _SIDE, _SIDE) if name in FACE_AND_VOICE else (THREE[name],)
        with seeded(0, f"diagram.{name}"):
            rows = [torch.randn(1 + row % 3, *shape) for row in range(_ROWS)]
        found[name] = Sequence.from_list(rows)
    return found


def truth_for(network: MultiModalNetwork) -> dict[str, torch.Tensor]:
    """Return a truth of every target for that batch."""
    rows = torch.arange(_ROWS)
    return {
        name: rows % target.size if target.kind == "classification" else rows / _ROWS
        for name, target in network.targets.items()
    }


def anatomy(network: MultiModalNetwork, whole_branches: bool = False) -> Anatomy:
    """Return the parts and arrows of one of these networks."""
    return dissect(network, batch_for(network), truth_for(network), whole_branches)
