"""The sign-flip test against counts by hand, and against many studies at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import permutation_test  # type: ignore[import-untyped]

from mrpn.evaluation import TableError
from mrpn.evaluation.statistics import sign_flip_test
from mrpn.evaluation.statistics.permutation import least_p, sign_flips

VALUES = some.lists(some.integers(-20, 20).map(float), min_size=1, max_size=8)


def test_flips_as_far_from_0_as_the_true_signs_count_half() -> None:
    # The true signs and their mirror, of eight flips.
    assert float(sign_flip_test([1.0, 2.0, 3.0])) == 1 / 8
    # |+1 +2 -3| = 0: two flips of eight are as far, six farther.
    assert float(sign_flip_test([1.0, 2.0, -3.0])) == 7 / 8
    # |1 + 1 + 1 - 1| = 2: eight of 16 flips are as far, two farther.
    assert float(sign_flip_test([1.0, 1.0, 1.0, -1.0])) == 6 / 16


def test_no_difference_at_all_is_no_evidence() -> None:
    assert float(sign_flip_test(np.zeros(24))) == pytest.approx(0.5)


def test_folds_without_a_difference_change_nothing() -> None:
    assert float(sign_flip_test([3.0, 1.0, 4.0, 0.0, 0.0])) == float(
        sign_flip_test([3.0, 1.0, 4.0])
    )


def test_without_further_ties_it_is_scipys_exact_permutation_test_less_half_the_two() -> None:
    values = np.array([0.3, -0.1, 0.26, 0.4, -0.05, 0.2, 0.12])
    theirs = permutation_test((values,), np.mean, permutation_type="samples", n_resamples=10_000)
    assert float(sign_flip_test(values)) == pytest.approx(theirs.pvalue - 1 / 2**7)


def test_many_actors_are_drawn_by_a_fixed_seed_close_to_all_flips() -> None:
    values = np.random.default_rng(3).normal(0.35, 1, 15)
    bits = (np.arange(2**15)[:, None] >> np.arange(15)) & 1
    exact = (np.abs((1 - 2 * bits) @ values) > abs(values.sum()) + 1e-12).mean() + 1 / 2**15
    assert float(sign_flip_test(values)) == pytest.approx(exact, abs=0.01)
    assert float(sign_flip_test(values)) == float(sign_flip_test(values))
    assert not sign_flips(15).exact
    assert sign_flips(14, draws=1).exact


def test_drawn_flips_never_give_nought() -> None:
    assert float(sign_flip_test(np.ones(30), draws=99)) == 0.005


@pytest.mark.parametrize("units", [1, 5, 14, 30])
def test_the_least_p_is_that_of_differences_of_one_sign(units: int) -> None:
    found = float(sign_flip_test(2.0 ** np.arange(units), draws=99))
    assert found == least_p(units, draws=99)


@given(VALUES)
@settings(deadline=None, max_examples=40)
def test_signs_and_order_do_not_matter_and_studies_do_not_meet(values: list[float]) -> None:
    p = float(sign_flip_test(values))
    assert least_p(len(values)) <= p < 1
    assert float(sign_flip_test([-value for value in values][::-1])) == p
    assert sign_flip_test([values, [0.0] * len(values)]).tolist() == [p, 0.5]


@pytest.mark.parametrize("values", [[], [float("nan")], [[], []]])
def test_nothing_to_flip_is_one_line(values: list[float]) -> None:
    with pytest.raises(TableError, match="no permutation test"):
        sign_flip_test(values)
