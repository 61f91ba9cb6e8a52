"""Errors of verification, by small cases worked out by hand."""

import numpy as np
import pytest

from mrpn.training.randomness import generator
from mrpn.training.speakers.verification import (
    all_pairs,
    equal_error,
    error_curve,
    least_cost,
    measure,
    trial_error,
)


def errors(scores: list[float], targets: list[int]) -> tuple[float, float]:
    curve = error_curve(np.array(scores), np.array(targets, bool), np.ones(len(scores)))
    return equal_error(*curve), least_cost(*curve)


def test_all_pairs_are_scored_by_cosine() -> None:
    features = np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
    trials = all_pairs(features, np.array([0, 1, 0]))
    assert list(zip(trials.one, trials.other, strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert trials.scores == pytest.approx([0, 0.5**0.5, 0.5**0.5])
    assert trials.targets.tolist() == [False, True, False]


def test_a_perfect_order_has_no_error_and_a_reversed_one_nothing_else() -> None:
    assert errors([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0]) == (0.0, 0.0)
    assert errors([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]) == (1.0, 1.0)


def test_one_target_below_one_other_is_a_half_each() -> None:
    # Accepting two: half of the targets missed, half of the others let in.
    error, cost = errors([4, 3, 2, 1], [1, 0, 1, 0])
    assert error == pytest.approx(0.5)
    # Accepting the first alone: 0.05 x 0.5 misses, over 0.05.
    assert cost == pytest.approx(0.5)


def test_between_two_thresholds_the_rate_lies_on_the_line() -> None:
    # (misses, alarms) goes (1/2, 0) -> (1/2, 1/3) -> (0, 1/3): they meet at 1/3.
    assert errors([5, 4, 3, 2, 1], [1, 0, 1, 0, 0])[0] == pytest.approx(1 / 3)
    # All scores alike say nothing: the line from (1, 0) to (0, 1).
    assert errors([1, 1, 1, 1], [1, 0, 1, 0]) == (0.5, 1.0)


def test_weights_count_a_trial_several_times() -> None:
    scores, targets = np.array([3.0, 2.0, 1.0, 0.0]), np.array([1, 0, 1, 0], bool)
    weighted = error_curve(scores, targets, np.array([3.0, 1.0, 1.0, 2.0]))
    repeated = error_curve(
        scores[[0, 0, 0, 1, 2, 3, 3]], targets[[0, 0, 0, 1, 2, 3, 3]], np.ones(7)
    )
    for one, other in zip(weighted, repeated, strict=True):
        assert one == pytest.approx(other)


def test_pairs_of_one_kind_have_no_rate() -> None:
    assert np.isnan(trial_error(all_pairs(np.eye(2), np.array([0, 0]))))
    assert np.isnan(trial_error(all_pairs(np.eye(2), np.array([0, 1]))))


def test_the_interval_is_around_the_rate_and_repeatable() -> None:
    rng = np.random.default_rng(0)
    speakers = np.repeat(np.arange(12), 5)
    features = rng.normal(size=(12, 8))[speakers] + rng.normal(size=(60, 8))
    trials = all_pairs(features, speakers)
    found = measure(trials, 200, seed=1)
    assert found == measure(trials, 200, seed=1)
    assert found["eer_low"] < found["eer"] < found["eer_high"]
    assert found["eer_high"] - found["eer_low"] < 0.25
    assert found["eer"] == pytest.approx(trial_error(trials), abs=1e-6)
    assert (found["target_trials"], found["other_trials"]) == (120, 1650)


@pytest.mark.parametrize(("count", "told"), [(2, False), (3, False), (6, True)])
def test_two_or_three_speakers_tell_nothing_of_others(count: int, told: bool) -> None:
    rng = np.random.default_rng(0)
    speakers = np.repeat(np.arange(count), 5)
    features = rng.normal(size=(count, 8))[speakers] + rng.normal(size=(5 * count, 8))
    found = measure(all_pairs(features, speakers), 400, seed=1)
    assert ((found["eer_low"], found["eer_high"]) != (0.0, 1.0)) == told


def test_the_interval_is_that_of_pairs_counted_as_often_as_they_were_drawn() -> None:
    rng = np.random.default_rng(3)
    speakers = np.repeat(np.arange(9), 4)
    features = rng.normal(size=(9, 8))[speakers] + rng.normal(size=(36, 8))
    trials = all_pairs(features, speakers)
    found = measure(trials, 50, seed=2)
    draws, rates = generator(2, "bootstrap"), []
    for _ in range(50):
        times = np.bincount(draws.integers(0, 9, 9), minlength=9).astype(float)
        weights = times[trials.first] * np.where(trials.targets, 1.0, times[trials.second])
        rates.append(equal_error(*error_curve(trials.scores, trials.targets, weights)))
    expected = np.percentile(rates, [2.5, 97.5])
    assert (found["eer_low"], found["eer_high"]) == pytest.approx(expected, abs=1e-6)
