"""`mrpn watch` on files played as streams, and devices that are not there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
FAST = ("--speed", 0, "--window", 0.5, "--step", 0.4)


def test_a_file_is_recognised_window_by_window(mrpn: Run, clip: Path, weights: Path) -> None:
    ran = mrpn("watch", clip, "--weights", weights, *FAST, "--json")
    moments = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 0
    assert [moment["start"] for moment in moments][:2] == [0.0, 0.4]
    assert all(moment["face"] == 1 for moment in moments)
    assert ", 0 dropped; a window's answer came " in ran.err
    assert moments[0]["latency"] > 0
    for_people = mrpn("watch", clip, "--weights", weights, *FAST)
    assert len(for_people.out.splitlines()) == len(moments)


def test_no_device_and_no_file_are_one_line(mrpn: Run, weights: Path, bad_media: Path) -> None:
    ran = mrpn("watch", "--weights", weights, "--camera", "/dev/nothing", "--microphone", "none")
    assert (ran.code, ran.error.split(":")[0]) == (1, "/dev/nothing")
    ran = mrpn("watch", "--weights", weights, "--camera", "none", "--microphone", "none")
    assert ran.error == "with neither camera nor microphone there is nothing to watch"
    ran = mrpn("watch", bad_media / "text.wav", "--weights", weights)
    assert "not a media file" in ran.error


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("empty-room.mp4", "no face, no sound"),
        ("faceless.mp4", "no face, no speech"),
        ("silent.wav", "no picture, silence"),
        ("voice.wav", "no picture, no speech"),
    ],
)
def test_a_recording_without_an_answer_is_one_line_that_says_why(
    mrpn: Run, weights: Path, bad_media: Path, name: str, problems: str
) -> None:
    ran = mrpn("watch", bad_media / name, "--weights", weights, *FAST)
    assert (ran.code, ran.out) == (1, "")
    assert ran.error == f"{bad_media / name}: no answer: {problems}"


def test_what_is_missing_beside_an_answer_is_said_too(mrpn: Run, weights: Path, mute: Path) -> None:
    ran = mrpn("watch", mute, "--weights", weights, *FAST)
    assert (ran.code, ran.err.splitlines()[0]) == (0, f"{mute}: no sound")


def test_no_latency_is_told_of_windows_that_came_with_the_end(
    mrpn: Run, weights: Path, mute: Path
) -> None:
    whole = ("--weights", weights, "--speed", 0, "--window", 60)
    assert json.loads(mrpn("watch", mute, *whole, "--json").out)["latency"] is None
    ran = mrpn("watch", mute, *whole)
    assert len(ran.out.splitlines()) == 1
    assert " ms" not in ran.out
    assert ran.err.splitlines()[-1].endswith(" pictures, 0 dropped")


def test_wrong_windows_are_one_line(mrpn: Run, weights: Path, clip: Path) -> None:
    for option in ("--window", "--step"):
        ran = mrpn("watch", clip, "--weights", weights, option, 0)
        assert ran.code == 1
        assert ran.error == f"a {option[2:]} of 0 s is not above 0, up to 600 s"
