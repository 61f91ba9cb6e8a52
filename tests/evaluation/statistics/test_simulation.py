"""Intervals cover the truth and tests raise false alarms as often as they say: 2,000 studies."""

import numpy as np
import pandas as pd
import pytest

from mrpn.evaluation.intervals import DIFFERENCE, share_interval, t_interval
from mrpn.evaluation.statistics import SimulatedStudy, compare, estimate, sign_flip_test
from mrpn.evaluation.statistics.checking import check_statistics

STUDY = SimulatedStudy(actors=24, folds=12, clips=60, accuracy=(0.8, 0.8), training=0.0)


def test_simulated_networks_have_the_accuracy_that_they_are_given() -> None:
    study = SimulatedStudy(accuracy=(0.9, 0.7, 0.5), training=0.3, person=0.8, seeds=2)
    scores = study.draw(400, np.random.default_rng(0))
    assert scores.shape == (400, 3, 12, 2)
    assert scores.mean(axis=(0, 2, 3)) == pytest.approx([0.9, 0.7, 0.5], abs=0.005)


def test_intervals_cover_and_the_test_alarms_as_promised_for_24_actors() -> None:
    found = check_statistics(STUDY, 2000)
    assert 0.93 <= found["accuracy"] <= 0.97
    assert 0.93 <= found["difference"] <= 0.97
    assert 0.04 <= found["called"] <= 0.06
    assert found["any_settled"] <= 0.06


@pytest.mark.parametrize(
    ("right", "training"), [(0.8, 0.1), (0.9, 0.0), (0.9, 0.1), (0.95, 0.0), (0.95, 0.1)]
)
def test_they_hold_where_nearly_all_is_right_and_where_training_runs_differ_by_chance(
    right: float, training: float
) -> None:
    found = check_statistics(SimulatedStudy(accuracy=(right, right), training=training), 2000)
    assert 0.04 <= found["called"] <= 0.06
    for name in ("accuracy", "accuracy_folds", "difference", "difference_folds"):
        assert 0.93 <= found[name] <= 0.97, name


def test_a_true_difference_is_covered_as_well() -> None:
    study = SimulatedStudy(accuracy=(0.85, 0.8), training=0.0, seeds=2)
    found = check_statistics(study, 1000, seed=1)
    assert 0.93 <= found["difference"] <= 0.97
    assert found["called"] > 0.5


def test_many_actors_of_few_folds_need_the_interval_over_folds() -> None:
    study = SimulatedStudy(actors=90, folds=9, clips=40, accuracy=(0.8, 0.8), training=0.15)
    found = check_statistics(study, 600)
    assert found["difference"] < 0.85
    assert found["called_actors"] > 0.15
    assert 0.025 <= found["called"] <= 0.07
    assert 0.93 <= found["difference_folds"] <= 0.97
    assert 0.93 <= found["difference_wider"] <= 0.97
    assert found["any_settled"] <= 0.07


def test_what_is_checked_is_what_reports_compute_of_predictions() -> None:
    study = SimulatedStudy(accuracy=(0.8, 0.7), training=0.3)
    (scores,) = study.draw(1, np.random.default_rng(5))
    rows = [
        {
            "row": row,
            "fold": f"F{fold}",
            "actor": f"{fold}-{actor}",
            "clip": f"{fold}-{actor}-{clip}",
            "seed": 0,
            "right": float(clip < round(share * study.clips)),
        }
        for row, folds in zip("ab", scores, strict=True)
        for fold, actors in enumerate(folds)
        for actor, share in enumerate(actors)
        for clip in range(study.clips)
    ]
    keys = ["fold", "actor", "clip", "seed"]
    outcomes = pd.DataFrame(rows).set_index([*keys, "row"])["right"].unstack("row", sort=False)
    actors, folds = scores.reshape(2, -1), scores.mean(axis=-1)
    found = estimate(outcomes["a"])
    assert (found.low, found.high) == pytest.approx(share_interval(list(actors[0])))
    assert (found.fold_low, found.fold_high) == pytest.approx(share_interval(list(folds[0])))
    (pair,) = compare(outcomes, [("a", "b")]).to_dict("records")
    apart, apart_folds = actors[0] - actors[1], folds[0] - folds[1]
    expected = t_interval(list(apart), limits=DIFFERENCE)
    assert (pair["low"], pair["high"]) == pytest.approx(expected)
    expected = t_interval(list(apart_folds), limits=DIFFERENCE)
    assert (pair["fold_low"], pair["fold_high"]) == pytest.approx(expected)
    assert pair["p"] == pytest.approx(float(sign_flip_test(apart_folds)))
