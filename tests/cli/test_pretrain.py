"""`mrpn pretrain voice`: end to end on voices of numbers, its weights in use, what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from mrpn.media import write_wav

Run = Callable[..., Any]
RATE = 16000


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five speakers of three utterances each, in folders: `read/SPEAKER/NUMBER.wav`."""
    folder = tmp_path_factory.mktemp("voices [mine]")
    rng = np.random.default_rng(0)
    for speaker in range(1, 6):
        for number in range(3):
            tone = 0.4 * np.sin(2 * np.pi * 600 * speaker * np.arange(RATE) / RATE)
            path = folder / "read" / f"s{speaker}" / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(path, (tone + rng.normal(0, 0.05, RATE)).astype("f4"))
    return folder


@pytest.fixture(scope="module")
def speakers_recipe(recipe: Path) -> Path:
    """The voice branch of the tiny recipe, on speakers."""
    given = yaml.safe_load(recipe.read_text("utf-8"))
    values = {
        **{name: given[name] for name in ("name", "title", "preprocessing", "optimisation")},
        "branch": given["network"]["branches"]["audio"],
        "split": {"test": 2, "validation": 0},
        "slices": {"shortest": 0.8, "longest": 0.8},
    }
    path = recipe.parent / "speakers.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pretrain(mrpn: Run, voices: Path, speakers_recipe: Path) -> Run:
    def start(out: Path, *more: object, source: Path = voices) -> Any:
        how = ("--corpus", "folder", "--recipe", speakers_recipe, "--out", out, "--workers", 1)
        return mrpn("pretrain", "voice", source, *how, *more)

    return start


@pytest.fixture(scope="module")
def done(pretrain: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    out = tmp_path_factory.mktemp("done") / "out"
    return out, pretrain(out)


def test_the_error_is_shown_and_the_weights_named(done: tuple[Path, Any]) -> None:
    out, ran = done
    assert ran.code == 0, ran.err
    assert "epoch   1/1" in ran.err
    assert "trained" in ran.out
    assert "untrained" in ran.out
    weights = Path(ran.out.splitlines()[-1])
    assert weights == out / "run" / "weights.safetensors"
    assert weights.is_file()
    assert f"--initial audio={weights}" in ran.err


def test_a_finished_run_is_not_repeated_and_can_be_read_by_programs(
    done: tuple[Path, Any], pretrain: Run
) -> None:
    again = pretrain(done[0], "--json")
    assert (again.code, again.err) == (0, "")
    result = json.loads(again.out)
    assert result["utterances"] == {"train": 9, "validation": 0, "test": 6}
    assert result["verification"]["trained"]["target_trials"] == 6
    assert result["verification"]["trained"]["other_trials"] == 9


def test_the_weights_start_the_voice_branch_of_a_fusion(
    done: tuple[Path, Any], mrpn: Run, recipe: Path, prepared: Path, tmp_path: Path
) -> None:
    weights = done[0] / "run" / "weights.safetensors"
    how = ("--data", prepared, "--out", tmp_path / "runs", "--jobs", 1, "--fold", "A1,2")
    ran = mrpn("train", recipe, *how, "--strategy", "n2", "--initial", f"audio={weights}")
    assert ran.code == 0, ran.err
    identity = tmp_path / "runs" / "A1,2" / "n2-seed0" / "identity.json"
    assert list(json.loads(identity.read_text("utf-8"))["initial"]) == ["audio"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (["--set", "split.test=4"], "1 of 5 speakers are left to train on"),
        (["--set", "split.test=6"], "set split.test between 2 and 5"),
        (["--set", "optimisation.select=best"], "no validation speakers"),
        (["--set", "branch.width=0"], "'branch.width'"),
        (["--set", "network.width=2"], "unknown key 'network'"),
    ],
)
def test_a_wrong_setting_is_one_line_and_trains_nothing(
    pretrain: Run, tmp_path: Path, changes: list[str], line: str
) -> None:
    ran = pretrain(tmp_path, *changes)
    assert (ran.code, ran.out) == (1, "")
    assert line in ran.error
    assert not (tmp_path / "run").exists()


def test_a_folder_without_sound_is_one_line(pretrain: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = pretrain(tmp_path / "out", source=tmp_path / "empty")
    assert ran.code == 1
    assert ran.error.startswith(f"{tmp_path / 'empty'}: no labelled clips")
