import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from mrpn.common.errors import ConfigError
from mrpn.network import FeatureLayerNorm, FeatureNorm
from mrpn.network.norm import MapNorm

CLOSE = {"rtol": 0, "atol": 1e-6}


def test_the_biased_variance_normalises_and_the_unbiased_one_is_kept():
    norm = FeatureNorm(1)
    # Mean 2, biased variance 8/3, unbiased variance 4.
    out = norm(torch.tensor([[0.0], [2.0], [4.0]]))
    expected = torch.tensor([[-1.2247426], [0.0], [1.2247426]])
    torch.testing.assert_close(out, expected, **CLOSE)
    assert norm.running_mean.item() == pytest.approx(0.2)
    assert norm.running_var.item() == pytest.approx(0.9 + 0.4)


@given(rows=st.integers(2, 9), features=st.integers(1, 4), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_without_absent_rows_it_is_batchnorm1d(rows, features, seed):
    torch.manual_seed(seed)
    ours, theirs = FeatureNorm(features), nn.BatchNorm1d(features)
    nn.init.normal_(ours.weight)
    nn.init.normal_(ours.bias)
    theirs.load_state_dict(ours.state_dict())
    values = 3 * torch.randn(rows, features) + 1
    torch.testing.assert_close(ours(values), theirs(values), rtol=1e-5, atol=1e-5)
    for (name, own), other in zip(
        ours.state_dict().items(), theirs.state_dict().values(), strict=True
    ):
        torch.testing.assert_close(own, other, msg=name)
    torch.testing.assert_close(ours.eval()(values), theirs.eval()(values))


@pytest.mark.parametrize("garbage", [0.0, 1e6, float("nan"), float("inf")])
def test_absent_rows_come_out_0_and_leave_no_trace(garbage):
    alone, together = FeatureNorm(2), FeatureNorm(2)
    nn.init.ones_(alone.bias)
    nn.init.ones_(together.bias)
    values = torch.randn(3, 2)
    with_absent = torch.cat((values[:1], torch.full((2, 2), garbage), values[1:]))
    present = torch.tensor([True, False, False, True, True])
    out = together(with_absent, present)
    torch.testing.assert_close(out[present], alone(values))
    assert torch.equal(out[~present], torch.zeros(2, 2))
    for own, other in zip(together.buffers(), alone.buffers(), strict=True):
        torch.testing.assert_close(own, other)
    assert torch.equal(together.eval()(with_absent, present)[~present], torch.zeros(2, 2))


def test_presence_may_differ_between_features():
    norm = FeatureNorm(2)
    values = torch.tensor([[0.0, 1.0], [2.0, 5.0], [4.0, 3.0], [9.0, 3.0]])
    present = torch.tensor([[1, 1], [1, 1], [1, 1], [0, 1]]).bool()
    out = norm(values, present)
    torch.testing.assert_close(out[:3, 0], torch.tensor([-1.2247426, 0, 1.2247426]), **CLOSE)
    # Mean 3 and biased variance 2 over four rows.
    torch.testing.assert_close(out[:, 1], torch.tensor([-1.4142100, 1.4142100, 0, 0]), **CLOSE)
    assert out[3, 0] == 0


@pytest.mark.parametrize("present", [[True, False], [False, False]])
def test_fewer_than_two_rows_are_normalised_by_running_statistics_left_unchanged(present):
    norm = FeatureNorm(1)
    norm.running_mean.fill_(1.0)
    norm.running_var.fill_(4.0)
    values = torch.tensor([[3.0], [7.0]], requires_grad=True)
    out = norm(values, torch.tensor(present))
    out.sum().backward()
    assert out[0, 0].item() == pytest.approx(1.0 if present[0] else 0.0, abs=1e-5)
    assert (norm.running_mean.item(), norm.running_var.item()) == (1.0, 4.0)
    assert norm.num_batches_tracked.item() == 0
    assert values.grad is not None and values.grad.isfinite().all()


def test_gradients_are_those_of_batchnorm1d():
    values = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    present = torch.tensor([True, True, False, True])
    assert torch.autograd.gradcheck(lambda v: FeatureNorm(3).double()(v, present), values)


def test_features_of_another_width_are_refused():
    with pytest.raises(ConfigError, match=r"of 2 features was given \[4, 3\]"):
        FeatureNorm(2)(torch.zeros(4, 3))


@pytest.mark.parametrize("training", [True, False])
def test_with_all_features_the_layer_norm_is_pytorchs(training):
    ours, theirs = FeatureLayerNorm(5).train(training), nn.LayerNorm(5)
    nn.init.normal_(ours.weight)
    nn.init.normal_(ours.bias)
    theirs.load_state_dict(ours.state_dict())
    values = 3 * torch.randn(4, 5) + 1
    torch.testing.assert_close(ours(values), theirs(values), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("garbage", [0.0, 1e6, float("nan"), float("inf")])
def test_absent_features_leave_no_trace_in_the_layer_norm_of_their_row(garbage):
    whole, part = FeatureLayerNorm(4), FeatureLayerNorm(2)
    nn.init.ones_(whole.bias)
    nn.init.ones_(part.bias)
    values = torch.randn(2, 2)
    wide = torch.cat((values, torch.full((2, 2), garbage)), dim=1)
    present = torch.tensor([[True, True, False, False]] * 2)
    out = whole(wide, present)
    torch.testing.assert_close(out[:, :2], part(values))
    assert torch.equal(out[:, 2:], torch.zeros(2, 2))
    assert torch.equal(whole(wide, torch.zeros(2, dtype=torch.bool)), torch.zeros(2, 4))


def test_gradients_of_the_layer_norm_are_those_of_its_function():
    values = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    present = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 1], [0, 0, 0, 0]]).bool()
    norm = FeatureLayerNorm(4).double()
    assert torch.autograd.gradcheck(lambda v: norm(v, present), values)


def test_one_map_of_one_value_is_legal_in_training():
    norm = MapNorm(2)
    out = norm(torch.tensor([[[[3.0]], [[5.0]]]]))
    torch.testing.assert_close(out.flatten(), torch.tensor([3.0, 5.0]), rtol=1e-4, atol=0)
    assert norm.running_mean.tolist() == [0.0, 0.0]
    maps = torch.randn(3, 2, 2, 2)
    torch.testing.assert_close(norm(maps), nn.BatchNorm2d(2)(maps))
