import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import (
    BranchSpec,
    MultiModalNetwork,
    MultiTermLoss,
    NetworkSpec,
    Sequence,
    Target,
    build_network,
    late_fusion,
)

TARGETS = {"class": Target(size=3)}


def unimodal(name: str, **options) -> MultiModalNetwork:
    branch = BranchSpec(
        in_channels=1,
        width=2,
        aggregator="transformer",
        features=4,
        aggregator_options={"dropout": 0.5},
    )
    spec = {"branches": {name: branch}, "targets": TARGETS, "kind": "unimodal", "hidden": 8}
    return build_network(NetworkSpec(**spec | options))


def batch(rows: int = 4) -> dict[str, Sequence]:
    return {
        name: Sequence.from_list([torch.randn(2, 1, 8, 8) for _ in range(rows)])
        for name in ("audio", "video")
    }


@pytest.fixture
def networks():
    networks = {name: unimodal(name, seed=1) for name in ("audio", "video")}
    for name, network in networks.items():
        network({name: batch()[name]})  # moves the running statistics away from their start
    return networks


def test_nothing_reaches_the_branches_and_no_buffer_of_theirs_changes(networks):
    fused = late_fusion(networks, hidden=8)
    before = {n: v.clone() for n, v in fused.state_dict().items()}
    fused.train()
    optimiser = torch.optim.AdamW(fused.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        scores = fused(batch(), features=True)
        assert not scores.features["audio"].requires_grad
        assert scores.sides == {}
        MultiTermLoss()(scores, torch.tensor([0, 1, 2, 0])).backward()
        optimiser.step()
    for name, parameter in fused.named_parameters():
        assert parameter.requires_grad != name.startswith("branches."), name
    for name, value in fused.state_dict().items():
        kept = torch.equal(value, before[name])
        assert kept == name.startswith("branches."), name


def test_dropout_of_the_branches_is_off_in_training(networks):
    fused = late_fusion(networks).train()
    given = batch()
    first, second = (fused(given, features=True).features["audio"] for _ in range(2))
    assert torch.equal(first, second)
    with torch.no_grad():
        own = networks["audio"].eval()({"audio": given["audio"]}, features=True).features["audio"]
    assert torch.equal(first, own)


def test_the_given_networks_are_left_as_they_are(networks):
    fused = late_fusion(networks)
    assert networks["audio"].training
    assert all(p.requires_grad for p in networks["audio"].parameters())
    assert fused.branches["audio"] is not networks["audio"].branches["audio"]


def test_it_is_an_n0_that_can_be_declared_and_rebuilt(networks):
    fused = late_fusion(networks, hidden=8, dropout=0.1, seed=2)
    assert (fused.kind, fused.spec.kind, fused.spec.frozen) == ("n0", "n0", True)
    again = build_network(fused.spec)
    again.load_state_dict(fused.state_dict())
    again.train()
    assert not any(m.training for m in again.branches["audio"].modules())
    assert not any(p.requires_grad for p in again.branches.parameters())
    given = batch()
    assert torch.equal(again.eval()(given).fused, fused.eval()(given).fused)


def test_what_is_not_a_unimodal_network_of_its_modality_is_refused(networks):
    with pytest.raises(ConfigError, match="'audio' is of kind n0"):
        late_fusion({"audio": late_fusion(networks)})
    with pytest.raises(ConfigError, match="'voice' is a network of 'audio'"):
        late_fusion({"voice": networks["audio"]})
    with pytest.raises(ConfigError, match="'video' has other targets"):
        other = unimodal("video", targets={"class": Target(size=4)})
        late_fusion({"audio": networks["audio"], "video": other})
    with pytest.raises(ConfigError, match="one uni-modal network or more"):
        late_fusion({})
