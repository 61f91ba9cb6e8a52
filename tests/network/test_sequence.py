import pytest
import torch

from mrpn.common.errors import ConfigError
from mrpn.network import Sequence


def test_sequences_are_padded_with_zeros_at_the_end():
    sequence = Sequence.from_list([torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0]])])
    assert sequence.values.tolist() == [[[1.0], [2.0]], [[3.0], [0.0]]]
    assert sequence.lengths.tolist() == [2, 1]
    assert sequence.lengths.dtype == torch.int64


def test_flat_gives_the_valid_elements_alone():
    values = torch.tensor([[[1.0], [2.0]], [[9.0], [9.0]], [[3.0], [9.0]]])
    sequence = Sequence(values, torch.tensor([2, 0, 1]))
    assert sequence.flat().tolist() == [[1.0], [2.0], [3.0]]
    assert sequence.present.tolist() == [True, False, True]


def test_flat_of_full_rows_copies_nothing():
    values = torch.rand(2, 3, 4)
    assert Sequence(values, torch.tensor([3, 3])).flat().data_ptr() == values.data_ptr()


@pytest.mark.parametrize("lengths", [[2, 0, 1], [3, 3], [0, 0], [1]])
def test_unflat_turns_flat_around(lengths):
    sequence = Sequence.from_list([torch.rand(n, 2, 5) for n in lengths])
    back = sequence.unflat(sequence.flat())
    assert torch.equal(back.values, sequence.values)
    assert torch.equal(back.lengths, sequence.lengths)


def test_unflat_may_change_the_shape_of_an_element():
    sequence = Sequence.from_list([torch.rand(2, 3), torch.rand(1, 3)])
    assert sequence.unflat(torch.ones(3, 7, 8)).values.shape == (2, 2, 7, 8)


def test_a_missing_modality_has_no_element():
    sequence = Sequence.missing(3)
    assert sequence.lengths.tolist() == [0, 0, 0]
    assert not sequence.present.any()
    assert len(sequence.flat()) == 0


def test_to_changes_the_values_and_leaves_the_lengths():
    sequence = Sequence.from_list([torch.rand(2, 3)]).to("cpu", torch.float64)
    assert sequence.values.dtype == torch.float64
    assert sequence.lengths.dtype == torch.int64


@pytest.mark.parametrize(
    ("values", "lengths", "line"),
    [
        (torch.zeros(2), torch.tensor([1, 1]), "are \\[B, T"),
        (torch.zeros(2, 3), torch.tensor([1.0, 1.0]), "one integer per row"),
        (torch.zeros(2, 3), torch.tensor([1]), "1 lengths for 2 rows"),
        (torch.zeros(2, 3), torch.tensor([1, 4]), "do not fit in 3"),
        (torch.zeros(2, 3), torch.tensor([-1, 3]), "lengths of -1"),
    ],
)
def test_what_does_not_fit_is_refused(values, lengths, line):
    with pytest.raises(ConfigError, match=line):
        Sequence(values, lengths)


def test_elements_of_different_shapes_are_refused():
    with pytest.raises(ConfigError, match=r"one shape, not \[2, 3\], \[2, 4\]"):
        Sequence.from_list([torch.zeros(2, 3), torch.zeros(2, 4)])
    with pytest.raises(ConfigError, match="at least one"):
        Sequence.from_list([])
    with pytest.raises(ConfigError, match="2 elements for lengths that sum to 3"):
        Sequence(torch.zeros(1, 3, 1), torch.tensor([3])).unflat(torch.zeros(2, 1))
