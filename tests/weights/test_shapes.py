"""Shapes of declared networks: those of the built ones, and no memory taken for them."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from mrpn.network import BranchSpec, NetworkSpec, Target, build_network, encoders, register_encoder
from mrpn.weights.shapes import shapes_of

# Says by how many megabytes a process grew, and whether torch imported what draws values on "meta".
HUGE = """
import resource, sys
from mrpn.network import BranchSpec, NetworkSpec
from mrpn.weights.shapes import shapes_of
branch = BranchSpec(in_channels=1, width=64, features=65_536)
spec = NetworkSpec(branches={"audio": branch}, targets={"class": {"size": 3}}, kind="unimodal")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
shapes = shapes_of(spec)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
print("sympy" in sys.modules, shapes["branches.audio.aggregator.lstm.weight_hh_l0"])
"""


@pytest.mark.parametrize("aggregator", ["lstm", "bilstm", "transformer", "mean"])
@pytest.mark.parametrize("joints", [{}, {"norm": "layer", "update": "dense"}, {"frozen": True}])
def test_they_are_those_of_the_network_that_is_built(aggregator, joints):
    branches = {
        "audio": BranchSpec(in_channels=1, width=2, features=8, aggregator=aggregator),
        "pulse": BranchSpec(in_channels=3, width=4, encoder="mlp", features=8),
    }
    targets = {"class": Target(size=3), "calm": Target(kind="regression", size=1)}
    spec = NetworkSpec(branches=branches, targets=targets, hidden=8, **joints)
    state = build_network(spec).state_dict()
    before = torch.get_rng_state()
    assert shapes_of(spec) == {name: list(value.shape) for name, value in state.items()}
    assert torch.equal(torch.get_rng_state(), before)


def test_a_network_of_tens_of_gigabytes_takes_no_memory_and_no_time_to_import():
    ran = subprocess.run([sys.executable, "-c", HUGE], capture_output=True, text=True, check=True)
    grown, said = ran.stdout.splitlines()
    assert int(grown) < 100
    assert said == "False [262144, 65536]"


def test_a_registered_part_may_look_at_values_while_it_is_made(monkeypatch):
    class Looking(nn.Linear):
        def __init__(self, in_channels):
            steps = [step.item() for step in torch.linspace(0, 1, in_channels)]
            super().__init__(in_channels, len(steps))
            self.out_features = len(steps)

    monkeypatch.setattr(encoders, "_factories", dict(encoders._factories))
    register_encoder("looking")(Looking)
    branch = BranchSpec(encoder="looking", in_channels=3, features=4)
    spec = NetworkSpec(branches={"a": branch}, targets={"class": Target(size=2)}, kind="unimodal")
    assert shapes_of(spec)["branches.a.encoder.weight"] == [3, 3]
