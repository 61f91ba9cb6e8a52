"""The time that is left: exact on made-up runs."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mrpn.common.files import write_json
from mrpn.corpora.folds import Fold
from mrpn.evaluation.history import save_history
from mrpn.training import Recipe
from mrpn.training.jobs import Job
from mrpn.training.studies.throughput import spoken, time_left

Made = Callable[..., Job]


@pytest.fixture
def job(make_recipe: Callable[..., Recipe], fold: Fold, tmp_path: Path) -> Made:
    """Make a job of ten epochs, with so many seconds of epochs behind it, finished or not."""
    recipe = make_recipe(optimisation={"epochs": 10})

    def make(
        strategy: str, fold_name: str, seconds: list[float], finished: bool = False, out: str = "a"
    ) -> Job:
        place = replace(fold, name=fold_name)
        made = Job(recipe, tmp_path / "prepared", place, strategy, tmp_path / out)
        rows = [
            {
                "strategy": strategy,
                "fold": fold_name,
                "seed": 0,
                "epoch": epoch + 1,
                "train_loss": 1.0,
                "train_accuracy": 0.5,
                "validation_loss": 1.0,
                "validation_accuracy": 0.5,
                "rate": 0.1,
                "seconds": each,
            }
            for epoch, each in enumerate(seconds)
        ]
        if rows:
            save_history(pd.DataFrame(rows), made.folder / "history.csv")
        if finished:
            write_json(made.folder / "result.json", {})
        return made

    return make


def test_nothing_measured_is_not_known(job: Made) -> None:
    assert time_left([job("am", "1", [])], 1) is None


def test_the_same_strategy_takes_as_long_and_what_is_begun_counts(job: Made) -> None:
    jobs = [job("am", "1", [2.0, 4.0, 3.0]), job("am", "2", [])]
    assert time_left(jobs, 1) == pytest.approx(3 * 7 + 3 * 10)


def test_runs_are_expected_to_end_when_finished_ones_did(job: Made) -> None:
    jobs = [job("am", "1", [3.0] * 4, True), job("am", "2", [3.0] * 6, True), job("am", "3", [])]
    assert time_left(jobs, 1) == pytest.approx(3 * 5)


def test_another_recipes_runs_of_the_strategy_serve_where_there_are_none(job: Made) -> None:
    jobs = [job("am", "1", [3.0] * 10, True), job("am", "1", [], out="b")]
    assert time_left(jobs, 1) == pytest.approx(3 * 10)


def test_a_fusion_takes_what_its_modalities_take(job: Made) -> None:
    jobs = [job("am", "1", [1.0] * 10, True), job("vm", "1", [4.0] * 10, True), job("n2", "1", [])]
    assert time_left(jobs, 1) == pytest.approx((1 + 4) * 10)


def test_a_modality_takes_its_share_of_a_fusion(job: Made) -> None:
    assert time_left([job("n0", "1", [6.0] * 10, True), job("am", "1", [])], 1) == pytest.approx(30)


def test_several_at_once_share_the_time_but_one_run_cannot_be_split(job: Made) -> None:
    begun = [job("am", "1", [1.0] * 10, True), job("am", "2", []), job("am", "3", [])]
    assert time_left(begun, 2) == pytest.approx(10)
    assert time_left(begun[:2], 2) == pytest.approx(10)


def test_all_finished_leaves_nothing(job: Made) -> None:
    assert time_left([job("am", "1", [1.0], True)], 1) == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (40, "40 s"), (89, "89 s"), (720, "12 min"), (11400, "3 h 10 min")],
)
def test_a_duration_is_said_in_words(seconds: float, said: str) -> None:
    assert spoken(seconds) == said
