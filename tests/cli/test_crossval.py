"""`mrpn crossval`: a study end to end, what it says of itself, and what is refused."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrpn.common.errors import MrpnError
from mrpn.training import pool

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def study(recipe: Path) -> Path:
    """Voice and N0 on the drawn corpus, beside the recipe."""
    values = {
        "name": "mine",
        "title": "Mine",
        "question": "Which?",
        "corpus": {"reader": "synthetic"},
        "recipe": recipe.name,
        "rows": [{"row": "voice", "strategy": "am"}, {"row": "N0", "strategy": "n0"}],
    }
    path = recipe.parent / "mine.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def done(mrpn: Run, study: Path, drawn: Path) -> Path:
    """The folder of studies after one fold of the study."""
    out = study.parent / "studies"
    how = ("--out", out, "--fold", "A1,2", "--jobs", 1, "--workers", 1)
    ran = mrpn("crossval", study, drawn, *how)
    assert ran.code == 0, ran.err
    assert "preparing synthetic" in ran.err
    assert "done 2 of 2 runs" in ran.err
    assert f"'mrpn report {out / 'mine'}' writes the report" in ran.err
    assert all(name in ran.out for name in ("voice", "N0", "Accuracy %"))
    return out


def test_what_is_finished_is_not_trained_again(
    mrpn: Run, study: Path, drawn: Path, done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "train_job", lambda _: pytest.fail("a run was trained"))
    how = ("--out", done, "--fold", "A1,2", "--jobs", 1)
    ran = mrpn("--quiet", "crossval", study, drawn, *how)
    assert (ran.code, ran.err) == (0, "")
    assert "N0" in ran.out


def test_a_dry_run_says_what_is_to_do_and_writes_nothing(
    mrpn: Run, study: Path, drawn: Path, done: Path, tmp_path: Path
) -> None:
    ran = mrpn("crossval", study, drawn, "--out", tmp_path / "new", "--dry-run")
    assert ran.code == 0
    assert "to prepare: 12 files for crops of 32 pixels" in ran.out
    assert not (tmp_path / "new").exists()
    ran = mrpn("crossval", study, drawn, "--out", done, "--dry-run", "--jobs", 1)
    assert "A3,4/0 A5,6/0" in ran.out
    assert "2 of 6 runs are finished, 1 at a time" in ran.out
    assert "left" in ran.out.splitlines()[-1]


def test_a_report_is_written_of_what_there_is(mrpn: Run, done: Path) -> None:
    ran = mrpn("report", done / "mine")
    assert ran.code == 0, ran.err
    page = (done / "mine" / "report" / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC CORPUS" in page
    assert "crossval" in page


def test_when_the_time_is_up_the_code_is_one_of_its_own(
    mrpn: Run, study: Path, prepared: Path, tmp_path: Path
) -> None:
    how = ("--data", prepared, "--out", tmp_path, "--minutes", 0, "--jobs", 1)
    ran = mrpn("crossval", study, *how)
    assert ran.code == 75
    assert "the time is up, 6 runs are left; the same command goes on" in ran.err


def test_a_failed_run_ends_in_code_1_after_the_others(
    mrpn: Run, study: Path, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = pool.train_job

    def failing(job: pool.Job) -> Path:
        if job.strategy == "am":
            raise MrpnError("no voice")
        return train(job)

    monkeypatch.setattr(pool, "train_job", failing)
    how = ("--data", prepared, "--out", tmp_path, "--fold", "A1,2", "--jobs", 1)
    ran = mrpn("crossval", study, *how)
    assert ran.code == 1
    assert "failed: am on A1,2, seed 0: no voice" in ran.err
    assert ran.err.splitlines()[-1].startswith("error: 1 runs failed")
    assert "N0" in ran.out


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (("--initial", "video"), "--initial video: write it as MODALITY=NAME or MODALITY=FILE"),
        (("--initial", "vidoe=face-small"), "--initial vidoe=face-small: there is no such branch"),
        (
            ("--initial", "video=face-small", "--initial", "video=gone"),
            "--initial video=gone: video starts from face-small already",
        ),
        (("--fold", "A9"), "no fold 'A9' in this study; there are A1,2 | A3,4 | A5,6"),
        (("--row", "N9"), "no row 'N9' in this study; there are voice | N0"),
        (("--size", "huge"), "has no size 'huge'; there are full"),
        (("--protocol", "loose"), "'protocols.0'"),
        (("--set", "seed=1"), "--set seed=1: a study says this"),
        (("--set", "preprocessing.clip.size=64"), "prepared with size = 32, a row wants 64"),
    ],
)
def test_what_does_not_fit_is_one_line(
    mrpn: Run, study: Path, prepared: Path, tmp_path: Path, how: tuple[str, ...], said: str
) -> None:
    ran = mrpn("crossval", study, "--data", prepared, "--out", tmp_path, *how)
    assert ran.code == 1
    assert said in ran.error


def test_either_a_corpus_or_a_prepared_one_is_needed(
    mrpn: Run, study: Path, prepared: Path, drawn: Path, tmp_path: Path
) -> None:
    for sources in ((), (drawn, "--data", prepared)):
        ran = mrpn("crossval", study, *sources, "--out", tmp_path)
        assert ran.error.startswith("give either the folder of a corpus, or --data")


def test_the_report_names_the_command_for_all_of_it_whatever_a_sitting_did(
    mrpn: Run, study: Path, prepared: Path, tmp_path: Path
) -> None:
    part = ("--row", "voice", "--fold=A1,2", "--minutes", 5, "--jobs", 1)
    assert mrpn("crossval", study, "--data", prepared, "--out", tmp_path, *part).code == 0
    record = json.loads((tmp_path / "mine" / "study.json").read_text("utf-8"))
    whole = ["mrpn", "crossval", study, "--data", prepared, "--out", tmp_path, "--jobs", "1"]
    assert shlex.split(record["commands"][0]) == [str(part) for part in whole]
