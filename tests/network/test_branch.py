import pytest
import torch
from torch import nn

from mrpn.common.errors import ConfigError
from mrpn.network import Branch, BranchSpec, ResNet18, Sequence, aggregator, build_branch, encoder


@pytest.fixture
def branch():
    return Branch(ResNet18(1, 2), aggregator("lstm", in_features=16, features=4))


def test_the_encoder_sees_valid_elements_alone(branch):
    seen = []
    branch.encoder.register_forward_pre_hook(lambda _, given: seen.append(given[0].shape))
    values = torch.rand(3, 4, 1, 8, 8)
    assert branch(Sequence(values, torch.tensor([2, 0, 3]))).shape == (3, 4)
    assert seen == [(5, 1, 8, 8)]


def test_padding_leaves_no_trace_in_the_encoders_statistics():
    images = torch.rand(5, 1, 8, 8)
    states = []
    for padding in (0, 6):
        torch.manual_seed(0)
        branch = Branch(ResNet18(1, 2), aggregator("mean", in_features=16, features=16))
        values = torch.cat((images[None], torch.zeros(1, padding, 1, 8, 8)), dim=1)
        branch(Sequence(values, torch.tensor([5])))
        states.append(branch.state_dict())
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_the_encoder_is_not_run_on_nothing(branch):
    branch.encoder.register_forward_pre_hook(lambda *_: pytest.fail("the encoder was run"))
    features = branch(Sequence.missing(2))
    assert features.tolist() == [[0.0] * 4] * 2


def test_features_of_an_autocast_encoder_are_in_full_precision(branch):
    sequence = Sequence.from_list([torch.rand(2, 1, 8, 8), torch.rand(1, 1, 8, 8)])
    seen = []
    branch.encoder.register_forward_hook(lambda _, __, out: seen.append(out.dtype))
    with torch.autocast("cpu", torch.bfloat16):
        features = branch(sequence)
    assert seen == [torch.bfloat16]
    assert features.dtype == torch.float32


def test_a_frozen_branch_stays_in_test_mode_and_builds_no_graph(branch):
    branch.freeze()
    nn.ModuleDict({"audio": branch}).train()
    assert not any(module.training for module in branch.modules())
    values = torch.rand(1, 2, 1, 8, 8, requires_grad=True)
    assert not branch(Sequence(values, torch.tensor([2]))).requires_grad
    branch.requires_grad_(True)
    assert not branch(Sequence(values, torch.tensor([2]))).requires_grad


def test_parts_that_do_not_fit_each_other_are_refused():
    with pytest.raises(ConfigError, match="gives 3 features, its aggregator reads 5"):
        Branch(encoder("identity", in_channels=3), aggregator("mean", in_features=5, features=5))
    with pytest.raises(ConfigError, match="Flatten lacks its width"):
        Branch(nn.Flatten(), aggregator("mean", in_features=5, features=5))


def test_a_frozen_encoder_takes_no_gradient_and_no_statistics_while_the_aggregator_learns():
    spec = BranchSpec(in_channels=1, width=2, stem_stride=1, features=3)
    branch = build_branch(spec, "video").freeze_encoder().train()
    before = {name: value.clone() for name, value in branch.encoder.state_dict().items()}
    branch(Sequence.from_list([torch.randn(4, 1, 8, 8)])).sum().backward()
    assert all(torch.equal(value, before[n]) for n, value in branch.encoder.state_dict().items())
    assert all(p.grad is None for p in branch.encoder.parameters())
    assert all(p.grad is not None for p in branch.aggregator.parameters())
    assert branch.training
    assert branch.aggregator.training
    assert not branch.encoder.training
