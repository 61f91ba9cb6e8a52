"""Student's intervals against values by hand."""

import math
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mrpn.evaluation import TableError
from mrpn.evaluation.intervals import DIFFERENCE, share_interval, t_interval


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


def test_an_interval_of_shares_is_students_carried_to_the_logit_of_the_mean_and_back() -> None:
    # Mean 0.6, t times the standard error 0.18374; logit 0.40547, half the length there 0.76558.
    low, high = share_interval([0.5, 0.5, 0.7, 0.7])
    assert (low, high) == pytest.approx(
        (1 / (1 + math.exp(0.36011)), 1 / (1 + math.exp(-1.17105))), abs=1e-4
    )


def test_near_1_it_reaches_farther_down_than_up_and_stays_within() -> None:
    low, high = share_interval([0.9, 0.98, 1.0, 1.0])
    assert 0.97 - low > high - 0.97 > 0
    assert high < 1


@given(some.lists(some.floats(0, 1), min_size=2, max_size=9))
def test_it_holds_the_mean_lies_in_0_to_1_and_mirrors(values: list[float]) -> None:
    low, high = share_interval(values)
    assert 0 <= low <= fmean(values) + 1e-9
    assert fmean(values) - 1e-9 <= high <= 1
    mirrored = share_interval([1 - value for value in values])
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-6)


def test_equal_shares_leave_no_doubt_and_what_is_no_share_is_one_line() -> None:
    assert share_interval([1.0, 1.0]) == (1.0, 1.0)
    assert share_interval([1.0, 1.0, 1 - 1e-16]) == (1.0, 1.0)
    with pytest.raises(TableError, match="from 0 to 1"):
        share_interval([0.5, 1.2])
    with pytest.raises(TableError, match="no interval over"):
        share_interval([0.5])
