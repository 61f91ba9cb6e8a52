"""The voice experiment's report: what is kept stands beside the rows of table 1."""

import json
import shutil
from pathlib import Path

import pytest
from voices_ravdess import NAME, SETTINGS
from voices_report import BASELINES, COMPARISONS, RESULTS, ROWS, inputs

from mrpn.corpora import ravdess_folds
from mrpn.evaluation.study import beside, prepare_study
from mrpn.training.run import RESULT

KEPT = RESULTS / NAME
STARTS = {
    # What speakers.py left of speakers-small at full precision, and voice-mel as it ships.
    "098f3346",
    "588bf986",
}


@pytest.fixture
def two_settings(tmp_path: Path) -> Path:
    """Results of one fold, kept as those of two settings."""
    for name in ("t-ao", "nt-ao"):
        shutil.copytree(KEPT / "t-ao" / "A1,2", tmp_path / name / "A1,2")
    return tmp_path


def test_every_setting_has_a_row() -> None:
    assert ROWS.keys() == SETTINGS.keys()


def test_every_setting_is_a_recipe_of_its_own() -> None:
    recipes = {name: setting.load() for name, setting in SETTINGS.items()}
    assert len({recipe.digest for recipe in recipes.values()}) == len(SETTINGS) - 2
    assert recipes["t-ao"].digest == recipes["t-ao-scratch"].digest
    assert recipes["t-wo"].digest == recipes["t-wo-scratch"].digest
    assert [name for name, recipe in recipes.items() if recipe.protocol == "paper"] == [
        "t-ao-paper",
        "best-paper",
    ]


def test_a_row_of_two_protocols_is_one_row(two_settings: Path) -> None:
    shutil.copytree(two_settings / "t-ao", two_settings / "t-ao-paper")
    for path in (two_settings / "t-ao-paper").glob(f"*/*/{RESULT}"):
        path.write_text(path.read_text("utf-8").replace('"strict"', '"paper"'), "utf-8")
    found = inputs(two_settings)
    assert [row.row for row in found.rows] == ["AM (T)", "AM (NT)"]
    assert set(zip(found.predictions["row"], found.predictions["protocol"], strict=True)) == {
        ("AM (T)", "strict"),
        ("AM (T)", "paper"),
        ("AM (NT)", "strict"),
    }


def test_finished_folds_stand_beside_the_published_ones_of_their_actors(
    two_settings: Path,
) -> None:
    found = inputs(two_settings)
    assert [row.row for row in found.rows] == ["AM (T)", "AM (NT)"]
    assert found.comparisons == [("AM (T)", "AM (NT)")]
    laid = beside(prepare_study(found))
    published = {row.row: row.theirs["A1,2"] for row in laid.rows}
    assert published["AM (T)"] == pytest.approx(0.716)
    assert published["AM (NT)"] < published["AM (T)"]


def test_every_fold_of_every_setting_has_its_curve(two_settings: Path) -> None:
    curves = inputs(two_settings).curves
    assert curves is not None
    assert curves.groupby(["row", "fold"])["epoch"].agg(list).to_dict() == {
        (row, "A1,2"): [1, 2, 3, 4, 5, 6, 7, 8] for row in ("AM (T)", "AM (NT)")
    }
    for path in two_settings.rglob("history.csv"):
        path.unlink()
    assert inputs(two_settings).curves is None


def test_no_kept_fold_was_tested_on_actors_that_were_learned_from() -> None:
    results = [json.loads(path.read_text("utf-8")) for path in KEPT.glob(f"*/*/*/{RESULT}")]
    assert results
    for result in results:
        selecting = result["actors"]["validation"] if result["protocol"] == "strict" else []
        learned = {*result["actors"]["train"], *selecting}
        assert not learned & {*result["actors"]["test"]}
        assert result["test_clips"] == 120
        fold = ravdess_folds(result["protocol"])[result["fold"]]
        assert result["fold_digest"] == fold.digest
        assert {*result["actors"]["test"]} == {*fold.test}
        assert {*result["actors"]["train"]} == {*fold.train}
        assert {start[:8] for start in result["initial"].values()} <= STARTS


def test_others_on_the_same_clips_are_rows_of_their_own() -> None:
    found = inputs(KEPT, RESULTS / "baselines")
    assert [row.row for row in found.rows[-2:]] == [row.row for row in BASELINES.values()]
    table = found.predictions[found.predictions["protocol"] == "strict"]
    clips = table.groupby("row")["clip"].agg(set)
    assert all(each == clips.iloc[0] for each in clips)
    assert len(clips.iloc[0]) == 1440
    assert ("best", "openSMILE, SVM") in found.comparisons
    known = {row.row for row in (*ROWS.values(), *BASELINES.values())}
    assert {name for pair in COMPARISONS for name in pair} <= known


def test_each_row_names_its_own_recipe() -> None:
    recipes = inputs(KEPT).facts["Recipe"]
    assert isinstance(recipes, dict)
    assert recipes["AM (T) (strict)"].startswith("ravdess-voice-small ")
    assert recipes["best (strict)"].startswith("ravdess-voice-best ")
    assert len({*recipes.values()}) == len(recipes)


def test_a_setting_with_some_of_the_folds_is_no_row_beside_a_finished_one() -> None:
    begun = {path.name for path in KEPT.iterdir() if any(path.glob(f"*/*/{RESULT}"))}
    whole = {name for name in begun if len([*KEPT.glob(f"{name}/*/*/{RESULT}")]) == 12}
    assert whole
    # One row may be there under both protocols.
    expected = dict.fromkeys(ROWS[name].row for name in ROWS if name in whole)
    assert [row.row for row in inputs(KEPT).rows] == [*expected]
