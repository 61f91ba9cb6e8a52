"""`mrpn doctor` and `mrpn export`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.recognition import doctor

Run = Callable[..., Any]


def test_all_is_well_or_it_says_what_to_do(mrpn: Run) -> None:
    ran = mrpn("doctor", "--json")
    found = {each["name"]: each for each in json.loads(ran.out)}
    assert found["self-test"]["good"], found["self-test"]["text"]
    assert found["face detector"]["good"]
    assert all(each["good"] or each["remedy"] for each in found.values())
    assert ran.code == int(not all(each["good"] for each in found.values()))


def test_what_is_missing_is_told_with_its_remedy(
    mrpn: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", ("mrpn", "nothing-of-this-name"))
    monkeypatch.setattr(doctor, "_detects", lambda: (_ for _ in ()).throw(OSError("no model")))
    monkeypatch.setattr(doctor, "shipped_weights", dict)
    ran = mrpn("doctor")
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[-1] == "3 to put right"
    bad = [line for line in lines if line.startswith("!!")]
    names = ("nothing-of-this-name", "face detector", "weights")
    assert all(name in line for name, line in zip(names, bad, strict=True))
    assert any("pip install nothing-of-this-name" in line for line in lines)


def test_a_network_is_exported_and_compared(
    mrpn: Run, weights: Path, clip: Path, tmp_path: Path
) -> None:
    pytest.importorskip("onnx", reason="pip install mrpn[export]")
    ran = mrpn("export", tmp_path / "n.onnx", "--weights", weights, "--int8", "--check", clip)
    assert ran.code == 0, ran.err
    first, second = ran.out.splitlines()
    assert first.startswith(f"{tmp_path / 'n.onnx'}  ")
    assert "on 1 clips: probabilities within" in first
    assert "n-int8.onnx" in second
