"""What is measured of the recognizer: nothing of a group enters its own calibration."""

import numpy as np
import pytest
from recognizer_measured import Case, Found, _coverages, _crossed, recognise, summary

from mrpn.common.errors import CorpusError, MediaError
from mrpn.common.likely import softmax
from mrpn.evaluation import wilson_interval
from mrpn.recognition.doubt import Answering
from mrpn.weights import COVERAGES, Calibration, Doubt

CLASSES = ("a", "b")


def test_a_groups_probabilities_are_calibrated_by_the_others_alone():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 4000)
    right = rng.random(4000) < 0.8
    named = np.where(right, truth, 1 - truth)
    likely = softmax(np.eye(2)[named] * 4)
    groups = np.array(["one", "two"] * 2000)
    # Group two is always right: seen with it, group one would be trusted more, not less.
    likely[groups == "two"] = softmax(np.eye(2)[truth[groups == "two"]] * 4)
    values, thresholds = _crossed(likely, truth, groups)
    assert values[groups == "two"].max() == pytest.approx(0.8, abs=0.02)
    assert values[groups == "one"].max() > 0.98
    assert thresholds.shape == (4000, 3)
    assert len({tuple(row) for row in thresholds}) == 2


def test_coverage_counts_the_sets_that_hold_the_truth():
    likely = np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8]])
    truth = np.array([0, 1, 0, 1])
    found = _coverages(likely, truth, np.tile([0.5, 0.35, 0.05], (4, 1)), 2)
    assert [found[name]["covered"] for name in ("0.8", "0.9", "0.95")] == [0.5, 0.75, 1.0]
    assert [found[name]["labels"] for name in ("0.8", "0.9", "0.95")] == [1.0, 1.25, 2.0]
    # Of two voices, not of four clips.
    assert found["0.95"]["interval"][0] == pytest.approx(0.342, abs=1e-3)


def test_a_summary_counts_voices_once_and_actors_apart():
    likely = np.array([[0.9, 0.1]] * 8)
    labels = ["a", "a", "a", "b", "a", "a", "a", "a"]
    cases = [Case(f"v{n // 2}/{n % 2}", labels[n], str(n // 4), {}) for n in range(8)]
    doubt = Doubt(temperature=1.0, thresholds=(0.05,) * len(COVERAGES), clips=8)

    class Stub:
        classes = CLASSES
        answering = Answering(CLASSES, Calibration(doubts={"audio": doubt}))

    found = summary(Found("voice", "audio", cases, likely), Stub())  # type: ignore[arg-type]
    assert found["accuracy"] == 0.875
    assert found["by_actor"] == {"0": 0.75, "1": 1.0}
    assert found["over_actors"] is None
    # Eight clips of four voices.
    assert found["over_clips"] == wilson_interval(3.5, 4)
    assert found["coverage"]["0.9"]["covered"] == 1.0


def test_clips_of_which_none_is_recognised_are_one_line():
    class Stub:
        def predict(self, source):
            raise MediaError(f"{source}: cut short")

    cases = [Case("v", "a", "1", {"source": "v.wav"})]
    with pytest.raises(CorpusError, match="voice: none of 1 held-out clips could be recognised"):
        next(recognise(Stub(), "voice", cases, lambda shown: shown))  # type: ignore[arg-type]
