"""A study is checked, its rows are put in order, and its comparisons chosen by rule."""

from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from mrpn.evaluation import TableError
from mrpn.evaluation.statistics import most_comparisons
from mrpn.evaluation.study import (
    StudyInputs,
    StudyRow,
    check_study_predictions,
    default_pairs,
    prepare_study,
)
from mrpn.evaluation.study.study import row_colours
from mrpn.evaluation.style import STRATEGY_COLOURS

ROWS = (StudyRow("VM", "vm"), StudyRow("N0", "n0"), StudyRow("N2", "n2"))


@pytest.fixture
def inputs(predict) -> StudyInputs:  # type: ignore[no-untyped-def]
    tables = [
        predict(guesses, strategy=row.strategy).assign(row=row.row, protocol=protocol)
        for row, guesses in zip(ROWS, ("cshs", "cchh", "cchs"), strict=True)
        for protocol in ("strict", "paper")
    ]
    return StudyInputs("t", "T", "?", ROWS[::-1], pd.concat(tables))


def test_strict_counts_where_both_were_run_and_rows_keep_the_given_order(
    inputs: StudyInputs,
) -> None:
    study = prepare_study(inputs)
    assert (study.protocols, study.main) == (("paper", "strict"), "strict")
    assert study.labels == list(study.outcomes.columns) == ["N2", "N0", "VM"]
    assert study.rivals() == {"N2": ["VM"], "N0": ["VM"]}
    assert study.colours["N0"] == STRATEGY_COLOURS["n0"]
    assert len(study.predictions) == 12
    assert study.missing == ()


def test_a_planned_row_without_predictions_is_missing_and_not_compared(inputs: StudyInputs) -> None:
    rows = (*inputs.rows, StudyRow("N1", "n1"))
    study = prepare_study(replace(inputs, rows=rows, comparisons=[("N1", "N0"), ("N2", "N0")]))
    assert study.missing == ("N1",)
    assert study.pairs == (("N2", "N0"),)


def test_by_default_all_stand_against_one_baseline_and_one_strategy_across_groups() -> None:
    rows = [
        StudyRow(f"{name} ({group})", strategy, group)
        for group in ("NT", "T")
        for name, strategy in (("AM", "am"), ("VM", "vm"), ("JM", "n0"))
    ]
    pairs = default_pairs(rows)
    assert pairs[:2] == [("JM (NT)", "AM (NT)"), ("JM (NT)", "VM (NT)")]
    assert ("VM (T)", "AM (T)") not in pairs
    assert ("JM (T)", "JM (NT)") in pairs
    assert ("JM (T)", "AM (NT)") not in pairs
    assert len(pairs) == 7
    assert default_pairs(ROWS) == [("N2", "N0")]


def test_eight_fusions_are_seven_comparisons_which_nine_folds_can_settle() -> None:
    rows = [StudyRow("late", "late"), *(StudyRow(f"N{place}", f"n{place}") for place in range(7))]
    pairs = default_pairs(rows)
    assert pairs[0] == ("N0", "late")
    assert pairs[1:] == [(f"N{place}", "N0") for place in range(1, 7)]
    assert len(pairs) <= most_comparisons(9)


def test_without_a_known_baseline_it_is_the_only_fusion_or_the_first_row() -> None:
    alone = [StudyRow("AM", "am"), StudyRow("VM", "vm")]
    assert default_pairs(alone) == [("VM", "AM")]
    fused = [*alone, StudyRow("N2", "n2")]
    assert default_pairs(fused) == [("N2", "AM"), ("N2", "VM")]


def test_rows_of_different_folds_are_not_compared_yet(inputs: StudyInputs) -> None:
    table = inputs.predictions
    other = table["row"] == "N0"
    parted = pd.concat([table[~other], table[other].assign(fold="A9,10")])
    assert prepare_study(replace(inputs, predictions=parted)).pairs == ()


def test_what_is_wrong_is_one_line(inputs: StudyInputs) -> None:
    table = inputs.predictions
    twice = (*inputs.rows, StudyRow("N0", "n0"))
    cases = [
        (replace(inputs, rows=inputs.rows[:2]), "predictions of 'VM'; its rows are N2, N0"),
        (replace(inputs, rows=twice), "the row 'N0' is named twice"),
        (replace(inputs, comparisons=[("N2", "N7")]), "a comparison names 'N7'"),
        (replace(inputs, published="table9"), "no published 'table9'"),
        (replace(inputs, predictions=table.drop(columns="row")), "lacks the column 'row'"),
        (replace(inputs, predictions=table.assign(protocol="mine")), "the protocol 'mine'"),
        (replace(inputs, predictions=pd.concat([table, table])), "repeats an earlier one"),
        (replace(inputs, predictions=table.iloc[:0]), "has no rows"),
    ]
    for wrong, line in cases:
        with pytest.raises(TableError, match=line) as caught:
            prepare_study(wrong)
        assert "\n" not in str(caught.value)


def test_one_clip_may_stand_in_two_rows_of_one_strategy(predict) -> None:  # type: ignore[no-untyped-def]
    rows = ("AM (NT)", "AM (T)")
    table = pd.concat([predict("cchs").assign(row=row, protocol="paper") for row in rows])
    assert len(check_study_predictions(table)) == 8


@pytest.mark.parametrize("count", [2, 3, 15])
def test_rows_of_one_strategy_are_told_apart_and_the_last_can_still_be_seen(count: int) -> None:
    rows = [StudyRow(f"N2 {number}", "n2") for number in range(count)]
    colours = list(row_colours(rows).values())
    assert colours[0] == STRATEGY_COLOURS["n2"]
    whites = [min(to_rgb(colour)) for colour in colours]
    assert whites == sorted(set(whites))
    assert whites[-1] < 0.7
