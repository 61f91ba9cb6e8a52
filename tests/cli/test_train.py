"""`mrpn train` and `mrpn report`: one epoch, end to end, and what is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrpn.common.errors import MrpnError
from mrpn.corpora import Manifest
from mrpn.training import experiment, run

Run = Callable[..., Any]


@pytest.fixture
def train(mrpn: Run, recipe: Path, prepared: Path, tmp_path: Path) -> Run:
    """Train `am` on a prepared corpus into `tmp_path/runs`."""

    def start(*more: object, data: Path = prepared, settings: Path = recipe) -> Any:
        how = ("--data", data, "--out", tmp_path / "runs", "--jobs", 1)
        return mrpn("train", settings, *how, "--strategy", "am", *more)

    return start


def folds_file(path: Path, **parts: list[str]) -> Path:
    path.write_text(yaml.safe_dump({"folds": [{"name": "mine", **parts}]}), encoding="utf-8")
    return path


def test_every_run_leaves_its_files_and_nothing_half_written(runs: Path) -> None:
    folders = sorted((runs / "A1,2").iterdir())
    assert [folder.name for folder in folders] == ["am-seed0", "late-seed0", "vm-seed0"]
    for folder in folders:
        assert sorted(path.name for path in folder.iterdir()) == [
            "history.csv",
            "identity.json",
            "predictions.parquet",
            "recipe.yaml",
            "result.json",
            "weights.safetensors",
        ]


def test_finished_runs_are_not_trained_again(
    mrpn: Run, recipe: Path, prepared: Path, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "fit", lambda *_: pytest.fail("a run was trained"))
    how = ("--data", prepared, "--out", runs, "--jobs", 1, "--fold", "A1,2", "--strategy", "late")
    again = mrpn("--quiet", "train", recipe, *how)
    assert (again.code, again.err) == (0, "")
    assert max(map(len, again.out.splitlines())) <= 80
    assert all(name in again.out for name in ("Voice alone", "Face alone", "Late fusion"))


def test_a_report_is_written_and_its_paths_can_be_copied(mrpn: Run, runs: Path) -> None:
    ran = mrpn("report", runs, "--out", runs.parent / "report")
    assert (ran.code, ran.err) == (0, "")
    paths = [Path(line) for line in ran.out.splitlines()[-2:]]
    assert [path.name for path in paths] == ["report.html", "report.md"]
    assert all(path.stat().st_size > 1000 for path in paths)
    assert "Tiny" in paths[1].read_text("utf-8")


def test_clips_are_prepared_and_trained_on_in_one_command(
    mrpn: Run, recipe: Path, drawn: Path, runs: Path, tmp_path: Path
) -> None:
    how = ("--corpus", "synthetic", "--out", tmp_path / "mine", "--fold", "A1,2", "--jobs", 1)
    ran = mrpn("train", recipe, "--clips", drawn, *how, "--strategy", "am")
    assert ran.code == 0, ran.err
    made = [f / "A1,2/am-seed0/result.json" for f in (tmp_path / "mine", runs)]
    mine, theirs = (json.loads(path.read_text("utf-8")) for path in made)
    assert mine["corpus_digest"] == theirs["corpus_digest"]
    tables = [path.with_name("predictions.parquet").read_bytes() for path in made]
    assert tables[0] == tables[1]


@pytest.mark.parametrize("both", [True, False])
def test_clips_or_a_prepared_corpus_are_given_and_not_both(
    mrpn: Run, recipe: Path, prepared: Path, drawn: Path, tmp_path: Path, both: bool
) -> None:
    given = ("--clips", drawn, "--data", prepared) if both else ()
    ran = mrpn("train", recipe, *given, "--out", tmp_path / "none")
    assert ran.code == 1
    assert ran.error.startswith("give --clips and a corpus's folder, or --data")


def test_a_batch_of_one_trains(train: Run) -> None:
    ran = train(
        *("--fold", "A1,2", "--set", "optimisation.batch_size=1", "--set", "optimisation.epochs=2")
    )
    assert ran.code == 0
    assert "epoch   2/2" in ran.err


def test_the_papers_protocol_has_its_own_folds_and_says_what_it_is(
    train: Run, tmp_path: Path
) -> None:
    how = ("--set", "protocol=paper", "--set", "optimisation.select=best-accuracy")
    ran = train("--fold", "A3,4", *how)
    assert ran.code == 0
    assert "OPTIMISTIC" in ran.err
    result = json.loads((tmp_path / "runs" / "A3,4" / "am-seed0" / "result.json").read_text())
    assert result["protocol"] == "paper"
    assert result["actors"] == {
        "train": ["1", "2", "5", "6"],
        "validation": ["3", "4"],
        "test": ["3", "4"],
    }


def test_strict_runs_do_not_lie_among_those_of_the_paper(
    train: Run, runs: Path, tmp_path: Path
) -> None:
    assert train("--fold", "A1,2").code == 0
    ran = train("--fold", "A1,2", "--set", "protocol=paper")
    assert ran.code == 1
    assert "holds a run with another" in ran.error


def test_encoders_start_from_given_weights(train: Run, runs: Path) -> None:
    weights = runs / "A1,2" / "am-seed0" / "weights.safetensors"
    assert train("--fold", "A1,2", "--initial", f"audio={weights}").code == 0


def test_overlapping_actors_in_a_file_of_folds_are_named(train: Run, tmp_path: Path) -> None:
    file = folds_file(
        tmp_path / "folds.yaml", train=["1", "2", "3"], validation=["4"], test=["3", "5"]
    )
    ran = train("--folds", file)
    assert ran.code == 1
    assert ran.error == (
        f"{file}: fold 'mine': actors 3 are both in 'train' and in 'test'; take them out of one"
    )


def test_actors_that_the_corpus_lacks_are_named(train: Run, tmp_path: Path) -> None:
    file = folds_file(tmp_path / "folds.yaml", train=["1"], validation=["2"], test=["77"])
    ran = train("--folds", file)
    assert ran.code == 1
    assert "corpus 'synthetic' has no actors 77" in ran.error


def test_a_class_missing_from_training_is_named(
    mrpn: Run, train: Run, recipe: Path, drawn: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "listed.json"
    assert mrpn("corpus", "check", "synthetic", drawn, "--out", listed).code == 0
    whole = Manifest.load(listed)
    few = [r for r in whole.records if r.label == "happy" or r.actor in {"1", "2"}]
    replace(whole, records=tuple(few)).save(tmp_path / "few.json")
    data = tmp_path / "data"
    how = ("--recipe", recipe, "--out", data, "--workers", 1)
    assert mrpn("prepare", tmp_path / "few.json", *how).code == 0
    ran = train("--fold", "A1,2", data=data)
    assert ran.code == 1
    assert "no training clips of class angry" in ran.error


def test_another_preparation_than_the_recipes_is_refused(train: Run, prepared: Path) -> None:
    ran = train("--set", "preprocessing.clip.size=48")
    assert ran.code == 1
    assert ran.error == (
        f"{prepared}: prepared with size = 32, the recipe wants 48; prepare it again with this "
        "recipe"
    )


def test_another_recipe_in_the_same_folder_is_refused(
    mrpn: Run, recipe: Path, prepared: Path, runs: Path
) -> None:
    how = ("--data", prepared, "--out", runs, "--jobs", 1, "--fold", "A1,2", "--strategy", "am")
    ran = mrpn("train", recipe, *how, "--set", "optimisation.epochs=2")
    assert ran.code == 1
    assert ran.error.startswith(f"{runs / 'A1,2' / 'am-seed0'}: holds a run with another recipe")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--fold", "A9,10"], "no fold 'A9,10' in 'rotating'; there are A1,2 | A3,4 | A5,6"),
        (["--strategy", "n3"], "no strategy 'n3'; its branches allow am, vm, late, n0, n1, n2"),
        (["--folds", "{tmp}/gone.yaml"], "{tmp}/gone.yaml: cannot read the folds"),
        (["--folds", "{recipe}"], "{recipe}: key 'folds' is missing"),
        (["--set", "epochs=1"], "{recipe}: unknown key 'epochs'"),
        (["--set", "optimisation.epochs=0"], "'optimisation.epochs'"),
        (["--set", "epochs"], "--set epochs: write it as key.sub=value"),
        (["--initial", "voice=x"], "--initial voice=x: write it as audio=FILE or video=FILE"),
        (["--initial", "audio={tmp}/w"], "{tmp}/w: no such weights file to start from"),
    ],
)
def test_a_wrong_choice_is_one_line_and_starts_nothing(
    train: Run, recipe: Path, tmp_path: Path, arguments: list[str], line: str
) -> None:
    def fill(text: str) -> str:
        return text.replace("{tmp}", str(tmp_path)).replace("{recipe}", str(recipe))

    ran = train(*map(fill, arguments))
    assert (ran.code, ran.out) == (1, "")
    assert fill(line) in ran.error
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("where", ["gone", "drawn", "recipe"])
def test_what_is_no_prepared_corpus_is_named(
    train: Run, recipe: Path, drawn: Path, tmp_path: Path, where: str
) -> None:
    data = {"gone": tmp_path / "gone", "drawn": drawn, "recipe": recipe}[where]
    ran = train(data=data)
    assert ran.code == 1
    assert ran.error == (
        f"{data}: no finished prepared corpus here; run 'mrpn prepare' (it resumes)"
    )


def test_a_recipe_that_is_not_there_is_named(train: Run, tmp_path: Path) -> None:
    ran = train(settings=tmp_path / "gone.yaml")
    assert ran.code == 1
    assert ran.error.startswith(f"{tmp_path / 'gone.yaml'}: cannot read the recipe")


def test_a_report_of_nothing_is_one_line(mrpn: Run, tmp_path: Path) -> None:
    ran = mrpn("report", tmp_path)
    assert ran.code == 1
    assert ran.error.startswith(f"{tmp_path}: no finished runs here")
    assert not list(tmp_path.iterdir())


def test_a_run_that_dies_in_another_process_is_the_same_one_line(
    mrpn: Run, recipe: Path, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise MrpnError("a training process has died")

    monkeypatch.setattr(experiment, "train_jobs", die)
    how = ("--data", prepared, "--out", tmp_path / "r", "--jobs", 2)
    ran = mrpn("train", recipe, *how)
    assert (ran.code, ran.error) == (1, "a training process has died")
