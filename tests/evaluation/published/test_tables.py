"""The published numbers are the paper's, and the footnotes say what is true of them."""

import math
from itertools import product

import pytest

from mrpn.evaluation import TableError
from mrpn.evaluation.published import (
    human_accuracy,
    published_note,
    published_row,
    published_source,
    published_table,
)

FUSED = ("late", "N0", "N1", "N2")


def means(table: str) -> dict[str, float]:
    return {row.row: 100 * row.mean for row in published_table(table).rows}


def better_single(option: str) -> dict[str, float]:
    alone = [published_row("table1", f"{name} ({option})") for name in ("AM", "VM")]
    return {fold: max(row[fold] for row in alone) for fold in alone[0]}


def beaten(row: dict[str, float], option: str) -> list[str]:
    return [fold for fold, value in better_single(option).items() if row[fold] < value]


def test_a_row_is_found_by_fold_and_table_4_by_corpus() -> None:
    assert published_row("table1", "AM (T)")["A9,10"] == pytest.approx(0.558)
    assert published_row("table2", "N2")["A23,24"] == pytest.approx(0.906)
    assert published_row("table3", "late")["S4"] == pytest.approx(0.623)
    assert published_row("table4", "ResNet-101 + BiLSTM") == {"RAVDESS": pytest.approx(0.7702)}


def test_the_means_of_folds_are_as_computed_by_hand() -> None:
    first = {"AM (NT)": 59.18, "AM (T)": 69.34, "VM (NT)": 69.91, "VM (T)": 73.88}
    first |= {"JM (NT)": 82.98, "JM (T)": 87.56}
    second = {"late": 81.6, "N0": 87.56, "N1": 89.82, "N2": 91.47}
    third = {"late": 76.84, "N0": 78.37, "N1": 77.01, "N2": 80.59}
    for table, expected in (("table1", first), ("table2", second), ("table3", third)):
        assert means(table) == pytest.approx(expected, abs=0.0051)


def test_the_joint_model_of_table_1_is_n0_of_table_2() -> None:
    assert published_row("table1", "JM (T)") == published_row("table2", "N0")


def test_n2_is_never_below_n0_or_n1_in_any_of_21_folds() -> None:
    cases = [("table2", "N0"), ("table2", "N1"), ("table3", "N0"), ("table3", "N1")]
    for table, other in cases:
        ours, theirs = published_row(table, "N2"), published_row(table, other)
        assert all(ours[fold] >= theirs[fold] for fold in ours)
    assert len(published_table("table2").columns) + len(published_table("table3").columns) == 21


def test_the_inferior_cases_are_where_the_footnotes_say() -> None:
    assert beaten(published_row("table1", "JM (T)"), "T") == ["A9,10"]
    assert beaten(published_row("table1", "JM (NT)"), "NT") == ["A9,10"]
    assert beaten(published_row("table2", "late"), "T") == ["A1,2", "A9,10", "A23,24"]
    assert beaten(published_row("table2", "N2"), "T") == []


def test_values_that_are_no_share_of_120_clips_are_as_many_as_the_footnote_says() -> None:
    shares = {round(1000 * clips / 120 + 1e-9) for clips in range(121)}
    shares |= {math.floor(1000 * clips / 120) for clips in range(121)}
    odd = {
        name: sum(
            round(10 * (value or 0)) not in shares for row in table.rows for value in row.values
        )
        for name in ("table1", "table2")
        for table in [published_table(name)]
    }
    assert odd == {"table1": 22, "table2": 16}
    assert "22 of the 72" in published_note("grain")
    assert "16 of the 48" in published_note("grain")


def test_nowhere_are_both_modalities_over_85_where_the_text_says_so() -> None:
    for fold, option in product(("A7,8", "A1,2"), ("T", "NT")):
        alone = [published_row("table1", f"{name} ({option})")[fold] for name in ("AM", "VM")]
        assert min(alone) < 0.85


def test_that_models_were_selected_on_the_reported_fold_is_told_as_an_inference() -> None:
    assert "as far as its text tells" in published_note("selected")


def test_table_4_disagrees_with_the_folds_as_the_footnotes_say() -> None:
    assert published_row("table4", "N0 VA+AO")["CREMA-D"] == pytest.approx(0.813)
    assert published_row("table4", "N2 VA+AO")["RAVDESS"] == pytest.approx(0.908)
    assert published_row("table4", "N2 Transformer VA+AO")["RAVDESS"] == pytest.approx(0.914)
    assert means("table3")["N1"] < means("table3")["N0"]


def test_every_strategy_has_its_row_and_the_source_its_licence() -> None:
    for table in ("table2", "table3"):
        assert tuple(row.row for row in published_table(table).rows) == FUSED
    assert "CC BY 4.0" in published_source()
    assert human_accuracy("RAVDESS") == pytest.approx(0.723)
    assert human_accuracy("SAVEE") is None


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: published_table("table5"), "no published 'table5'; there are table1"),
        (lambda: published_row("table2", "N3"), "table2 has no row 'N3'; its rows are late"),
        (lambda: published_note("x"), "there is no note 'x'"),
    ],
)
def test_unknown_names_are_one_line(call, line: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TableError, match=line):
        call()
