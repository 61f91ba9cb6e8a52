"""`mrpn corpus check`: what is said of a corpus, to people and to programs."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mrpn.corpora import Manifest
from mrpn.media import write_wav

Run = Callable[..., Any]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
NAMES = [f"03-01-0{emotion}-01-01-01-{actor:02d}.wav" for emotion in (3, 5) for actor in (1, 2)]


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """Four short recordings under RAVDESS's names, two of them of the same bytes."""
    folder = tmp_path / "voices"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        write_wav(folder / name, np.full(16000 + 1600 * max(1, number), 0.1, np.float32))
    return folder


def test_durations_and_duplicates_are_told_and_no_fault(mrpn: Run, voices: Path) -> None:
    ran = mrpn("corpus", "check", "folder", voices.parent)
    assert (ran.code, ran.err) == (0, "")
    assert "durations: 1.10 s (voices+03-01-03-01-01-01-01) to 1.30 s" in ran.out
    assert "4 clips last 0 h 0 min 5 s in all" in ran.out
    assert "duplicates: 1 under 2 names; across actors 1, across parts 0, across classes 0" in (
        ran.out
    )
    assert f"same: voices/{NAMES[0]} = voices/{NAMES[1]}" in ran.out
    assert "clips per actor: 1 to 1, median 1" in ran.out
    assert "clips by media: 4 sound alone" in ran.out
    assert "nothing is missing or off" in ran.out


def test_fast_opens_no_file(mrpn: Run, voices: Path) -> None:
    (voices / NAMES[0]).write_text("no sound")
    fast = mrpn("corpus", "check", "folder", voices.parent, "--fast")
    assert fast.code == 0
    assert "the files were not opened: no durations, no comparison of contents" in fast.out
    slow = mrpn("corpus", "check", "folder", voices.parent)
    assert slow.code == 1
    assert f"broken: voices/{NAMES[0]}: not a media file" in slow.out


def test_json_tells_everything(mrpn: Run, voices: Path) -> None:
    ran = mrpn("corpus", "check", "ravdess", voices, "--json")
    told = json.loads(ran.out)
    assert (ran.code, ran.err) == (1, "")
    assert told["corpus"] == "ravdess"
    assert told["clips by actor"] == {"1": 2, "2": 2}
    assert told["actors by sex"] == {"male": 1, "female": 1}
    assert told["clips by sex"] == {"female": 2, "male": 2}
    assert told["clips by media"] == {"sound alone": 4}
    assert told["durations"]["clips"] == 4
    assert told["durations"]["total"] == pytest.approx(4.7)
    assert [twins["actors"] for twins in told["duplicates"]] == [["1", "2"]]
    assert told["off"][0] == "4 clips, published are 1440"
    assert told["broken"] == {}
    assert len(told["digest"]) == 64


def test_a_zip_is_checked_as_its_files_would_be(mrpn: Run, voices: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Audio.zip", "w") as archive:
        for name in NAMES:
            archive.write(voices / name, f"Actor_01/{name}")
    plain, packed = (
        json.loads(mrpn("corpus", "check", "ravdess", place, "--json").out)
        for place in (voices, tmp_path / "Audio.zip")
    )
    for key in ("digest", "durations", "off", "clips by media", "broken"):
        assert packed[key] == plain[key]


def test_crema_ds_missing_clips_and_pointers_are_told_with_the_remedy(
    mrpn: Run, tmp_path: Path
) -> None:
    clips = [f"1001_DFA_{emotion}_XX" for emotion in ("ANG", "HAP", "SAD")]
    folder = tmp_path / "crema"
    (folder / "VideoFlash").mkdir(parents=True)
    (folder / "SentenceFilenames.csv").write_text("Filename\n" + "\n".join(clips) + "\n")
    (folder / "AudioWAV").mkdir()
    write_wav(folder / "AudioWAV" / f"{clips[0]}.wav", np.full(16000, 0.1, np.float32))
    (folder / "VideoFlash" / f"{clips[1]}.flv").write_text(POINTER)
    saved = tmp_path / "m.json"
    ran = mrpn("corpus", "check", "crema-d", folder, "--out", saved)
    assert ran.code == 1
    assert "1 file is a Git LFS pointer, not media; run `git lfs pull` in the clone" in ran.out
    assert f"pointer: VideoFlash/{clips[1]}.flv" in ran.out
    assert f"missing: VideoFlash/{clips[0]}.flv" in ran.out
    assert f"missing: VideoFlash/{clips[2]}.flv" in ran.out
    assert "clips by media: 2 nothing, 1 sound alone" in ran.out
    assert "3 clips are listed" in ran.out
    # What is saved is what can be prepared, not what should be there.
    assert [record.id for record in Manifest.load(saved).records] == clips[:1]


def test_many_classes_and_actors_are_told_in_a_line(mrpn: Run, tmp_path: Path) -> None:
    for speaker in range(30):
        (tmp_path / f"{speaker}-1-0000.flac").write_text("sound")
    (tmp_path / "3-1-0001.flac").write_text("sound")
    ran = mrpn("corpus", "check", "librispeech", tmp_path, "--fast")
    assert "30 classes, clips of each: 1 to 2, median 1" in ran.out
    assert "clips per actor: 1 to 2, median 1" in ran.out
    assert len(ran.out.splitlines()) < 10


def test_columns_are_mapped_by_an_option(mrpn: Run, voices: Path) -> None:
    table = voices / "t.csv"
    table.write_text(f"path,emotion,speaker\n{NAMES[0]},sad,ann\n")
    how = ("--option", "columns=label=emotion,audio=path,actor=speaker")
    ran = mrpn("corpus", "check", "table", table, *how, "--json")
    assert (ran.code, json.loads(ran.out)["clips by actor"]) == (0, {"ann": 1})
    ran = mrpn("corpus", "check", "ravdess", voices, "--option", "modality=03", "--json")
    assert json.loads(ran.out)["clips"] == 4
