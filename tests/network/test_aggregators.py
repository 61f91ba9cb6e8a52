import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.common.errors import ConfigError
from mrpn.network import aggregator, aggregators
from mrpn.network.aggregators import positions

NAMES = ["bilstm", "lstm", "mean", "transformer"]


def test_every_registered_aggregator_is_tested_here():
    assert aggregators.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
@given(lengths=st.lists(st.integers(0, 5), min_size=1, max_size=5), seed=st.integers(0, 9))
@settings(max_examples=15, deadline=None)
def test_a_row_is_aggregated_as_if_it_were_alone(name, lengths, seed):
    torch.manual_seed(seed)
    aggregate = aggregator(name, in_features=3, features=4).eval()
    rows = [torch.randn(n, 3) for n in lengths]
    together = aggregate(torch.cat(rows), torch.tensor(lengths))
    assert together.shape == (len(lengths), 4)
    for row, features in zip(rows, together, strict=True):
        if len(row):
            alone = aggregate(row, torch.tensor([len(row)]))[0]
            torch.testing.assert_close(features, alone, rtol=1e-5, atol=1e-6)
        else:
            assert features.tolist() == [0.0] * 4


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_of_nothing_is_all_zeros(name):
    aggregate = aggregator(name, in_features=3, features=4)
    assert aggregate(torch.zeros(0, 3), torch.tensor([0, 0])).tolist() == [[0.0] * 4] * 2


def test_mean_is_the_average_of_the_valid_elements():
    aggregate = aggregator("mean", in_features=1, features=1)
    elements = torch.tensor([[1.0], [2.0], [6.0], [5.0]])
    assert aggregate(elements, torch.tensor([3, 0, 1])).tolist() == [[3.0], [0.0], [5.0]]


def test_lstm_gives_the_output_at_the_last_valid_element():
    aggregate = aggregator("lstm", in_features=3, features=4, layers=2)
    rows = [torch.randn(2, 3), torch.randn(5, 3)]
    expected = torch.stack([aggregate.lstm(row[:, None])[0][-1, 0] for row in rows])
    torch.testing.assert_close(aggregate(torch.cat(rows), torch.tensor([2, 5])), expected)


def test_bilstm_gives_the_last_output_of_each_direction():
    aggregate = aggregator("bilstm", in_features=3, features=4)
    rows = [torch.randn(2, 3), torch.randn(5, 3)]
    outputs = [aggregate.lstm(row[:, None])[0][:, 0] for row in rows]
    expected = torch.stack([torch.cat((out[-1, :2], out[0, 2:])) for out in outputs])
    torch.testing.assert_close(aggregate(torch.cat(rows), torch.tensor([2, 5])), expected)


def test_order_matters_to_all_but_the_mean():
    elements = torch.randn(4, 3)
    for name in NAMES:
        aggregate = aggregator(name, in_features=3, features=4).eval()
        forwards = aggregate(elements, torch.tensor([4]))
        backwards = aggregate(elements.flip(0), torch.tensor([4]))
        same = torch.allclose(forwards, backwards, atol=1e-5)
        assert same == (name == "mean"), name


def test_layers_of_a_transformer_start_with_different_values():
    first, second = aggregator("transformer", in_features=4, features=4).layers
    assert not torch.equal(first.linear1.weight, second.linear1.weight)


def test_positions_are_sines_and_cosines():
    found = positions(torch.arange(2), 3)
    expected = torch.tensor([[0.0, 1.0, 0.0], [0.841471, 0.540302, 0.002154]])
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("lstm", {"features": 4, "layers": 0}, "layers=0"),
        ("lstm", {"features": 4, "dropout": 0.5}, "two or more"),
        ("bilstm", {"features": 5}, "cannot be halved"),
        ("transformer", {"features": 6}, "no multiple of heads=4"),
        ("transformer", {"features": 4, "dropout": 1.0}, "dropout=1.0"),
        ("mean", {"features": 0}, "sizes of 1 or more"),
        ("gru", {"features": 4}, "unknown aggregator 'gru'"),
    ],
)
def test_options_that_do_not_fit_are_refused(name, options, line):
    with pytest.raises(ConfigError, match=line):
        aggregator(name, in_features=3, **options)


def test_elements_that_do_not_fit_are_refused():
    aggregate = aggregator("mean", in_features=3, features=3)
    with pytest.raises(ConfigError, match=r"3 features was given \[2, 4\]"):
        aggregate(torch.zeros(2, 4), torch.tensor([2]))
    with pytest.raises(ConfigError, match="2 elements for lengths that sum to 3"):
        aggregate(torch.zeros(2, 3), torch.tensor([3]))
