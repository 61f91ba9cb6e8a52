"""`mrpn weights`: what is installed, and its cards."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from weight_packages import make_package

Run = Callable[..., Any]


@pytest.fixture
def installed(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with the weights of a trained late fusion; no other is found."""
    home = make_package(tmp_path / "site", "weights_of_cli", {"moods": weights})
    monkeypatch.syspath_prepend(tmp_path / "site")
    return home


def test_what_is_installed_is_listed_with_its_licence(mrpn: Run, installed: Path) -> None:
    ran = mrpn("weights", "list")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    place = lines.index("moods  made for a test")
    size = (installed / "moods.safetensors").stat().st_size / 1e6
    assert lines[place + 1].startswith(f"  uni-modal network: video, {size:.1f} MB; licence: CC0-1")


def test_the_list_for_programs_is_the_registry(mrpn: Run, installed: Path) -> None:
    ran = mrpn("weights", "list", "--json")
    (entry,) = [e for e in json.loads(ran.out) if e["name"] == "moods"]
    assert entry == json.loads((installed / "registry.json").read_text("utf-8"))[0]


def test_nothing_installed_says_how_to_get_some(mrpn: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mrpn.weights.registry.entry_points", lambda **_: [])
    ran = mrpn("weights", "list")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("no weights are installed; pip install ./weights")


@pytest.mark.parametrize("by", ["name", "path"])
def test_a_card_is_shown_by_name_and_by_path(
    mrpn: Run, installed: Path, weights: Path, by: str
) -> None:
    given = "moods" if by == "name" else str(weights)
    ran = mrpn("weights", "show", given)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"# {given}\n")
    assert "late fusion over frozen branches" in ran.out
    header = json.loads(mrpn("weights", "show", given, "--json").out)
    assert header["classes"] == {"class": ["happy", "angry"]}
    assert [part["actors"] for part in header["trained_on"]] == [["5", "6"], ["3", "4"]]


def test_an_unknown_name_is_one_line(mrpn: Run, installed: Path) -> None:
    ran = mrpn("weights", "show", "faces")
    assert (ran.code, ran.out) == (1, "")
    assert ran.error.startswith("no weights are called 'faces'; known: ")
    assert "moods" in ran.error
