"""Temperatures and conformal sets: exact on small numbers, right on many draws."""

import numpy as np
import pytest

from mrpn.common.likely import label_set, softmax
from mrpn.evaluation import TableError
from mrpn.evaluation.doubt import conformal_thresholds, fit_temperature


def drawn(clips: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return scores of five classes and truths drawn from the very probabilities they mean."""
    random = np.random.default_rng(seed)
    scores = 2 * random.standard_normal((clips, 5))
    truth = [random.choice(5, p=row) for row in softmax(scores)]
    return scores, np.array(truth)


def test_softmax_of_a_temperature() -> None:
    assert softmax([np.log(3), 0.0]) == pytest.approx([0.75, 0.25])
    assert softmax([np.log(9), 0.0], 2.0) == pytest.approx([0.75, 0.25])
    assert softmax([1000.0, 0.0]) == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_the_temperature_undoes_scores_that_are_too_large_or_small(factor: float) -> None:
    scores, truth = drawn(4000, 0)
    assert fit_temperature(factor * scores, truth) == pytest.approx(factor, rel=0.06)


def test_thresholds_are_the_order_statistics() -> None:
    probabilities = [[p, 1 - p] for p in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)]
    found = conformal_thresholds(probabilities, [0] * 9, [0.5, 0.8, 0.9, 0.95])
    assert found == pytest.approx([0.5, 0.2, 0.1, 0.0])


def test_sets_hold_the_truth_as_often_as_was_asked() -> None:
    scores, truth = drawn(1000, 1)
    held, after = softmax(scores[:500]), softmax(scores[500:])
    for coverage in (0.85, 0.95):
        (threshold,) = conformal_thresholds(held, truth[:500], [coverage])
        sets = [label_set(row, threshold) for row in after]
        share = np.mean([true in some for true, some in zip(truth[500:], sets, strict=True)])
        assert share == pytest.approx(coverage, abs=0.05)


def test_a_set_begins_with_the_likeliest_and_is_never_empty() -> None:
    assert label_set([0.2, 0.5, 0.3], 0.25) == [1, 2]
    assert label_set([0.2, 0.5, 0.3], 0.9) == [1]
    assert label_set([0.2, 0.5, 0.3], 0.0) == [1, 2, 0]


@pytest.mark.parametrize(
    ("scores", "truth"), [([], []), ([[1.0, 2.0]], [2]), ([[1.0, 2.0]], [-1]), ([[1.0]], [0, 0])]
)
def test_what_does_not_fit_is_refused(scores: list[list[float]], truth: list[int]) -> None:
    with pytest.raises(TableError, match="do not fit"):
        fit_temperature(scores, truth)
