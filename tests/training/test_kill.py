"""Killed runs, started again, end in the same result: children of this process, really killed."""

import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from killing import dying_at_rename, in_a_child
from mrpn.corpora.folds import Fold
from mrpn.evaluation.history import load_history
from mrpn.evaluation.predictions import load_predictions
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, train_run

EPOCHS = 3
PLATEAU = {"name": "plateau", "patience": 0, "stop_after": 9}
# Files that a run renames into place: 2 at its start, 2 or 3 in every epoch, 4 at its end.
RENAMES = range(2 + 2 * EPOCHS + 4, 2 + 3 * EPOCHS + 4 + 1)


@pytest.fixture(scope="module")
def train(
    make_recipe: Callable[..., Recipe], corpus: PreparedCorpus, fold: Fold
) -> Callable[..., Path]:
    """Return a maker of runs of three epochs: (folder, schedule, loader processes)."""

    def run(out: Path, schedule: dict[str, object], workers: int = 0, select: str = "best") -> Path:
        settings = {
            "epochs": EPOCHS,
            "rate": 0.05,
            "schedule": schedule,
            "loader_workers": workers,
            "select": select,
        }
        return train_run(make_recipe(optimisation=settings), corpus, fold, "n2", out)

    return run


@pytest.fixture(scope="module")
def undisturbed(
    train: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("undisturbed")
    schedules: dict[str, dict[str, object]] = {"plateau": PLATEAU, "cycle": {"name": "one-cycle"}}
    return {name: train(out / name, schedule) for name, schedule in schedules.items()}


def assert_same(found: Path, expected: Path) -> None:
    curves = [load_history(f / "history.csv").drop(columns="seconds") for f in (found, expected)]
    pd.testing.assert_frame_equal(*curves, check_exact=True)
    assert load_history(found / "history.csv")["seconds"].between(0, 60).all()
    tables = [load_predictions(f / "predictions.parquet") for f in (found, expected)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)
    one, other = (load_file(f / "weights.safetensors") for f in (found, expected))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert {p.name for p in found.iterdir()} == {p.name for p in expected.iterdir()}


def rows(folder: Path) -> int:
    history = folder / "A1" / "n2-seed0" / "history.csv"
    return len(history.read_text("utf-8").splitlines()) - 1 if history.exists() else 0


def test_the_undisturbed_run_halves_its_rate(undisturbed: dict[str, Path]) -> None:
    curve = load_history(undisturbed["plateau"] / "history.csv")
    assert curve["rate"].nunique() > 1


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("schedule", ["plateau", "cycle"])
def test_a_run_killed_after_an_epoch_ends_as_if_it_had_not_been(
    train: Callable[..., Path],
    undisturbed: dict[str, Path],
    tmp_path: Path,
    schedule: str,
    after: int,
) -> None:
    chosen = PLATEAU if schedule == "plateau" else {"name": "one-cycle"}
    work = partial(train, tmp_path, chosen)
    assert in_a_child(work, lambda: rows(tmp_path) >= after) == -signal.SIGKILL
    assert_same(work(), undisturbed[schedule])


@pytest.mark.parametrize("count", range(1, RENAMES.stop))
def test_a_run_killed_before_any_of_its_writes_ends_the_same(
    train: Callable[..., Path], undisturbed: dict[str, Path], tmp_path: Path, count: int
) -> None:
    work = partial(train, tmp_path, PLATEAU)
    killed = in_a_child(partial(dying_at_rename, work, count)) == -signal.SIGKILL
    assert killed or count > RENAMES.start
    assert_same(work(), undisturbed["plateau"])


def test_no_write_was_left_out(train: Callable[..., Path], tmp_path: Path) -> None:
    work = partial(train, tmp_path, PLATEAU)
    assert in_a_child(partial(dying_at_rename, work, RENAMES.stop)) == 0


def test_a_run_killed_again_and_again_at_odd_moments_ends_the_same(
    train: Callable[..., Path], undisturbed: dict[str, Path], tmp_path: Path
) -> None:
    work = partial(train, tmp_path, PLATEAU)
    for delay in (0.05, 0.23, 0.31, 0.17):
        end = time.monotonic() + delay
        in_a_child(work, lambda end=end: time.monotonic() > end)
    assert_same(work(), undisturbed["plateau"])


def test_loader_processes_do_not_matter_to_a_resumed_run(
    train: Callable[..., Path], undisturbed: dict[str, Path], tmp_path: Path
) -> None:
    work = partial(train, tmp_path, PLATEAU, workers=2)
    assert in_a_child(work, lambda: rows(tmp_path) >= 2) == -signal.SIGKILL
    assert_same(work(), undisturbed["plateau"])


@pytest.mark.parametrize("workers", [0, 2])
def test_mixed_clips_and_varied_sounds_are_the_same_after_a_kill_and_in_any_loaders(
    make_recipe: Callable[..., Recipe], corpus: PreparedCorpus, tmp_path: Path, workers: int
) -> None:
    scored = Fold(
        "A1", train=("2", "3", "4", "5", "6"), validation=("1",), test=("1",), protocol="paper"
    )

    def work(out: Path, workers: int = 0) -> Path:
        recipe = make_recipe(
            protocol="paper",
            augmentation={
                "sound": {"pitch": 2.0, "tempo": 0.1, "warped": 0.5},
                "masks": {"bins": 8, "frames": 8},
            },
            optimisation={
                "epochs": EPOCHS,
                "mixup": 0.4,
                "average": 0.9,
                "select": "best-accuracy",
                "loader_workers": workers,
            },
        )
        return train_run(recipe, corpus, scored, "n2", out)

    whole = work(tmp_path / "whole")
    again = partial(work, tmp_path / "killed", workers)
    assert in_a_child(again, lambda: rows(tmp_path / "killed") >= 2) == -signal.SIGKILL
    assert_same(again(), whole)


def test_a_run_killed_after_it_had_stalled_does_not_train_on(
    train: Callable[..., Path], tmp_path: Path
) -> None:
    stalling = {"name": "plateau", "patience": 0, "stop_after": 1}
    whole = train(tmp_path / "whole", stalling)
    length = len(load_history(whole / "history.csv"))
    assert length < EPOCHS
    work = partial(train, tmp_path / "killed", stalling)
    in_a_child(work, lambda: rows(tmp_path / "killed") >= length)
    assert_same(work(), whole)
