"""An accuracy's interval is over actors where there are enough, else over clips, and says so."""

import math

import pytest

from made_up_outcomes import made_up
from mrpn.evaluation import TableError, wilson_interval
from mrpn.evaluation.intervals import t_interval
from mrpn.evaluation.statistics import estimate, estimate_table, per_actor, per_fold
from mrpn.evaluation.statistics.estimates import OVER_ACTORS, OVER_CLIPS


def test_ten_actors_give_students_interval_over_them_and_over_folds() -> None:
    outcomes = made_up({"n2": 0.7}, folds=5)["n2"]
    found = estimate(outcomes)
    actors = list(per_actor(outcomes))
    assert found.value == pytest.approx(sum(actors) / 10)
    assert (found.low, found.high, found.over) == (*t_interval(actors), OVER_ACTORS)
    assert (found.fold_low, found.fold_high) == t_interval(list(per_fold(outcomes)))
    assert (found.actors, found.folds, found.clips, found.seeds) == (10, 5, 100, 1)


def test_nine_actors_give_wilsons_interval_over_clips_and_seeds_do_not_narrow_it() -> None:
    outcomes = made_up({"n2": 0.7}, folds=9, inside=1, seeds=3)["n2"]
    found = estimate(outcomes)
    assert found.over == OVER_CLIPS
    assert (found.low, found.high) == pytest.approx(wilson_interval(found.value * 90, 90))


def test_two_folds_have_no_interval_over_folds() -> None:
    found = estimate(made_up({"n2": 0.7}, folds=2)["n2"])
    assert math.isnan(found.fold_low)
    assert math.isnan(found.fold_high)


def test_every_actor_counts_alike_whatever_the_number_of_clips() -> None:
    outcomes = made_up({"n2": 0.0}, folds=1, inside=2)["n2"]
    outcomes.iloc[:10] = 1.0
    assert estimate(outcomes.iloc[:12]).value == 0.5


def test_a_table_has_a_line_for_each_row_and_nothing_is_one_line() -> None:
    wide = made_up({"a": 0.2, "b": 0.9})
    assert estimate_table(wide)["row"].to_list() == ["a", "b"]
    with pytest.raises(TableError, match="no outcomes"):
        estimate(wide["a"].iloc[:0])
