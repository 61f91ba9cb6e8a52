"""What `mrpn predict --out` writes, and what it never writes over."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Run = Callable[..., Any]


@pytest.mark.parametrize("out", ["{name}.mp4", "talk.mp4", "../films/{name}.mp4"])
def test_a_recording_is_never_overwritten_by_what_is_made_of_it(
    mrpn: Run, clip: Path, weights: Path, tmp_path: Path, out: str
) -> None:
    talk = tmp_path / "films" / "talk.mp4"
    talk.parent.mkdir()
    shutil.copy(clip, talk)
    before = talk.read_bytes()
    ran = mrpn("predict", talk, "--weights", weights, "--out", talk.parent / out)
    assert (ran.code, ran.out) == (1, "")
    assert "is a recording itself, give the output another name" in ran.error
    assert talk.read_bytes() == before


def test_the_table_of_a_row_is_never_overwritten_by_what_is_made_of_it(
    mrpn: Run, weights: Path, tmp_path: Path
) -> None:
    table = tmp_path / "fer.csv"
    table.write_text("emotion,pixels\n" + f"0,{' '.join(['9'] * 2304)}\n" * 2)
    before = table.read_bytes()
    ran = mrpn("predict", f"{table}#1", "--weights", weights, "--out", table)
    assert (ran.code, ran.out) == (1, "")
    assert ran.error == f"{table}: is a recording itself, give the output another name"
    mrpn("predict", f"{table}#1", "--weights", weights, "--out", tmp_path / "{name}.csv")
    assert table.read_bytes() == before


def test_outputs_in_the_folder_that_is_recognised_are_not_recognised_the_next_time(
    mrpn: Run, clip: Path, weights: Path, tmp_path: Path
) -> None:
    for name in ("a.mp4", "deep/a.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(clip, tmp_path / name)
    outs = [tmp_path / name for name in ("{name}.png", "{name}-drawn.mp4")]
    options = [part for out in outs for part in ("--out", out)]
    for _ in range(2):
        ran = mrpn("predict", tmp_path, "--weights", weights, *options)
        assert ran.code == 0, ran.err
        assert ran.out.splitlines()[-1] == "2 of 2 recognised"
        names = {path.name for path in tmp_path.iterdir()} - {"deep"}
        drawn = {f"{name}{end}" for name in ("a", "a-2") for end in (".png", "-drawn.mp4")}
        assert names == {"a.mp4"} | drawn
    shutil.copy(tmp_path / "a.png", tmp_path / "deep" / "photo.png")
    Image.new("RGB", (64, 64)).save(tmp_path / "deep" / "a.png")
    before = (tmp_path / "deep" / "a.png").read_bytes()
    out = tmp_path / "deep" / "{name}.png"
    ran = mrpn("predict", tmp_path / "deep", "--weights", weights, "--out", out)
    assert (ran.code, ran.out) == (1, "")
    assert ran.error.startswith(f"{tmp_path / 'deep' / 'a.png'}: is a recording itself")
    assert (tmp_path / "deep" / "a.png").read_bytes() == before


@pytest.mark.parametrize("name", [b"2024-01-01T12:30", b"b\xfcro"], ids=["a time", "not UTF-8"])
def test_oddly_named_recordings_have_all_outputs(
    mrpn: Run,
    clip: Path,
    weights: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: bytes,
) -> None:
    monkeypatch.chdir(tmp_path)
    film = os.fsdecode(name) + ".mp4"
    shutil.copy(clip, film)
    kinds = ("{name}-drawn.mp4", "{name}.svg", "all.json", "all.csv", "all.parquet")
    options = [part for out in kinds for part in ("--out", out)]
    ran = mrpn("predict", film, "--weights", weights, *options)
    assert ran.code == 0, ran.err
    assert len(ran.err.splitlines()) == len(kinds)
    assert len(list(Path().iterdir())) == 1 + len(kinds)
    shown = name.decode(errors="backslashreplace") + ".mp4"
    assert ran.out.encode().decode().startswith(f"{shown}  ")
    assert json.loads(Path("all.json").read_text())[0]["source"] == shown
    gone = mrpn("predict", f"{film}.gone.mp4", "--weights", weights, "--json")
    assert json.loads(gone.out.encode())[0]["source"] == f"{shown}.gone.mp4"


def test_an_output_that_cannot_be_written_costs_itself_alone(
    mrpn: Run, clip: Path, weights: Path, tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_text("a file where a folder is wanted")
    bad, good = tmp_path / "blocked" / "{name}.csv", tmp_path / "{name}" / "all.json"
    shutil.copy(clip, tmp_path / "b.mp4")
    given = (clip, tmp_path / "b.mp4", "--weights", weights, "--out", bad, "--out", good)
    ran = mrpn("predict", *given)
    assert ran.code == 1
    assert len(ran.err.splitlines()) == 2 + 2
    for stem in (clip.stem, "b"):
        assert f"error: {tmp_path / 'blocked' / stem}.csv: cannot be written: " in ran.err
        assert (tmp_path / stem / "all.json").exists()
    assert ran.out.splitlines()[-1] == "2 of 2 recognised, 2 outputs not written"


def test_outputs_are_written_by_their_suffixes_for_all_and_for_each(
    mrpn: Run, clip: Path, bad_media: Path, weights: Path, tmp_path: Path
) -> None:
    files = (clip, bad_media / "cut.mp4", bad_media / "voice.wav")
    outs = [tmp_path / name for name in ("all.csv", "all.json", "{name}.srt", "{name}.png")]
    options = [part for out in outs for part in ("--out", out)]
    ran = mrpn("predict", *files, "--weights", weights, *options)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "2 of 3 recognised"
    names = {path.name for path in tmp_path.iterdir()}
    stems = (clip.stem, "voice")
    assert names == {"all.csv", "all.json"} | {f"{s}.{k}" for s in stems for k in ("srt", "png")}
    assert len(json.loads((tmp_path / "all.json").read_text())) == 2


def test_outputs_that_cannot_be_are_told_before_the_work(
    mrpn: Run, clip: Path, weights: Path, tmp_path: Path
) -> None:
    ran = mrpn("predict", clip, "--weights", weights, "--out", tmp_path / "a.doc")
    assert (ran.code, ran.out) == (1, "")
    assert "results are written as .csv" in ran.error
    both = mrpn("predict", clip, clip.parent, "--weights", weights, "--out", tmp_path / "a.srt")
    assert "holds one recording" in both.error
