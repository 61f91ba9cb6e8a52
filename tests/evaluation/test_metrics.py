"""Metrics agree with hand-computed literals and keep their invariants."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from mrpn.evaluation import (
    TableError,
    accuracy,
    brier_score,
    class_recalls,
    confusion_counts,
    confusion_rates,
    log_loss,
    macro_f1,
    majority_share,
    unweighted_average_recall,
    wilson_interval,
)

TRUTH = ["a", "a", "a", "b", "b", "c"]
GUESS = ["a", "a", "b", "b", "c", "c"]
NAMES = ["a", "b", "c", "never"]
PAIRS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1)


def test_scores_of_six_clips_by_hand() -> None:
    assert accuracy(TRUTH, GUESS) == pytest.approx(4 / 6)
    assert majority_share(TRUTH) == pytest.approx(0.5)
    assert unweighted_average_recall(TRUTH, GUESS) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert macro_f1(TRUTH, GUESS) == pytest.approx((4 / 5 + 1 / 2 + 2 / 3) / 3)


def test_confusion_by_hand_and_an_absent_class_is_nan() -> None:
    counts = confusion_counts(TRUTH, GUESS, NAMES)
    assert counts.tolist() == [[2, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    rates = confusion_rates(counts)
    np.testing.assert_allclose(rates[0], [2 / 3, 1 / 3, 0, 0])
    assert np.isnan(rates[3]).all()
    recalls = class_recalls(TRUTH, GUESS, NAMES)
    assert recalls["b"] == 0.5
    assert math.isnan(recalls["never"])


def test_log_loss_and_brier_by_hand() -> None:
    probabilities = [[0.5, 0.5], [0.25, 0.75]]
    assert log_loss(["a", "b"], probabilities, ["a", "b"]) == pytest.approx(
        -(math.log(0.5) + math.log(0.75)) / 2
    )
    assert brier_score(["a", "b"], probabilities, ["a", "b"]) == pytest.approx(
        (0.5 + 2 * 0.25**2) / 2
    )
    assert log_loss(["a"], [[0.0, 1.0]], ["a", "b"]) == pytest.approx(-math.log(1e-12))


def test_wilson_interval_ends_where_the_estimate_is_just_significant() -> None:
    ends = wilson_interval(108, 120)
    assert ends == pytest.approx((0.8333, 0.9419), abs=1e-4)
    for end in ends:
        deviation = math.sqrt(end * (1 - end) / 120)
        assert abs(0.9 - end) / deviation == pytest.approx(1.959963984540054)


@given(st.integers(1, 5000), st.floats(0, 1), st.floats(0.5, 0.999))
def test_wilson_interval_lies_in_0_to_1_and_holds_the_estimate(
    clips: int, share: float, confidence: float
) -> None:
    low, high = wilson_interval(share * clips, clips, confidence)
    assert 0 <= low <= share * clips / clips <= high <= 1


@given(st.integers(2, 500), st.floats(0, 1))
def test_wilson_interval_narrows_with_more_clips(clips: int, share: float) -> None:
    few, many = (wilson_interval(share * n, n) for n in (clips, 4 * clips))
    assert many[1] - many[0] < few[1] - few[0]


@given(PAIRS)
def test_uar_is_the_mean_of_recalls_and_f1_agrees_with_scikit_learn(
    pairs: list[tuple[str, str]],
) -> None:
    truth, guess = [p[0] for p in pairs], [p[1] for p in pairs]
    recalls = [np.mean([g == name for t, g in pairs if t == name]) for name in sorted(set(truth))]
    assert unweighted_average_recall(truth, guess) == pytest.approx(np.mean(recalls))
    assert macro_f1(truth, guess) == pytest.approx(f1_score(truth, guess, average="macro"))


@given(PAIRS, st.sampled_from("abcd"), st.integers(2, 5))
def test_uar_does_not_change_when_a_class_is_duplicated(
    pairs: list[tuple[str, str]], name: str, times: int
) -> None:
    more = [pair for pair in pairs for _ in range(times if pair[0] == name else 1)]
    before, after = (
        unweighted_average_recall([p[0] for p in table], [p[1] for p in table])
        for table in (pairs, more)
    )
    assert after == pytest.approx(before)


@given(PAIRS, st.randoms())
def test_order_of_the_clips_changes_nothing(pairs: list[tuple[str, str]], random) -> None:  # type: ignore[no-untyped-def]
    mixed = list(pairs)
    random.shuffle(mixed)
    for score in (accuracy, unweighted_average_recall, macro_f1):
        assert score([p[0] for p in mixed], [p[1] for p in mixed]) == pytest.approx(
            score([p[0] for p in pairs], [p[1] for p in pairs])
        )


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: accuracy([], []), "no clips"),
        (lambda: accuracy(["a"], ["a", "b"]), "1 true classes against 2"),
        (lambda: confusion_counts(["x"], ["a"], ["a"]), "'x' is none of the classes a"),
        (lambda: wilson_interval(3, 2), "no interval for 3 of 2 clips"),
        (lambda: wilson_interval(0, 0), "no interval"),
        (lambda: log_loss(["a"], [[0.5, 0.5]], ["a"]), "shape"),
        (lambda: brier_score(["z"], [[1.0]], ["a"]), "'z' is none"),
    ],
)
def test_wrong_input_is_one_clear_line(call, line: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TableError, match=line) as caught:
        call()
    assert "\n" not in str(caught.value)
