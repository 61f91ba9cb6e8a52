"""`mrpn predict`: good, odd and broken files together, and weights that are none."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

Run = Callable[..., Any]


def test_a_clip_is_recognised_from_voice_and_face(mrpn: Run, clip: Path, weights: Path) -> None:
    ran = mrpn("predict", clip, "--weights", weights)
    assert (ran.code, ran.err) == (0, "")
    head, *rows = ran.out.splitlines()
    assert head.startswith(f"{clip}  ")
    assert head.endswith(" s, from voice and face")
    assert sorted(row.split()[0] for row in rows) == ["angry", "happy"]
    shares = [float(row.split()[1]) for row in rows]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_json_is_valid_and_says_what_the_answer_rests_on(
    mrpn: Run, clip: Path, mute: Path, weights: Path
) -> None:
    ran = mrpn("predict", clip, mute, "--weights", weights, "--json")
    whole, silent = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert (whole["source"], whole["used"]) == (str(clip), ["audio", "video"])
    assert whole["label"] == max(whole["probabilities"], key=whole["probabilities"].get)
    assert (silent["used"], silent["problems"]) == (["video"], ["no sound"])


def test_the_name_of_a_file_is_shown_as_it_is(
    mrpn: Run, clip: Path, weights: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "a [red]very [b]long ünusual name with spaces, so that lines are full.mp4"
    shutil.copy(clip, odd)
    ran = mrpn("predict", odd, tmp_path / "[b]gone.mp4", "--weights", weights)
    assert ran.out.startswith(f"{odd}  ")
    assert ran.error == f"{tmp_path / '[b]gone.mp4'}: no such file; check the path"


def test_unusual_sound_is_recognised_and_only_the_picture_is_missed(
    mrpn: Run, odd_sounds: Path, weights: Path
) -> None:
    files = sorted(odd_sounds.iterdir())
    ran = mrpn("predict", *files, "--weights", weights, "--json")
    results = json.loads(ran.out)
    assert (ran.code, ran.err, len(results)) == (0, "", 4)
    assert {tuple(result["problems"]) for result in results} == {("no picture",)}
    assert all(abs(result["duration"] - 1) < 0.01 for result in results)


def test_bad_files_are_one_line_each_and_the_others_are_recognised(
    mrpn: Run, bad_media: Path, clip: Path, weights: Path
) -> None:
    broken = [bad_media / name for name in ("cut.mp4", "text.wav", "zero.mp4", "empty-room.mp4")]
    poor = [bad_media / name for name in ("faceless.mp4", "silent.wav", "voice.wav")]
    ran = mrpn("predict", *broken, *poor, clip, "--weights", weights, "--json")
    assert ran.code == 1
    lines = ran.err.splitlines()
    assert len(lines) == len(broken)
    for line, file in zip(lines, broken, strict=True):
        assert line.startswith(f"error: {file}: ")
    results = {Path(result["source"]).name: result for result in json.loads(ran.out)}
    assert "no picture of it can be decoded" in results["cut.mp4"]["error"]
    assert "not a media file" in results["text.wav"]["error"]
    assert "the file is empty" in results["zero.mp4"]["error"]
    assert "no face found" in results["empty-room.mp4"]["error"]
    assert results["faceless.mp4"]["problems"] == ["no face"]
    assert results["silent.wav"]["problems"] == ["no picture", "silence"]
    assert results["voice.wav"]["problems"] == ["no picture"]
    assert results[clip.name]["problems"] == []
    for name in ("faceless.mp4", "silent.wav", "voice.wav", clip.name):
        assert np.isfinite(list(results[name]["probabilities"].values())).all()


def test_a_folder_in_place_of_a_clip_is_named(mrpn: Run, drawn: Path, weights: Path) -> None:
    ran = mrpn("predict", drawn, "--weights", weights)
    assert (ran.code, ran.error) == (1, f"{drawn}: is a folder; give a media file")


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda path: path.write_text("weights"), "not a safetensors file, or cut short"),
        (lambda path: path.touch(), "not a safetensors file, or cut short"),
        (lambda path: save_file({"a": np.zeros(2)}, path), "lacks the header of mrpn's weights"),
        (lambda path: path.mkdir(), "no such weights file to load"),
        (str, "no such weights file to load"),
    ],
)
def test_weights_that_are_none_are_one_line(
    mrpn: Run, clip: Path, tmp_path: Path, make: Callable[[Path], object], line: str
) -> None:
    path = tmp_path / "w.safetensors"
    make(path)
    ran = mrpn("predict", clip, "--weights", path)
    assert (ran.code, ran.out) == (1, "")
    assert ran.error.startswith(f"{path}: {line}")
