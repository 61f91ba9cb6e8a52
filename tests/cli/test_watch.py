"""`mrpn watch` on files played as streams, and devices that are not there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]
FAST = ("--speed", 0, "--window", 0.5, "--step", 0.4)


def test_a_file_is_recognised_window_by_window(mrpn: Run, clip: Path, weights: Path) -> None:
    ran = mrpn("watch", clip, "--weights", weights, *FAST, "--json")
    moments = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 0
    assert [moment["start"] for moment in moments][:2] == [0.0, 0.4]
    assert all(moment["face"] == 1 for moment in moments)
    assert ", 0 dropped; a window's answer came " in ran.err
    for_people = mrpn("watch", clip, "--weights", weights, *FAST)
    assert len(for_people.out.splitlines()) == len(moments)


def test_no_device_and_no_file_are_one_line(mrpn: Run, weights: Path, bad_media: Path) -> None:
    ran = mrpn("watch", "--weights", weights, "--camera", "/dev/nothing", "--microphone", "none")
    assert (ran.code, ran.error.split(":")[0]) == (1, "/dev/nothing")
    ran = mrpn("watch", "--weights", weights, "--camera", "none", "--microphone", "none")
    assert ran.error == "with neither camera nor microphone there is nothing to watch"
    ran = mrpn("watch", bad_media / "text.wav", "--weights", weights)
    assert "not a media file" in ran.error
