"""`mrpn corpus`: list, check, synthesise, compose."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mrpn.corpora import Manifest, corpora

Run = Callable[..., Any]


def test_the_list_names_every_corpus_whole_on_a_narrow_terminal(mrpn: Run) -> None:
    ran = mrpn("corpus", "list")
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert all(entry.name in lines for entry in corpora())
    assert max(map(len, lines)) <= 80
    listed = json.loads(mrpn("corpus", "list", "--json").out)
    assert [entry["name"] for entry in listed] == [entry.name for entry in corpora()]
    assert listed[0]["options"] == ["channel", "modality", "name", "licence", "kind"]


def test_a_check_tells_what_is_there(mrpn: Run, drawn: Path, tmp_path: Path) -> None:
    ran = mrpn("corpus", "check", "synthetic", drawn)
    assert (ran.code, ran.err) == (0, "")
    assert "synthetic: 12 clips, 6 actors (3 male, 3 female)" in ran.out
    assert "nothing is missing or off" in ran.out
    saved = tmp_path / "m.json"
    told = json.loads(mrpn("corpus", "check", "synthetic", drawn, "--json", "--out", saved).out)
    assert told["classes"] == {"happy": 6, "angry": 6}
    assert len(Manifest.load(saved).records) == 12


def test_a_corpus_that_is_not_whole_ends_in_code_1_and_is_told_in_full(
    mrpn: Run, clip: Path, tmp_path: Path
) -> None:
    shutil.copy(clip, tmp_path / clip.name)
    (tmp_path / "holiday.mp4").touch()
    ran = mrpn("corpus", "check", "ravdess", tmp_path)
    assert (ran.code, ran.err) == (1, "")
    assert "off:" in ran.out
    assert "holiday.mp4" in next(line for line in ran.out.splitlines() if "naming scheme" in line)


def test_drawing_again_keeps_the_clips_and_other_settings_are_refused_or_replace(
    mrpn: Run, tmp_path: Path
) -> None:
    small = ("--set", "emotions=[happy,sad]", "--set", "duration=[0.5,0.5]")
    small += ("--set", "intensities=[1]", "--set", "statements=[1]", "--set", "repetitions=[1]")
    draw = ("corpus", "synthesize", tmp_path / "d", "--actors", 2, "--workers", 1, *small)
    assert mrpn("--quiet", *draw) == (0, "", "")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.mp4")}
    assert mrpn(*draw).code == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.mp4")} == before
    assert len(before) == 4
    refused = mrpn(*draw, "--seed", 1)
    assert refused.code == 1
    assert f"{tmp_path / 'd'}: holds a synthetic corpus of other settings" in refused.error
    assert mrpn(*draw, "--seed", 1, "--replace").code == 0
    assert not list(tmp_path.rglob("*.partial*"))


def test_real_voices_and_faces_are_composed_into_a_manifest(
    mrpn: Run, drawn: Path, tmp_path: Path
) -> None:
    shade = 0
    for part in ("train", "validation", "test"):
        for label in ("happy", "angry"):
            folder = tmp_path / "faces" / part / label
            folder.mkdir(parents=True)
            for number in range(2):
                shade += 10
                face = np.full((48, 48), shade, np.uint8)
                Image.fromarray(face).save(folder / f"{number}.png")
    out = tmp_path / "composite.json"
    ran = mrpn("corpus", "compose", drawn, tmp_path / "faces", "--out", out, "--faces-per-voice", 2)
    assert ran.code == 0
    assert f"48 clips of composite-ravdess-fer2013 are listed in {out}" in ran.err
    assert len(Manifest.load(out).records) == 12 * (2 + 1 + 1)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["check", "ravdes", "."], "no corpus is called 'ravdes'; there are ravdess, crema-d"),
        (["check", "ravdess", "{tmp}/gone"], "{tmp}/gone: there is no such folder"),
        (["check", "ravdess", "{tmp}"], "{tmp}: no RAVDESS speech trials"),
        (["check", "folder", "{tmp}"], "{tmp}: no labelled clips"),
        (["check", "fer2013", "{tmp}"], "{tmp}: no FER2013 faces"),
        (["check", "synthetic", "{tmp}"], "{tmp}: no synthetic corpus here"),
        (["check", "table", "{tmp}/gone.csv"], "{tmp}/gone.csv: cannot read the table"),
        (["check", "ravdess", ".", "--option", "song"], "--option song: write it as name=value"),
        (["check", "ravdess", ".", "--option", "=song"], "--option =song: write it as name=value"),
        (["check", "ravdess", ".", "--option", "x=1"], "corpus 'ravdess' has no option 'x'"),
        (["check", "ravdess", ".", "--option", "channel=x"], "'channel'"),
        (["synthesize", "{tmp}/s", "--actors", "5"], "'actors': Input should be a multiple of 2"),
        (["synthesize", "{tmp}/s", "--difficulty", "mad"], "difficulty 'mad' is unknown"),
        (["synthesize", "{tmp}/s", "--set", "colour=1"], "unknown key 'colour'"),
        (["compose", "{tmp}", "{tmp}", "--out", "{tmp}/c.json"], "{tmp}: no RAVDESS"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    mrpn: Run, tmp_path: Path, arguments: list[str], line: str
) -> None:
    ran = mrpn("corpus", *(part.replace("{tmp}", str(tmp_path)) for part in arguments))
    assert (ran.code, ran.out) == (1, "")
    assert line.replace("{tmp}", str(tmp_path)) in ran.error
    assert not list(tmp_path.iterdir())
