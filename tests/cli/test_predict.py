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
    head, *rows = [line for line in ran.out.splitlines() if "unsure" not in line]
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
    assert {tuple(result["problems"]) for result in results} == {("no picture", "no speech")}
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
    assert results["faceless.mp4"]["problems"] == ["no face", "no speech"]
    assert results["silent.wav"]["problems"] == ["no picture", "silence"]
    assert results["silent.wav"]["answer"] == "unsure"
    assert results["voice.wav"]["problems"] == ["no picture", "no speech"]
    assert results[clip.name]["problems"] == []
    for name in ("faceless.mp4", "silent.wav", "voice.wav", clip.name):
        assert np.isfinite(list(results[name]["probabilities"].values())).all()


def test_folders_and_patterns_stand_for_the_media_in_them(
    mrpn: Run, drawn: Path, clip: Path, weights: Path, tmp_path: Path
) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.mp4", "a.mp4", "deep/c.mp4"):
        shutil.copy(clip, tmp_path / name)
    (tmp_path / "notes.txt").write_text("no clip")
    folder = json.loads(mrpn("predict", tmp_path, "--weights", weights, "--json").out)
    assert [Path(each["source"]).name for each in folder] == ["a.mp4", "b.mp4", "c.mp4"]
    some = json.loads(mrpn("predict", tmp_path / "[ab].mp4", "--weights", weights, "--json").out)
    assert [Path(each["source"]).name for each in some] == ["a.mp4", "b.mp4"]


def test_a_folder_without_media_and_a_pattern_without_files_are_one_line(
    mrpn: Run, weights: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    ran = mrpn("predict", tmp_path / "empty", "--weights", weights)
    assert (ran.code, ran.error) == (1, f"{tmp_path / 'empty'}: is a folder without any media file")
    ran = mrpn("predict", tmp_path / "*.mp4", "--weights", weights)
    assert (ran.code, ran.error) == (1, f"{tmp_path / '*.mp4'}: no such file; check the path")


def test_an_empty_folder_and_a_closed_file_harm_no_other(
    mrpn: Run, clip: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty.mp4").mkdir()
    # As for a file that the user may not read; who runs the tests may read all.
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    ran = mrpn("predict", tmp_path / "empty.mp4", clip, "--weights", weights)
    assert ran.code == 1
    assert ran.error == f"{tmp_path / 'empty.mp4'}: is a folder without any media file"
    assert ran.out.splitlines()[-1] == "1 of 2 recognised"


def test_a_folder_that_fits_a_pattern_is_looked_into(
    mrpn: Run, clip: Path, weights: Path, tmp_path: Path
) -> None:
    deep = tmp_path / "films" / "deep"
    deep.mkdir(parents=True)
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(clip, deep / name)
    ran = mrpn("predict", tmp_path / "films" / "*", "--weights", weights, "--json")
    assert (ran.code, ran.err) == (0, "")
    sources = [each["source"] for each in json.loads(ran.out)]
    assert sources == [str(deep / "a.mp4"), str(deep / "b.mp4")]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--window", "0"), "a window of 0 s is not above 0, up to 600 s"),
        (("--step", "0"), "a step of 0 s is not above 0, up to 600 s"),
        (("--step", "10"), "a step of 10 s leaves gaps between windows of 4 s"),
    ],
)
def test_windows_that_are_none_are_one_line(
    mrpn: Run, clip: Path, weights: Path, options: tuple[str, str], line: str
) -> None:
    ran = mrpn("predict", clip, "--weights", weights, *options)
    assert (ran.code, ran.out, ran.error) == (1, "", line)


def test_two_jobs_say_what_one_says(mrpn: Run, clip: Path, bad_media: Path, weights: Path) -> None:
    files = (clip, bad_media / "cut.mp4", bad_media / "voice.wav")
    one = mrpn("predict", *files, "--weights", weights, "--json")
    two = mrpn("predict", *files, "--weights", weights, "--json", "--jobs", 2)
    assert (one.code, two.code) == (1, 1)
    for here, there in zip(json.loads(one.out), json.loads(two.out), strict=True):
        assert here["source"] == there["source"]
        assert here.get("error") == there.get("error")
        if "error" not in here:
            assert here["probabilities"] == pytest.approx(there["probabilities"], abs=1e-5)


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
