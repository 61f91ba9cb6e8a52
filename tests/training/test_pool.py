"""Many runs at once: order, failures that stop no others, needs, deadlines, processes that die."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from mrpn.common.errors import MrpnError
from mrpn.corpora.folds import Fold
from mrpn.evaluation.history import load_history
from mrpn.evaluation.predictions import load_predictions
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, pool
from mrpn.training.jobs import Ended, Job
from mrpn.training.pool import train_jobs

Maker = Callable[..., Job]


@pytest.fixture
def job(recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path: Path) -> Maker:
    def make(strategy: str, **changes: object) -> Job:
        whole = Job(recipe, corpus.folder, fold, strategy, tmp_path / "runs")
        return replace(whole, **changes)

    return make


def states(ends: list[Ended]) -> dict[str, str]:
    return {end.job.strategy: end.state for end in ends}


def test_a_run_that_fails_stops_no_others_and_says_why(job: Maker) -> None:
    strange = Fold("A9", train=("3",), validation=("2",), test=("9",))
    ends = train_jobs([job("am", fold=strange), job("vm")], 1)
    assert states(ends) == {"am": "failed", "vm": "finished"}
    assert "has no actors 9" in ends[0].reason
    assert ends[1].reason == ""


def test_what_builds_on_a_failed_run_fails_with_it(
    job: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = pool.train_run

    def failing(*given: Any, **more: Any) -> Path:
        if "vm" in given:
            raise ZeroDivisionError("a bug")
        return train(*given, **more)

    monkeypatch.setattr(pool, "train_run", failing)
    ends = train_jobs([job("am"), job("vm"), job("late")], 1)
    assert states(ends) == {"am": "finished", "vm": "failed", "late": "failed"}
    assert ends[1].reason == "ZeroDivisionError: a bug"
    assert ends[2].reason == "'late' builds on 'vm', which has failed"


def test_what_is_raised_on_an_end_stops_all(job: Maker) -> None:
    def refuse(_: Ended) -> None:
        raise MrpnError("enough")

    with pytest.raises(MrpnError, match="enough"):
        train_jobs([job("am"), job("vm")], 1, ended=refuse)
    assert job("am").folder.exists()
    assert not job("vm").folder.exists()


def test_no_epoch_begins_after_the_deadline_and_the_rest_is_done_later_alike(
    job: Maker, tmp_path: Path
) -> None:
    past = time.time() - 1
    assert states(train_jobs([job("n0", deadline=past)], 1)) == {"n0": "stopped"}
    assert not job("n0").folder.exists()

    # A job that has begun when the time is up keeps the epoch it is in.
    with pytest.raises(pool.OutOfTimeError, match="after epoch 1"):
        pool.train_job(job("n0", deadline=past))
    assert len(load_history(job("n0").folder / "history.csv")) == 1
    assert not (job("n0").folder / "result.json").exists()

    assert states(train_jobs([job("n0")], 1)) == {"n0": "finished"}
    whole = job("n0", out=tmp_path / "undisturbed")
    train_jobs([whole], 1)
    tables = [load_predictions(each.folder / "predictions.parquet") for each in (job("n0"), whole)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_a_deadline_in_the_last_epoch_lets_the_run_finish(
    job: Maker, make_recipe: Callable[..., Recipe]
) -> None:
    short = make_recipe(optimisation={"epochs": 1})
    last = job("am", recipe=short, deadline=time.time() - 1)
    assert pool.train_job(last) == last.folder
    assert (last.folder / "result.json").exists()


def die(job: Job) -> Path:
    """Train, but for the process of `am`, which is killed like one that needs too much memory."""
    if job.strategy == "am":
        os.kill(os.getpid(), signal.SIGKILL)
    return pool.train_run(job.recipe, PreparedCorpus(job.prepared), job.fold, "vm", job.out)


def test_a_process_that_dies_costs_its_own_run_alone(
    job: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "train_job", die)
    ticks: list[int] = []
    ends = train_jobs([job("am"), job("vm")], 2, tick=lambda: ticks.append(1))
    assert states(ends) == {"am": "failed", "vm": "finished"}
    assert "its process has died, perhaps for want of memory" in ends[0].reason
    assert ticks


def test_nothing_to_do_is_nothing(job: Maker) -> None:
    assert train_jobs([], 2) == []


def test_the_threads_of_this_process_stay_as_they_were(job: Maker) -> None:
    strange = Fold("A9", train=("3",), validation=("2",), test=("9",))
    assert states(train_jobs([job("am", threads=2, fold=strange)], 1)) == {"am": "failed"}
    assert torch.get_num_threads() == 1
