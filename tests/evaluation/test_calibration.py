"""Calibration against values by hand."""

import numpy as np
import pytest

from mrpn.evaluation import TableError
from mrpn.evaluation.calibration import expected_calibration_error, reliability

AB = ("a", "b")


def test_the_error_is_the_mean_gap_of_the_bins_weighted_by_their_clips() -> None:
    probabilities = [[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.6, 0.4]]
    truth = ["a", "a", "b", "a"]
    # Three clips held for 0.9 are right in 2/3 of cases, one held for 0.6 always.
    expected = 3 / 4 * (0.9 - 2 / 3) + 1 / 4 * (1 - 0.6)
    assert expected_calibration_error(truth, probabilities, AB) == pytest.approx(expected)


def test_certain_and_right_has_no_error_certain_and_wrong_has_all() -> None:
    sure = [[1.0, 0.0], [0.0, 1.0]]
    assert expected_calibration_error(["a", "b"], sure, AB) == 0
    assert expected_calibration_error(["b", "a"], sure, AB) == 1


def test_labels_drawn_from_the_probabilities_have_hardly_any() -> None:
    rng = np.random.default_rng(0)
    share = rng.uniform(0, 1, 20000)
    truth = np.where(rng.uniform(0, 1, 20000) < share, "a", "b").tolist()
    values = np.stack([share, 1 - share], axis=1)
    assert expected_calibration_error(truth, values, AB) < 0.01
    sharper = values**3 / (values**3).sum(axis=1, keepdims=True)
    assert expected_calibration_error(truth, sharper, AB) > 0.1


def test_bins_are_told_one_by_one_and_a_border_belongs_to_the_bin_below() -> None:
    table = reliability(["a", "a", "b"], [[0.8, 0.2], [0.75, 0.25], [1.0, 0.0]], AB, bins=4)
    assert table["clips"].tolist() == [1, 2]
    assert table["low"].tolist() == [0.5, 0.75]
    assert table["confidence"].tolist() == pytest.approx([0.75, 0.9])
    assert table["accuracy"].tolist() == [1.0, 0.5]


@pytest.mark.parametrize(
    ("truth", "values", "bins"),
    [
        ([], np.zeros((0, 2)), 15),
        (["a"], [[0.5, 0.5], [0.5, 0.5]], 15),
        (["a"], [[1.0]], 15),
        (["c"], [[0.5, 0.5]], 15),
        (["a"], [[0.5, 0.5]], 0),
    ],
)
def test_what_does_not_fit_is_one_line(truth: list[str], values: object, bins: int) -> None:
    with pytest.raises(TableError) as caught:
        expected_calibration_error(truth, values, AB, bins)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
