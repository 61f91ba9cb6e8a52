"""Doubt in answers: calibration of the header, sets of labels, unsure, disagreement."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mrpn import Recognizer
from mrpn.common.errors import ConfigError
from mrpn.recognition.doubt import Answering, disagreement
from mrpn.weights import COVERAGES, Calibration, Doubt

THRESHOLDS = tuple(round(1 - coverage / 100, 2) for coverage in COVERAGES)
BOTH = Doubt(temperature=2.0, thresholds=THRESHOLDS, clips=100)
ANSWERING = Answering(("a", "b", "c"), Calibration(doubts={"audio+video": BOTH}))


def test_probabilities_are_cooled_by_what_they_rest_on() -> None:
    scores = np.log([16.0, 4.0, 4.0])
    both = ANSWERING.probabilities(scores, ["video", "audio"])
    assert both == pytest.approx([0.5, 0.25, 0.25])
    assert ANSWERING.probabilities(scores, ["audio"]) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_the_set_of_labels_follows_the_coverage() -> None:
    values = np.array([0.15, 0.7, 0.15])
    assert ANSWERING.labels(values, ["audio", "video"]) == ("b", "a", "c")
    less = Answering(ANSWERING.classes, ANSWERING.calibration, coverage=0.8)
    assert less.labels(values, ["audio", "video"]) == ("b",)
    assert ANSWERING.labels(values, ["audio"]) == ()


def test_what_is_more_likely_wrong_than_right_is_unsure() -> None:
    assert ANSWERING.answer(np.array([0.3, 0.5, 0.2])) == "b"
    assert ANSWERING.answer(np.array([0.3, 0.49, 0.21])) == "unsure"


def test_disagreement_is_the_total_variation() -> None:
    alone = {"audio": {"a": 1.0, "b": 0.0}, "video": {"a": 0.25, "b": 0.75}}
    assert disagreement(alone) == pytest.approx(0.75)
    assert disagreement({"audio": {"a": 1.0}}) == 0.0


@pytest.mark.parametrize("options", [{"coverage": 0.3}, {"coverage": 1.0}, {"sure": 1.5}])
def test_a_coverage_or_bound_that_cannot_be_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=f"{next(iter(options.values())):g}"):
        Answering(("a", "b"), None, **options)


def test_weights_carry_their_calibration(write: Callable[..., Path], film: Path) -> None:
    plain = Recognizer.from_file(write("audio", "video")).predict(film)
    calibration = Calibration(doubts={"audio+video": BOTH})
    cooled = Recognizer.from_file(write("audio", "video", calibration=calibration)).predict(film)
    before, after = (np.array(list(r.probabilities.values())) for r in (plain, cooled))
    assert after == pytest.approx(np.sqrt(before) / np.sqrt(before).sum(), abs=1e-6)
    assert plain.labels == ()
    assert cooled.labels == tuple(
        sorted(cooled.probabilities, key=lambda name: -cooled.probabilities[name])
    )
