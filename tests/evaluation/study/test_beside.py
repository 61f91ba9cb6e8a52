"""Beside the published numbers: fold by fold, over the folds that both have."""

from dataclasses import replace

import pandas as pd
import pytest

from mrpn.evaluation import TableError
from mrpn.evaluation.published import published_note, published_row
from mrpn.evaluation.study import StudyInputs, StudyRow, beside, beside_data, prepare_study
from mrpn.evaluation.study.beside_view import beside_view

FOLDS = ("A1,2", "A3,4", "A9,10")


@pytest.fixture
def inputs(predict) -> StudyInputs:  # type: ignore[no-untyped-def]
    rows = (StudyRow("AM", "am", published="table1/AM (T)"), StudyRow("N0", "n0"))
    guesses = {"AM": "cchh", "N0": "cchs"}
    tables = [
        predict(guesses[row.row], fold=fold).assign(strategy=row.strategy, row=row.row, protocol=p)
        for row in rows
        for fold in FOLDS
        for p in ("paper", "strict")
    ]
    return StudyInputs(
        "t", "T", "?", rows, pd.concat(tables), "table2", "RAVDESS", folds=(*FOLDS, "A23,24")
    )


def test_means_and_differences_are_over_the_folds_that_are_finished(inputs: StudyInputs) -> None:
    found = beside(prepare_study(inputs))
    alone, joint = found.rows
    theirs = published_row("table1", "AM (T)")
    assert found.protocol == "paper"
    assert alone.ours == dict.fromkeys(FOLDS, 0.75)
    assert alone.published == pytest.approx((theirs["A1,2"] + theirs["A3,4"] + theirs["A9,10"]) / 3)
    assert alone.apart == pytest.approx(0.75 - alone.published)
    assert alone.apart_low < alone.apart < alone.apart_high
    assert joint.mean == 1
    data = beside_data(found)
    line = data[(data["row"] == "N0") & (data["column"] == "A9,10")].iloc[0]
    assert (line["ours"], line["published"]) == (100, 86.5)
    assert line["difference"] == pytest.approx(13.5)


def test_the_table_has_three_lines_a_row_and_a_dash_for_what_is_not_there(
    inputs: StudyInputs,
) -> None:
    view = beside_view(beside(prepare_study(inputs)), "RAVDESS")
    assert view.columns[:4] == ("Network", "%", "Mean", "95 % interval")
    shown = [[cell.text for cell in row] for row in view.rows]
    assert [line[:2] for line in shown] == [
        ["AM", "ours"],
        ["", "published, AM (T)"],
        ["", "difference"],
        ["N0", "ours"],
        ["", "published"],
        ["", "difference"],
    ]
    assert shown[0][4:] == ["75.0", "75.0", "75.0", "–"]
    assert shown[1][4:] == ["71.6", "77.5", "55.8", "68.3"]
    assert shown[2][4:] == ["+3.4", "−2.5", "+19.2", "–"]
    assert "People agree with the labels in 72.3 %" in view.note
    for name in ("selected", "grain", "both"):
        assert f"• {published_note(name)}" in view.note


def test_footnotes_on_a_row_have_a_letter_there(inputs: StudyInputs) -> None:
    rows = (replace(inputs.rows[0], published="table2/late"), inputs.rows[1])
    view = beside_view(beside(prepare_study(replace(inputs, rows=rows))), "RAVDESS")
    assert view.rows[1][1].text == "published, late\u00a0ᵃ"
    assert f"ᵃ {published_note('late')}" in view.note


def test_folds_of_other_actors_give_no_interval_of_the_difference(predict) -> None:  # type: ignore[no-untyped-def]
    table = pd.concat([predict("cchs", fold=f"S{fold}") for fold in range(1, 10)])
    inputs = StudyInputs(
        "t", "T", "?", [StudyRow("N0", "am")], table.assign(row="N0", protocol="strict"), "table3"
    )
    (row,) = beside(prepare_study(inputs)).rows
    assert row.published == pytest.approx(0.7837, abs=5e-5)
    assert row.apart_low != row.apart_low
    assert "different people" in beside_view(beside(prepare_study(inputs)), "CREMA-D").note


def test_table_4_stands_by_corpus_with_the_work_of_others(inputs: StudyInputs) -> None:
    rows = (replace(inputs.rows[0], published=None), replace(inputs.rows[1], published="N0 VA+AO"))
    study = prepare_study(replace(inputs, rows=rows, published="table4"))
    found = beside(study)
    assert found.columns == ("RAVDESS",)
    assert [row.published for row in found.rows][1] == 0.8755
    assert ("ResNet-101 + BiLSTM", pytest.approx(0.7702)) in found.others
    assert "custom CNN" not in dict(found.others)
    view = beside_view(found, "RAVDESS")
    assert {len(row) for row in view.rows} == {len(view.columns)}


def test_without_a_published_table_it_is_a_table_of_folds(inputs: StudyInputs) -> None:
    rows = [replace(row, published=None) for row in inputs.rows]
    view = beside_view(beside(prepare_study(replace(inputs, rows=rows, published=None))), "mine")
    assert view.stem == "folds"
    assert view.columns == ("Network", "Mean", "95 % interval", *inputs.folds)
    assert "Published" not in view.note


def test_a_row_or_corpus_that_is_not_published_is_one_line(inputs: StudyInputs) -> None:
    rows = (replace(inputs.rows[0], published="table1/XM"), inputs.rows[1])
    cases = [
        (replace(inputs, rows=rows), "row 'AM': table1 has no row 'XM'; its rows are AM"),
        (replace(inputs, published="table4", corpus="SAVEE"), "no column 'SAVEE'"),
        (
            replace(inputs, rows=(replace(rows[0], published="XM"), rows[1]), published=None),
            "names no table; write it as table1/XM",
        ),
    ]
    for wrong, line in cases:
        with pytest.raises(TableError, match=line):
            beside(prepare_study(wrong))
