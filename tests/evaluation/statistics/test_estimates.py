"""An accuracy's interval is over actors where there are enough, else over clips, and says so."""

import math

import pytest

from made_up_outcomes import made_up
from mrpn.evaluation import TableError, wilson_interval
from mrpn.evaluation.intervals import share_interval
from mrpn.evaluation.statistics import estimate, estimate_table, per_actor, per_fold, wider
from mrpn.evaluation.statistics.estimates import OVER_ACTORS, OVER_CLIPS, OVER_FOLDS


def test_ten_actors_give_students_interval_over_them_and_over_folds() -> None:
    outcomes = made_up({"n2": 0.7}, folds=5)["n2"]
    found = estimate(outcomes)
    actors = list(per_actor(outcomes))
    assert found.value == pytest.approx(sum(actors) / 10)
    assert (found.low, found.high, found.over) == (*share_interval(actors), OVER_ACTORS)
    assert (found.fold_low, found.fold_high) == share_interval(list(per_fold(outcomes)))
    assert (found.actors, found.folds, found.clips, found.seeds) == (10, 5, 100, 1)


def test_nine_actors_give_wilsons_interval_over_clips_and_seeds_do_not_narrow_it() -> None:
    outcomes = made_up({"n2": 0.7}, folds=9, inside=1, seeds=3)["n2"]
    found = estimate(outcomes)
    assert found.over == OVER_CLIPS
    assert (found.low, found.high) == pytest.approx(wilson_interval(found.value * 90, 90))


def test_actors_who_are_all_alike_tell_nothing_of_others() -> None:
    """Twelve actors, ten clips each, all right: 100 to 100 would claim to know every actor."""
    found = estimate(made_up({"n2": 1.0}, folds=6)["n2"])
    assert found.over == OVER_CLIPS
    assert (found.low, found.high) == wilson_interval(120, 120)
    assert math.isnan(found.fold_low)


def test_two_folds_have_no_interval_over_folds() -> None:
    found = estimate(made_up({"n2": 0.7}, folds=2)["n2"])
    assert math.isnan(found.fold_low)
    assert math.isnan(found.fold_high)


def test_the_wider_interval_is_the_one_to_believe_and_says_what_it_is_over() -> None:
    line = {"low": 0.7, "high": 0.8, "over": OVER_ACTORS, "fold_low": 0.6, "fold_high": 0.8}
    assert wider(line) == (0.6, 0.8, OVER_FOLDS)
    assert wider(line | {"high": 0.9}) == (0.7, 0.9, OVER_ACTORS)
    assert wider(line | {"over": OVER_CLIPS, "fold_low": math.nan, "fold_high": math.nan}) == (
        0.7,
        0.8,
        OVER_CLIPS,
    )


def test_a_difference_without_an_interval_over_actors_has_that_over_folds() -> None:
    line = {"low": math.nan, "high": math.nan, "fold_low": -0.1, "fold_high": 0.2}
    assert wider(line) == (-0.1, 0.2, OVER_FOLDS)


def test_every_actor_counts_alike_whatever_the_number_of_clips() -> None:
    outcomes = made_up({"n2": 0.0}, folds=1, inside=2)["n2"]
    outcomes.iloc[:10] = 1.0
    assert estimate(outcomes.iloc[:12]).value == 0.5


def test_a_table_has_a_line_for_each_row_and_nothing_is_one_line() -> None:
    wide = made_up({"a": 0.2, "b": 0.9})
    assert estimate_table(wide)["row"].to_list() == ["a", "b"]
    with pytest.raises(TableError, match="no outcomes"):
        estimate(wide["a"].iloc[:0])
