"""What the recipe `best` was chosen by: variants, judged on the validation actors of one fold."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import voices_choosing

from imitations import write_ravdess_voices
from mrpn.common.files import file_digest
from mrpn.corpora import ravdess_folds
from mrpn.weights import find_weights

Script = Callable[..., Any]
TINY = (
    "network.branches.audio.features=8",
    "network.hidden=8",
    "preprocessing.spectrogram.step=1.0",
    "optimisation.epochs=2",
    "optimisation.batch_size=4",
    "optimisation.clips_per_epoch=8",
)


def test_the_table_has_the_last_validation_of_every_variant_and_starts_are_kept(
    script: Script, tmp_path: Path
) -> None:
    voices = write_ravdess_voices(tmp_path / "voices")
    where = ("--work", tmp_path / "work", "--out", tmp_path / "out")
    ran = script(
        "voices_choosing", "--voices", voices, "--variants", "scratch", "pretrained",
        "--set", *TINY, *where,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    results = tmp_path / "out" / "ravdess-voice-choosing"
    lines = (results / "table.md").read_text("utf-8").splitlines()[2:]
    started = {"scratch": {}, "pretrained": {"audio": file_digest(find_weights("voice-mel"))}}
    for line, name in zip(lines, started, strict=True):
        run = results / name / voices_choosing.FOLD / "am-seed0"
        last = list(csv.DictReader((run / "history.csv").open(encoding="utf-8")))[-1]
        validation = 100 * float(last["validation_accuracy"])
        assert line.startswith(f"| {name} | 2 | ")
        assert f"| {validation:.1f} | " in line
        assert json.loads((run / "result.json").read_text("utf-8"))["initial"] == started[name]


def test_no_minutes_at_all_are_over_at_once(script: Script, tmp_path: Path) -> None:
    voices = write_ravdess_voices(tmp_path / "voices")
    where = ("--work", tmp_path / "work", "--out", tmp_path / "out")
    ran = script("voices_choosing", "--voices", voices, "--minutes", 0, *where)
    assert (ran.code, "the time is up; the same command goes on" in ran.err) == (0, True)


def test_those_who_chose_are_in_the_test_of_one_fold_alone() -> None:
    chose = set(ravdess_folds()[voices_choosing.FOLD].validation)
    assert chose == {"17", "18"}
    assert [fold.name for fold in ravdess_folds() if chose & set(fold.test)] == ["A17,18"]
