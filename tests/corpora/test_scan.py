"""Finding media files."""

import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora.scan import AUDIO_SUFFIXES, media_files, note_of

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
