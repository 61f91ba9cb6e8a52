"""Finding media files."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from mrpn.common.errors import CorpusError, MediaError
from mrpn.corpora.scan import AUDIO_SUFFIXES, media_files, note_of, within_archive

Touch = Callable[..., Path]


def test_files_of_the_suffixes_come_sorted_and_hidden_ones_do_not(touch: Touch) -> None:
    folder = touch("b/2.wav", "a.WAV", "b/._2.wav", ".cache/x.wav", "b/10.flac", "notes.txt")
    assert media_files(folder, AUDIO_SUFFIXES) == [
        PurePosixPath("a.WAV"),
        PurePosixPath("b/10.flac"),
        PurePosixPath("b/2.wav"),
    ]


def test_a_missing_folder_and_a_file_are_named(touch: Touch) -> None:
    folder = touch("a.wav")
    with pytest.raises(CorpusError, match="none: there is no such folder"):
        media_files(folder / "none", AUDIO_SUFFIXES)
    with pytest.raises(CorpusError, match=r"a\.wav: is a file, not a folder"):
        media_files(folder / "a.wav", AUDIO_SUFFIXES)


def test_a_name_that_is_no_text_is_named(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.wav"
    Path(os.fsdecode(name)).touch()
    with pytest.raises(CorpusError, match="is not in UTF-8; rename the file"):
        media_files(tmp_path, AUDIO_SUFFIXES)


def test_a_note_counts_and_gives_an_example() -> None:
    assert note_of("left out", []) == ()
    assert note_of("left out", ["a"]) == ("1 file left out, a",)
    assert note_of("left out", ["a", "b"]) == ("2 files left out, a among them",)


def write_zip(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"sound")
    return path


def test_a_zip_is_a_folder_among_folders_and_may_be_the_folder_itself(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    names = ("a/1.wav", "a/notes.txt", "__MACOSX/a/._1.wav", ".cache/2.wav", "3.WAV")
    archive = write_zip(tmp_path / "x" / "Audio.ZIP", *names)
    (tmp_path / "x" / "b.wav").touch()
    assert media_files(tmp_path, AUDIO_SUFFIXES) == [
        PurePosixPath("x/Audio.ZIP/3.WAV"),
        PurePosixPath("x/Audio.ZIP/a/1.wav"),
        PurePosixPath("x/b.wav"),
    ]
    assert [str(f) for f in media_files(archive, AUDIO_SUFFIXES)] == ["3.WAV", "a/1.wav"]


def test_a_folder_may_be_called_like_an_archive(touch: Touch) -> None:
    assert media_files(touch("x.zip/a.wav"), AUDIO_SUFFIXES) == [PurePosixPath("x.zip/a.wav")]


def test_a_zip_that_is_damaged_or_refused_is_named(tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(write_zip(tmp_path / "a.zip", "a.wav").read_bytes()[:-9])
    with pytest.raises(MediaError, match=r"cut\.zip: not a zip archive, or cut off"):
        media_files(tmp_path / "cut.zip", AUDIO_SUFFIXES)
    with pytest.raises(MediaError, match=r"bad\.zip: refused, .* leaves the archive's folder"):
        media_files(write_zip(tmp_path / "bad.zip", "../a.wav"), AUDIO_SUFFIXES)


def test_a_files_path_within_its_archive() -> None:
    assert within_archive(PurePosixPath("x/A.zip/a/1.wav")) == PurePosixPath("a/1.wav")
    assert within_archive(PurePosixPath("x/a/1.wav")) == PurePosixPath("x/a/1.wav")
    assert within_archive(PurePosixPath("A.zip")) == PurePosixPath("A.zip")


def test_a_zip_in_the_folder_that_cannot_be_read_costs_no_other_file(tmp_path: Path) -> None:
    write_zip(tmp_path / "Actor_01.zip", "a.wav")
    (tmp_path / "Actor_02.zip").write_bytes(b"no archive")
    found = media_files(tmp_path, AUDIO_SUFFIXES)
    assert found == [PurePosixPath("Actor_01.zip/a.wav")]
    problem = "not a zip archive, or cut off; download it again"
    assert found.unreadable == {"Actor_02.zip": problem}
    assert found.notes == (f"1 archive that cannot be read left out, Actor_02.zip: {problem}",)


def test_a_zip_inside_a_zip_is_noted(tmp_path: Path) -> None:
    outer = write_zip(tmp_path / "x.zip", "a.wav", "b/Inner.ZIP", "__MACOSX/._b.zip")
    assert media_files(tmp_path, AUDIO_SUFFIXES).notes == (
        "1 archive inside another archive left out; unpack the outer one, x.zip/b/Inner.ZIP",
    )
    assert media_files(outer, AUDIO_SUFFIXES) == [PurePosixPath("a.wav")]
