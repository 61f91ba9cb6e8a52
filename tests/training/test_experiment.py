"""Several runs of a recipe: in any number of processes the same, needs first, results gathered."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mrpn.common.errors import MrpnError
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import Manifest
from mrpn.evaluation import write_report
from mrpn.evaluation.predictions import load_predictions
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, export_results, report_inputs, train_recipe
from mrpn.training.experiment import with_needs


@pytest.fixture(scope="module")
def alone(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    out = tmp_path_factory.mktemp("alone")
    train_recipe(recipe, corpus.folder, [fold], out, strategies=["late"], jobs=1, threads=1)
    return out


def test_one_job_or_two_give_the_same_predictions_and_curves(
    alone: Path, recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    folders = train_recipe(
        recipe, corpus.folder, [fold], tmp_path, strategies=["late"], jobs=2, threads=1
    )
    assert [folder.name for folder in folders] == ["am-seed0", "vm-seed0", "late-seed0"]
    one, two = report_inputs(alone), report_inputs(tmp_path)
    assert one.predictions.equals(two.predictions)
    assert one.history.drop(columns="seconds").equals(two.history.drop(columns="seconds"))


def test_what_late_needs_is_added_before_it(recipe: Recipe) -> None:
    assert with_needs(recipe, ["n2", "late"]) == ("n2", "am", "vm", "late")
    assert with_needs(recipe, ["vm", "late", "am"]) == ("vm", "am", "late")


def test_an_error_of_a_run_is_its_own_line(
    alone: Path, recipe: Recipe, corpus: PreparedCorpus, tmp_path: Path
) -> None:
    strange = Fold("A9", train=("3",), validation=("2",), test=("9",))
    with pytest.raises(MrpnError, match="has no actors 9"):
        train_recipe(recipe, corpus.folder, [strange], tmp_path, strategies=["am"], jobs=1)


def test_results_are_exported_without_weights_and_read_back(alone: Path, tmp_path: Path) -> None:
    export_results(alone, tmp_path)
    assert not list(tmp_path.glob("**/*.safetensors"))
    names = ["history.csv", "predictions.csv", "recipe.yaml", "result.json"]
    kept = tmp_path / "A1" / "late-seed0"
    assert sorted(path.name for path in kept.iterdir()) == names
    first, second = load_predictions(kept / "predictions.csv"), report_inputs(alone).predictions
    late = second[second["strategy"] == "late"].reset_index(drop=True)
    pd.testing.assert_frame_equal(first, late, check_exact=False, rtol=1e-12)


def test_gathering_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MrpnError, match="no finished runs here"):
        report_inputs(tmp_path)


def test_what_could_not_be_read_stands_in_the_report(
    recipe: Recipe, manifest: Manifest, media: Path, fold: Fold, tmp_path: Path
) -> None:
    broken = tmp_path / "media"
    shutil.copytree(media, broken)
    (broken / "sad-3.wav").write_bytes(b"")
    corpus = prepare(
        replace(manifest, root=broken), tmp_path / "p", recipe.preprocessing.clip, workers=1
    )
    runs, kept = tmp_path / "runs", tmp_path / "kept"
    train_recipe(recipe, corpus.folder, [fold], runs, strategies=["vm"], jobs=1)
    export_results(runs, kept)
    for out in (runs, kept):
        problems = report_inputs(out).problems
        assert problems is not None
        assert list(problems["clip"]) == ["sad-3"]
        assert "sad-3.wav" in problems["reason"].iloc[0]
    write_report(tmp_path / "report", report_inputs(runs))
    assert "sad-3.wav" in (tmp_path / "report" / "report.html").read_text()
