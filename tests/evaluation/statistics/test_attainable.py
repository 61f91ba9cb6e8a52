"""A study that can settle nothing says so, and what would help."""

import pytest

from made_up_outcomes import made_up
from mrpn.evaluation.statistics import compare, least_folds, most_comparisons, unattainable


@pytest.mark.parametrize(("folds", "most"), [(1, 0), (4, 0), (5, 1), (9, 25), (12, 204)])
def test_each_fold_doubles_the_number_of_comparisons_that_can_be_settled(
    folds: int, most: int
) -> None:
    assert most_comparisons(folds) == most
    assert most * 2.0**-folds < 0.05 <= (most + 1) * 2.0**-folds


@pytest.mark.parametrize(("comparisons", "folds"), [(1, 5), (2, 6), (25, 9), (28, 10)])
def test_as_many_folds_are_named_as_it_takes(comparisons: int, folds: int) -> None:
    assert least_folds(comparisons) == folds
    assert most_comparisons(folds - 1) < comparisons <= most_comparisons(folds)


def pairs_of(rows: int, folds: int, pairs: int) -> str:
    wide = made_up({f"r{place}": 0.1 + 0.1 * place for place in range(rows)}, folds=folds)
    every = [(b, a) for b in wide for a in wide if a < b]
    return unattainable(compare(wide, every[:pairs]))


def test_nine_folds_and_28_comparisons_can_settle_nothing_but_25_can() -> None:
    assert pairs_of(8, 9, 28) == (
        "With 9 folds and 28 comparisons no difference can be settled, however large: the least "
        "corrected p-value is 0.055; name 25 or fewer."
    )
    assert pairs_of(8, 9, 25) == ""


def test_of_few_folds_it_is_said_how_many_it_takes() -> None:
    assert "With 2 folds and 3 comparisons" in pairs_of(3, 2, 3)
    assert pairs_of(3, 2, 3).endswith("it takes 6 folds.")
    assert pairs_of(2, 4, 1).startswith("With 4 folds and a single comparison no difference")


def test_without_a_comparison_there_is_nothing_to_say() -> None:
    assert unattainable(compare(made_up({"a": 0.5}), [])) == ""
