"""Student's interval against values by hand."""

import pytest

from mrpn.evaluation import TableError
from mrpn.evaluation.intervals import DIFFERENCE, t_interval


def test_four_actors_with_the_quantile_of_three_degrees_of_freedom() -> None:
    # Mean 0.6, deviation 0.1155, standard error 0.0577, t = 3.1824.
    low, high = t_interval([0.5, 0.5, 0.7, 0.7])
    assert (low, high) == pytest.approx((0.6 - 0.18374, 0.6 + 0.18374), abs=1e-4)


def test_equal_actors_leave_no_doubt_and_few_unequal_ones_all_of_it() -> None:
    assert t_interval([0.5, 0.5, 0.5]) == (0.5, 0.5)
    assert t_interval([0.2, 0.8]) == (0.0, 1.0)


def test_a_higher_confidence_is_wider() -> None:
    narrow, wide = t_interval([0.4, 0.5, 0.6], 0.8), t_interval([0.4, 0.5, 0.6], 0.95)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(("values", "confidence"), [([0.5], 0.95), ([], 0.95), ([0.5, 0.6], 1.0)])
def test_one_actor_has_no_interval(values: list[float], confidence: float) -> None:
    with pytest.raises(TableError, match="no interval over"):
        t_interval(values, confidence)


def test_differences_may_be_below_0() -> None:
    assert t_interval([-0.1, -0.1], limits=DIFFERENCE) == (-0.1, -0.1)
    assert t_interval([0.9, -0.9], limits=DIFFERENCE) == (-1.0, 1.0)
