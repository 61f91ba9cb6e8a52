"""RAVDESS's voices in sittings: wherever one ends, the same files are there in the end."""

import json
import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imitations import write_ravdess_voices
from kept import kept
from mrpn.common.files import file_digest
from mrpn.corpora import ravdess_folds
from mrpn.evaluation import load_predictions
from mrpn.training import pool
from mrpn.weights import Material, TrainingData, find_weights, load_weights, save_weights

Script = Callable[..., Any]
START = "voice-small"
FOLDS = ("A1,2", "A3,4")
TINY = (
    "network.branches.audio.features=8",
    "network.hidden=8",
    "preprocessing.spectrogram.step=1.0",
    "optimisation.epochs=2",
    "optimisation.batch_size=4",
    "optimisation.clips_per_epoch=8",
)
KEPT = ("history.csv", "predictions.csv", "recipe.yaml", "result.json")
TIME_IS_UP = "the time is up; the same command goes on"


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_ravdess_voices(tmp_path_factory.mktemp("media") / "voices")


@pytest.fixture(scope="module")
def train(script: Script, voices: Path) -> Script:
    """Train two folds of the first setting, tiny, one run at a time."""

    def start(place: Path, *more: object) -> Any:
        what = ("--voices", voices, "--start", START, "--settings", "t-ao")
        size = ("--folds", *FOLDS, "--set", *TINY, "--jobs", 1)
        where = ("--work", place / "work", "--out", place / "out")
        return script("voices_ravdess", *what, *size, *where, *more)

    return start


@pytest.fixture(scope="module")
def undisturbed(train: Script, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a sitting leaves that nothing ends."""
    place = tmp_path_factory.mktemp("undisturbed")
    ran = train(place)
    assert ran.code == 0, ran.err
    return place / "out"


def files_of(*folds: str) -> set[str]:
    runs = [f"ravdess-voice-small/t-ao/{fold}/am-seed0" for fold in folds]
    return {f"{run}/{name}" for run in runs for name in KEPT}


def epochs_of(err: str) -> list[tuple[str, str]]:
    """The epochs that were told of, with their folds."""
    return re.findall(r"^  (A\S+) .* epoch +(\d)/2", err, re.MULTILINE)


def test_a_sitting_that_ends_amid_a_run_changes_nothing_of_what_is_left_in_the_end(
    train: Script, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sitting(epochs: int) -> Any:
        """A sitting whose timer rings once so many epochs are over."""
        told = []

        def say(line: str) -> None:
            told.append(line)
            tell(line)
            if len(told) == epochs:
                signal.raise_signal(signal.SIGALRM)

        tell = pool.say
        with monkeypatch.context() as patch:
            patch.setattr(pool, "say", say)
            return train(tmp_path, "--minutes", 9)

    first = sitting(1)
    assert (first.code, TIME_IS_UP in first.err) == (0, True)
    assert epochs_of(first.err) == [("A1,2", "1")]
    assert kept(tmp_path / "out") == {}
    second = sitting(2)
    assert (second.code, TIME_IS_UP in second.err) == (0, True)
    assert epochs_of(second.err) == [("A1,2", "2"), ("A3,4", "1")]
    assert kept(tmp_path / "out").keys() == files_of("A1,2")
    last = train(tmp_path)
    assert (last.code, TIME_IS_UP in last.err) == (0, False)
    assert epochs_of(last.err) == [("A3,4", "2")]
    assert kept(tmp_path / "out") == kept(undisturbed)


def test_no_minutes_at_all_are_over_at_once(train: Script, tmp_path: Path) -> None:
    ran = train(tmp_path, "--minutes", 0)
    assert ran.code == 0
    assert ran.err.splitlines()[-1] == TIME_IS_UP
    assert not (tmp_path / "out").exists()


def test_all_but_the_weights_is_kept_with_a_prediction_for_every_test_clip(
    undisturbed: Path,
) -> None:
    assert kept(undisturbed).keys() == files_of(*FOLDS)
    for name in FOLDS:
        run = undisturbed / "ravdess-voice-small" / "t-ao" / name / "am-seed0"
        fold = ravdess_folds()[name]
        predicted = load_predictions(run / "predictions.csv")
        assert sorted(predicted["actor"]) == sorted(2 * fold.test)
        assert predicted["clip"].is_unique
        result = json.loads((run / "result.json").read_text("utf-8"))
        assert result["fold_digest"] == fold.digest
        assert result["initial"] == {"audio": file_digest(find_weights(START))}


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--start", "nobody"), "no weights are called 'nobody'"),
        (("--folds", "A1"), "no fold 'A1' in 'ravdess-strict'; there are A1,2 | A3,4"),
        (("--set", "optimisation.epoch=2"), "unknown key 'optimisation.epoch'"),
        (("--set", "optimisation.batch_size=0"), "'optimisation.batch_size'"),
    ],
)
def test_wrong_input_is_one_line_before_anything_is_read(
    train: Script, tmp_path: Path, more: tuple[str, ...], line: str
) -> None:
    assert line in train(tmp_path, *more).error
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("told", ["trained_on", "training_data"])
def test_a_start_that_any_of_ravdess_trained_is_one_line(
    train: Script, tmp_path: Path, told: str, given: bool
) -> None:
    network, header = load_weights(find_weights(START))
    update = {
        "trained_on": (Material(corpus="composite-ravdess-fer2013", part="train", clips=1),),
        "training_data": (TrainingData(name="composite-ravdess-fer2013", licence="CC0"),),
    }
    path = tmp_path / "start.safetensors"
    save_weights(path, network, header.model_copy(update={told: update[told]}))
    own = ("--settings", "best", "--set", f"network.branches.audio.initial={path}")
    assert train(tmp_path, *(("--start", path) if given else own)).error == (
        f"{path}: was trained on composite-ravdess-fer2013; RAVDESS is to start from speakers "
        "alone, which experiments/speakers.py trains"
    )
    assert not (tmp_path / "work").exists()


def test_results_of_other_settings_are_not_overwritten(train: Script, undisturbed: Path) -> None:
    before = kept(undisturbed)
    ran = train(undisturbed.parent, "--set", *TINY, "optimisation.rate=1.0e-2")
    assert "holds a run with another recipe digest; name another folder" in ran.error
    assert kept(undisturbed) == before
