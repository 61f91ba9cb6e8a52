"""The recognizer's training: stopped and gone on with, the same files are there in the end."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recognizer import FOLD, HELD_OUT, WATCHED

from fer2013 import draw_faces
from imitations import write_ravdess_voices
from kept import kept
from mrpn.common.files import file_digest
from mrpn.evaluation import load_predictions
from mrpn.training import pool
from mrpn.weights import find_weights, load_weights

Script = Callable[..., Any]
# The encoders that ship, on little.
LITTLE = (
    "network.branches.audio.features=8",
    "network.branches.video.features=8",
    "network.hidden=8",
    "preprocessing.spectrogram.step=1.0",
    "stills.views=1",
    "augmentation.sound=null",
    "optimisation.epochs=2",
    "optimisation.batch_size=4",
    "optimisation.clips_per_epoch=8",
    "optimisation.precision=32-true",
)
RUN = "recognizer/A21-24/n2-seed0"
KEPT = {
    f"{RUN}/{name}" for name in ("history.csv", "predictions.csv", "recipe.yaml", "result.json")
}


@pytest.fixture(scope="module")
def train(script: Script, tmp_path_factory: pytest.TempPathFactory) -> Script:
    """Train the network on a few drawn faces and as many imitations of voices."""
    media = tmp_path_factory.mktemp("media")
    voices, faces = write_ravdess_voices(media / "voices"), draw_faces(media / "faces")

    def start(place: Path, *more: object) -> Any:
        what = ("--voices", voices, "--faces", faces, "--set", *LITTLE, "--threads", 1)
        where = ("--work", place / "work", "--out", place / "out")
        return script("recognizer", *what, *where, *more)

    return start


def test_stopped_amid_the_run_it_goes_on_to_the_same_files(
    train: Script, undisturbed: tuple[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pool, "say", lambda _: os.kill(os.getpid(), signal.SIGINT))
        ran = train(tmp_path)
    assert ran.code == 130
    assert ran.err.endswith("error: stopped; the same command goes on from here\n")
    assert not (tmp_path / "out").exists()
    again = train(tmp_path)
    assert again.code == 0
    assert "epoch   2/2" in again.err
    assert "epoch   1/2" not in again.err
    assert kept(tmp_path / "out") == kept(undisturbed[0] / "out")


def test_all_but_the_weights_is_kept_and_nobody_of_the_test_was_learned_from(
    undisturbed: tuple[Path, Any],
) -> None:
    place, ran = undisturbed
    assert kept(place / "out").keys() == KEPT
    result = json.loads((place / "out" / RUN / "result.json").read_text("utf-8"))
    actors = {part: {*names} for part, names in result["actors"].items()}
    assert actors["test"] == {*HELD_OUT}
    assert actors["validation"] == {*WATCHED}
    assert not actors["train"] & {*HELD_OUT, *WATCHED}
    assert result["fold_digest"] == FOLD.digest
    predicted = load_predictions(place / "out" / RUN / "predictions.csv")
    assert {*predicted["actor"]} == {*HELD_OUT}
    assert len(predicted) == result["test_clips"]
    assert f"weights: {place / 'work' / 'runs' / RUN / 'weights.safetensors'}" in ran.err


def test_it_starts_from_the_encoders_that_ship_and_leaves_that_of_faces_as_it_is(
    undisturbed: tuple[Path, Any],
) -> None:
    run = undisturbed[0] / "work" / "runs" / RUN
    shipped = {"audio": find_weights("voice-small"), "video": find_weights("face-small")}
    identity = json.loads((run / "identity.json").read_text("utf-8"))
    assert identity["initial"] == {name: file_digest(path) for name, path in shipped.items()}
    network, _ = load_weights(run / "weights.safetensors")
    same = {}
    for name, path in shipped.items():
        theirs = load_weights(path)[0].branches[name].encoder.state_dict()
        ours = network.branches[name].encoder.state_dict()
        same[name] = all(ours[key].equal(theirs[key]) for key in theirs)
    assert same == {"audio": False, "video": True}


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--voices", "/nowhere"), "/nowhere: there is no such folder"),
        (("--faces", "/nowhere"), "/nowhere"),
        (("--set", "optimisation.epoch=2"), "unknown key 'optimisation.epoch'"),
    ],
)
def test_wrong_input_is_one_line(
    train: Script, tmp_path: Path, more: tuple[str, ...], line: str
) -> None:
    assert line in train(tmp_path, *more).error
    assert not (tmp_path / "work").exists()
