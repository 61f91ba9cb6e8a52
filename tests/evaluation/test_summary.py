"""Tables by strategy, fold, class and actor agree with counting by hand."""

import math

import pandas as pd
import pytest

from mrpn.evaluation import (
    TableError,
    actor_scores,
    concat_predictions,
    group_table,
    inferior_cases,
    score_table,
    wilson_interval,
)
from mrpn.evaluation.intervals import share_interval
from mrpn.evaluation.statistics.estimates import OVER_ACTORS, OVER_CLIPS
from mrpn.evaluation.summary import bound_table, recall_table, same_clips


def test_score_table_counts_every_strategy_in_its_order(study: pd.DataFrame) -> None:
    scores = score_table(study).set_index("strategy")
    assert list(scores.index) == ["am", "vm", "n2"]
    assert list(scores["accuracy"]) == [5 / 8, 7 / 8, 7 / 8]
    assert scores.loc["am", ["clips", "actors", "folds", "seeds"]].tolist() == [8, 2, 2, 1]
    assert (scores.loc["am", "low"], scores.loc["am", "high"]) == wilson_interval(5, 8)
    assert scores.loc["am", "over"] == OVER_CLIPS
    assert scores.loc["am", "uar"] == pytest.approx((2 / 4 + 1 + 1 / 2) / 3)


def test_further_seeds_of_the_same_clips_do_not_narrow_the_interval(predict) -> None:  # type: ignore[no-untyped-def]
    one = score_table(predict("cchh"))
    three = score_table(concat_predictions([predict("cchh", seed=seed) for seed in range(3)]))
    assert three.loc[0, "clips"] == 4
    assert three.loc[0, "seeds"] == 3
    assert three.loc[0, ["low", "high"]].tolist() == pytest.approx(
        one.loc[0, ["low", "high"]].tolist()
    )


def test_ten_actors_give_an_interval_over_actors_or_folds_and_it_says_so(predict) -> None:  # type: ignore[no-untyped-def]
    parts = []
    for fold in range(5):
        table = predict("cchs" if fold % 2 else "cchh", fold=f"F{fold}")
        parts.append(table.assign(actor=[f"{fold}-{actor}" for actor in table["actor"]]))
    (line,) = score_table(concat_predictions(parts)).to_dict("records")
    actors = [1.0, 0.5, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0, 0.5]
    assert line["actors"] == 10
    assert (line["low"], line["high"], line["over"]) == (*share_interval(actors), OVER_ACTORS)


def test_group_tables_by_fold_and_by_actor(study: pd.DataFrame) -> None:
    folds = group_table(study, "fold")
    assert folds.loc["A1,2"].tolist() == [0.75, 0.75, 1.0]
    assert folds.loc["A9,10"].tolist() == [0.5, 1.0, 0.75]
    actors = actor_scores(study.replace({"actor": {"2": "10"}}))
    assert list(actors.index) == ["1", "10"]
    assert actors.loc["1"].tolist() == [0.75, 1.0, 1.0]


def test_a_strategy_absent_from_a_fold_has_no_score_there(study: pd.DataFrame) -> None:
    part = study[(study["strategy"] != "n2") | (study["fold"] == "A1,2")]
    assert math.isnan(group_table(part, "fold").loc["A9,10", "n2"])
    assert not same_clips(part)
    assert same_clips(study)


def test_recall_by_class_with_one_that_never_occurs(predict) -> None:  # type: ignore[no-untyped-def]
    table = predict("cchh", labels=("calm", "calm", "calm", "happy"))
    recalls = recall_table(table)["am"]
    assert recalls["calm"] == pytest.approx(2 / 3)
    assert recalls["happy"] == 1
    assert math.isnan(recalls["sad"])


def test_the_inferior_case_is_found_with_who_beat_whom(study: pd.DataFrame) -> None:
    cases = inferior_cases(study)
    assert cases.to_dict("records") == [
        {
            "fold": "A9,10",
            "seed": 0,
            "strategy": "n2",
            "accuracy": 0.75,
            "unimodal": "vm",
            "unimodal_accuracy": 1.0,
            "difference": -0.25,
        }
    ]
    assert inferior_cases(study[study["strategy"] == "n2"]).empty


def test_a_strategy_is_measured_by_the_bound_of_what_it_is_given(study: pd.DataFrame) -> None:
    scores = score_table(study)
    bounds = bound_table(scores, {"audio": 0.7, "both": 1.0}).set_index("strategy")
    assert list(bounds.index) == ["am", "n2"]
    assert bounds.loc["am", "distance"] == pytest.approx(0.7 - 5 / 8)
    assert bounds.loc["n2", "bound"] == 1.0
    with pytest.raises(TableError, match="the bound 'both' is 90"):
        bound_table(scores, {"both": 90.0})
