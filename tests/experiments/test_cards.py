"""The cards of the weights that ship: what bears one out, and what does not."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cards
import pytest

from mrpn.weights import read_header, shipped_weights

Script = Callable[..., Any]
TRUE = {"agrees": True, "same_contents": True, "clips": 240, "card_clips": 240, "seconds": 60.0}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"same_contents": None}, ""),
        ({"same_contents": False}, "other contents than the card's"),
        ({"clips": 239}, "239 clips, not 240"),
        ({"agrees": False, "seconds": 600.0}, "another value than the card's, more than ten min"),
    ],
)
def test_a_card_is_borne_out_by_its_value_on_its_very_clips_in_time(
    change: dict[str, object], why: str
) -> None:
    found = cards.why_not({**TRUE, **change})
    assert found.startswith(why)
    assert bool(found) == bool(why)


def test_the_clips_of_the_card_stand_beside_those_that_were_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "face-small"
    (card,) = read_header(shipped_weights()[name][1]).measured
    told = {
        "measured": card.model_dump(mode="json") | {"clips": 7},
        "card": card.value,
        "agrees": True,
        "same_contents": True,
        "seen_in_training": [],
    }

    def run(*_: object, **__: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, json.dumps(told))

    monkeypatch.setattr(subprocess, "run", run)
    found = cards.measure(name, [])
    assert (found["clips"], found["card_clips"]) == (7, card.clips) == (7, 3589)


@pytest.mark.parametrize("named", [True, False])
def test_faces_as_a_table_are_refused_before_anything_is_measured(
    script: Script, tmp_path: Path, named: bool
) -> None:
    table = tmp_path / "faces" / "fer2013.csv"
    table.parent.mkdir()
    table.write_text("emotion,pixels,Usage\n", "utf-8")
    faces = table if named else table.parent
    asked = ("--voices", tmp_path, "--faces", faces, "--speech", tmp_path, "--out", tmp_path / "o")
    assert script("cards", *asked).error.startswith(
        f"{faces}: is FER2013 as a csv; give its folders of images, since the card of "
    )
    assert not (tmp_path / "o").exists()


def test_some_weights_are_measured_and_the_others_keep_what_they_had(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = {"metric": "accuracy", "value": 0.5, "low": 0.4, "high": 0.6, "interval": "over"}
    one = {**measured, **TRUE, "card": 0.5, "seen_in_training": []}
    monkeypatch.setattr(cards, "measure", lambda name, _: {**one, "seconds": len(name)})
    asked = ("--voices", tmp_path, "--faces", tmp_path, "--speech", tmp_path, "--out", tmp_path)
    assert script("cards", *asked).code == 0
    monkeypatch.setattr(cards, "measure", lambda *_: {**one, "seconds": 77.0})
    assert script("cards", *asked, "--weights", "voice-mel").code == 0
    kept = json.loads((tmp_path / "result.json").read_text("utf-8"))["weights"]
    seconds = {name: each["seconds"] for name, each in kept.items()}
    assert seconds.pop("voice-mel") == 77.0
    assert seconds == {name: len(name) for name in shipped_weights() if name != "voice-mel"}
    assert script("cards", *asked, "--weights", "nobody").error.startswith("no weights are called")
