"""What a diary comes to: accuracies kept alone, differences over folds, cosines."""

import pandas as pd
import pytest

from mrpn.evaluation.diary import check_diary
from mrpn.evaluation.intervals import DIFFERENCE, share_interval, t_interval
from mrpn.evaluation.learning import diary_section
from mrpn.evaluation.mechanism import mechanism_table, mechanism_view

NONE = float("nan")


def noted(strategy: str, fold: str, alone: list[float], cosines: list[list[float]]) -> list[dict]:
    """Rows of the voice's branch: for each epoch what it has alone, and cosines at batches."""
    found = []
    for epoch, (score, values) in enumerate(zip(alone, cosines, strict=True), 1):
        place = {"strategy": strategy, "fold": fold, "seed": 0, "epoch": epoch}
        place["modality"] = "audio"
        nothing = dict.fromkeys(("fused_norm", "side_norm", "cosine", "alone", "together"), NONE)
        found += [
            {**place, **nothing, "batch": batch, "cosine": value}
            for batch, value in enumerate(values, 1)
        ]
        found.append({**place, **nothing, "batch": 0, "alone": score, "together": 0.9})
    return found


@pytest.fixture
def diary() -> pd.DataFrame:
    """N0 keeps 0.4 and 0.5 of the voice, N2 0.5 and 0.7; only N2 has two terms."""
    rows = []
    for fold, joint, ours in (("A", 0.4, 0.5), ("B", 0.5, 0.7)):
        rows += noted("n0", fold, [0.1, joint], [[], []])
        rows += noted("n2", fold, [0.2, ours], [[-0.5, -0.25, 0.5], [0.5, 0.75, 1.0]])
    return check_diary(pd.DataFrame(rows))


def test_what_is_left_alone_is_of_the_last_epoch_and_compared_on_the_same_folds(
    diary: pd.DataFrame,
) -> None:
    joint, ours = mechanism_table(diary, against="n0").to_dict("records")
    assert (joint["strategy"], joint["modality"], joint["alone"]) == ("n0", "audio", 0.45)
    assert (joint["alone_low"], joint["alone_high"]) == pytest.approx(share_interval([0.4, 0.5]))
    assert joint["apart"] != joint["apart"]
    assert ours["alone"] == pytest.approx(0.6)
    assert ours["apart"] == pytest.approx(0.15)
    expected = t_interval([0.1, 0.2], limits=DIFFERENCE)
    assert (ours["apart_low"], ours["apart_high"]) == pytest.approx(expected)


def test_seeds_of_a_fold_are_averaged_before_folds(diary: pd.DataFrame) -> None:
    second = diary[diary["fold"] == "A"].assign(seed=1)
    second.loc[second["strategy"] == "n2", "alone"] += 0.2
    both = pd.concat([diary, second], ignore_index=True)
    (_, ours) = mechanism_table(both, against="n0").to_dict("records")
    assert ours["alone"] == pytest.approx((0.6 + 0.7) / 2)
    assert ours["apart"] == pytest.approx(0.2)


def test_cosines_are_medians_of_the_first_and_last_epoch(diary: pd.DataFrame) -> None:
    joint, ours = mechanism_table(diary).to_dict("records")
    assert ours["cosine_first"] == pytest.approx(-0.25)
    assert ours["opposed_first"] == pytest.approx(2 / 3)
    assert (ours["cosine_last"], ours["opposed_last"]) == (0.75, 0.0)
    assert joint["cosine_first"] != joint["cosine_first"]


def test_the_table_of_a_report_shows_it_and_leaves_out_what_nothing_is_compared_with(
    diary: pd.DataFrame,
) -> None:
    view = mechanism_view(mechanism_table(diary, against="n0"), "n0")
    assert view.columns[:6] == ("Network", "Branch", "Alone, %", "95 %", "Less N0's", "95 %")
    shown = [[cell.text for cell in row] for row in view.rows]
    assert shown[1][:3] == ["N2", "Voice", "60.0"]
    assert shown[1][4] == "+15.0"
    assert shown[1][-2:] == ["−0.25 (66.7)", "0.75 (0.0)"]
    alone = mechanism_view(mechanism_table(diary[diary["strategy"] == "n2"], against="n0"), "n0")
    assert "Less N0's" not in alone.columns


def test_the_section_compares_with_what_is_there(diary: pd.DataFrame) -> None:
    assert "trained alone" in diary_section(diary, against="n0").words
    without = diary_section(diary[diary["strategy"] == "n2"], against="n0")
    assert "trained alone" not in without.words
    assert without.view is not None
    assert "Less N0's" not in without.view.columns
