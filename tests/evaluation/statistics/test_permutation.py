"""The sign-flip test against counts by hand, and against many studies at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import permutation_test  # type: ignore[import-untyped]

from mrpn.evaluation import TableError
from mrpn.evaluation.statistics import sign_flip_test
from mrpn.evaluation.statistics.permutation import sign_flips

VALUES = some.lists(some.integers(-20, 20).map(float), min_size=1, max_size=8)


def test_three_differences_of_one_sign_are_two_of_eight_flips() -> None:
    assert float(sign_flip_test([1.0, 2.0, 3.0])) == 0.25
    # |+1 +2 -3| = 0 and every flip reaches it.
    assert float(sign_flip_test([1.0, 2.0, -3.0])) == 1.0


def test_no_difference_at_all_is_no_evidence() -> None:
    assert float(sign_flip_test(np.zeros(24))) == 1.0


def test_it_is_scipys_exact_permutation_test() -> None:
    values = np.array([0.3, -0.1, 0.25, 0.4, -0.05, 0.2, 0.1])
    theirs = permutation_test((values,), np.mean, permutation_type="samples", n_resamples=10_000)
    assert float(sign_flip_test(values)) == pytest.approx(theirs.pvalue)


def test_many_actors_are_drawn_by_a_fixed_seed_close_to_all_flips() -> None:
    values = np.random.default_rng(3).normal(0.35, 1, 15)
    bits = (np.arange(2**15)[:, None] >> np.arange(15)) & 1
    exact = (np.abs((1 - 2 * bits) @ values) >= abs(values.sum()) - 1e-12).mean()
    assert float(sign_flip_test(values)) == pytest.approx(exact, abs=0.01)
    assert float(sign_flip_test(values)) == float(sign_flip_test(values))
    assert not sign_flips(15).exact
    assert sign_flips(14, draws=1).exact


def test_drawn_flips_never_give_nought() -> None:
    assert float(sign_flip_test(np.ones(30), draws=99)) == 0.01


@given(VALUES)
@settings(deadline=None, max_examples=40)
def test_signs_and_order_do_not_matter_and_studies_do_not_meet(values: list[float]) -> None:
    p = float(sign_flip_test(values))
    assert 0 < p <= 1
    assert float(sign_flip_test([-value for value in values][::-1])) == p
    assert sign_flip_test([values, [0.0] * len(values)]).tolist() == [p, 1.0]


@pytest.mark.parametrize("values", [[], [float("nan")], [[], []]])
def test_nothing_to_flip_is_one_line(values: list[float]) -> None:
    with pytest.raises(TableError, match="no permutation test"):
        sign_flip_test(values)
