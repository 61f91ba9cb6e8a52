"""Holm's correction against values by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mrpn.evaluation import TableError
from mrpn.evaluation.statistics import holm

P = some.lists(some.floats(0, 1), min_size=1, max_size=12)


def test_the_smallest_is_multiplied_by_all_the_next_by_one_less() -> None:
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.5]) == [0.5]
    assert holm([]) == []


@given(P)
def test_corrected_values_keep_the_order_and_lie_between_plain_and_bonferroni(
    values: list[float],
) -> None:
    found = holm(values)
    for plain, corrected in zip(values, found, strict=True):
        assert plain <= corrected <= min(1.0, plain * len(values)) + 1e-12
    order = sorted(range(len(values)), key=values.__getitem__)
    assert [found[place] for place in order] == sorted(found)


def test_what_is_no_share_is_one_line() -> None:
    with pytest.raises(TableError, match="0 to 1"):
        holm([0.5, 1.2])
