"""Paired differences are over the same clips, actors and seeds, and corrected for their number."""

import math

import pandas as pd
import pytest

from made_up_outcomes import made_up
from mrpn.evaluation.intervals import DIFFERENCE, t_interval
from mrpn.evaluation.statistics import (
    comparable,
    compare,
    compare_by_class,
    difference_of,
    holm,
    paired,
    per_actor,
    sign_flip_test,
)


def test_a_difference_is_that_of_the_actors_means() -> None:
    wide = made_up({"n2": 0.8, "n0": 0.6}, folds=6, seeds=2)
    differences = paired(wide, "n2", "n0")
    actors = per_actor(differences)
    found = difference_of(differences)
    assert found.value == pytest.approx(float(actors.mean()))
    assert (found.low, found.high) == t_interval(list(actors), limits=DIFFERENCE)
    folds = actors.groupby(level="fold").sum()
    assert len(folds) == 6
    assert found.p == float(sign_flip_test(folds.to_numpy()))
    assert (found.actors, found.folds, found.clips, found.seeds) == (12, 6, 120, 2)


def test_equal_rows_have_no_doubt_and_no_difference() -> None:
    wide = made_up({"a": 0.7})
    found = difference_of(paired(wide.assign(b=wide["a"]), "a", "b"))
    assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 0.5)


def test_one_actor_has_no_interval_and_settles_nothing() -> None:
    wide = made_up({"a": 1.0, "b": 0.0}, folds=1, inside=1)
    (line,) = compare(wide, [("a", "b")]).to_dict("records")
    assert line["value"] == 1
    assert math.isnan(line["low"])
    assert line["p"] == 0.5
    assert not line["settled"]


def test_comparisons_are_corrected_together_and_only_the_clear_one_is_settled() -> None:
    wide = made_up({"n0": 0.5, "n1": 0.5, "n2": 0.9})
    found = compare(wide, [("n1", "n0"), ("n2", "n0"), ("n2", "n1")])
    assert found["p_holm"].to_list() == holm(list(found["p"]))
    assert found["settled"].to_list() == [False, True, True]


def test_a_clear_difference_over_many_actors_is_settled_by_five_folds_but_not_by_four() -> None:
    for folds in (4, 5):
        found = compare(made_up({"n0": 0.2, "n2": 0.9}, folds=folds, inside=10), [("n2", "n0")])
        assert found["p_holm"].iloc[0] == found["p_least"].iloc[0] == 2.0**-folds
        assert found["settled"].iloc[0] == (folds == 5)


def test_the_least_that_a_p_value_could_have_been_is_corrected_as_well() -> None:
    wide = made_up({"n0": 0.5, "n1": 0.5, "n2": 0.9}, folds=9)
    found = compare(wide, [("n1", "n0"), ("n2", "n0"), ("n2", "n1")])
    assert found["p_least"].to_list() == [3 / 2**9] * 3


def test_pairs_without_a_clip_in_common_are_left_out() -> None:
    wide = made_up({"a": 0.5, "b": 0.5, "c": 0.5}, folds=2)
    wide.loc["F0", "b"] = math.nan
    wide.loc["F1", "c"] = math.nan
    assert comparable(wide, [("a", "b"), ("b", "c"), ("c", "a")]) == [("a", "b"), ("c", "a")]


def test_no_comparison_is_an_empty_table() -> None:
    found = compare(made_up({"n0": 0.5}), [])
    assert found.empty
    assert {"row", "against", "p_holm", "settled"} <= set(found.columns)


def by_clip(wide: pd.DataFrame) -> pd.Series:
    """Every other clip sad, the rest happy."""
    places = wide.index.droplevel(["actor", "seed"]).unique()
    names = ["sad" if int(clip.split("-")[2]) % 2 else "happy" for _, clip in places]
    return pd.Series(names, places)


def test_by_class_the_clips_of_one_class_are_compared_and_all_are_corrected_together() -> None:
    wide = made_up({"n0": 0.5, "n1": 0.5, "n2": 0.5}, seeds=2)
    labels = by_clip(wide)
    sad = [int(clip.split("-")[2]) % 2 == 1 for _, _, clip, _ in wide.index]
    wide.loc[sad, "n2"] = 1.0
    pairs = [("n2", "n0"), ("n1", "n0")]
    found = compare_by_class(wide, labels.sample(frac=1, random_state=0), pairs)
    assert list(found["class"]) == ["happy", "happy", "sad", "sad"]
    alone = compare(wide[sad], pairs)
    kept = ["row", "against", "value", "low", "high", "fold_low", "fold_high", "p"]
    pd.testing.assert_frame_equal(found.loc[2:, kept].reset_index(drop=True), alone[kept])
    assert found["p_holm"].to_list() == holm(list(found["p"]))
    assert found["settled"].to_list() == [False, False, True, False]


def test_a_class_that_two_rows_do_not_share_has_no_line() -> None:
    wide = made_up({"n0": 0.5, "n2": 0.9})
    labels = by_clip(wide)
    sad = [int(clip.split("-")[2]) % 2 == 1 for _, _, clip, _ in wide.index]
    wide.loc[sad, "n2"] = math.nan
    assert list(compare_by_class(wide, labels, [("n2", "n0")])["class"]) == ["happy"]
    assert compare_by_class(wide, labels, []).empty
