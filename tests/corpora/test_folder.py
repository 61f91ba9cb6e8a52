"""The user's own clips in folders of labels."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora.folder import read_folder

Touch = Callable[..., Path]
Pack = Callable[[Path], Path]


def test_clips_take_label_and_actor_from_their_folders(touch: Touch) -> None:
    manifest = read_folder(touch("Fear/ann/1.mp4", "Happy/bob/1.mov", "bored/bob/a b.webm"))
    assert manifest.classes == ("happy", "fearful", "bored")
    assert [(r.id, r.label, r.actor, r.video, r.audio) for r in manifest.records] == [
        ("Fear+ann+1", "fearful", "ann", "Fear/ann/1.mp4", "Fear/ann/1.mp4"),
        ("Happy+bob+1", "happy", "bob", "Happy/bob/1.mov", "Happy/bob/1.mov"),
        ("bored+bob+a%20b", "bored", "bob", "bored/bob/a b.webm", "bored/bob/a b.webm"),
    ]


def test_without_actors_every_clip_is_an_actor_of_its_own(touch: Touch) -> None:
    manifest = read_folder(touch("happy/1.mp4", "happy/2.mp4"))
    assert manifest.actors == ("happy+1", "happy+2")


def test_the_actor_is_found_by_an_expression(touch: Touch) -> None:
    folder = touch("happy/7_a.mp4", "sad/12_b.mp4")
    assert read_folder(folder, actor=r"^(\d+)_").actors == ("7", "12")
    assert read_folder(folder, actor=r"\d+").actors == ("7", "12")
    with pytest.raises(CorpusError, match=r"happy/7_a\.mp4: the expression .* finds none"):
        read_folder(folder, actor=r"^(x+)")
    with pytest.raises(CorpusError, match="is no regular expression"):
        read_folder(folder, actor="(")


def test_files_that_differ_in_suffix_alone_are_one_clip(touch: Touch) -> None:
    manifest = read_folder(
        touch("sad/1.mp4", "sad/1.wav", "sad/2.jpg", "sad/2.mp3", "sad/3.flac", "sad/1.avi")
    )
    assert [(r.video, r.audio) for r in manifest.records] == [
        ("sad/1.avi", "sad/1.wav"),
        ("sad/2.jpg", "sad/2.mp3"),
        (None, "sad/3.flac"),
    ]
    assert manifest.notes == ("1 file left out beside another of the same clip, sad/1.mp4",)


def test_clips_outside_folders_of_labels_are_left_out_and_noted(touch: Touch) -> None:
    manifest = read_folder(touch("sad/1.mp4", "stray.mp4"))
    assert len(manifest.records) == 1
    assert manifest.notes == ("1 file outside the folders of labels left out, stray.mp4",)
    with pytest.raises(CorpusError, match="no labelled clips; looked for files in folders named"):
        read_folder(manifest.root / "sad")


def test_a_zip_is_read_as_if_it_lay_unpacked(touch: Touch, zipped: Pack) -> None:
    folder = touch("own/Fear/ann/1.mp4", "own/happy/bob/1.wav") / "own"
    packed = zipped(folder)
    unpacked, inside, itself = (
        read_folder(place, name="own") for place in (folder, packed, packed / "All.zip")
    )
    assert inside.digest == itself.digest == unpacked.digest
    assert inside.records[0].video == "All.zip/Fear/ann/1.mp4"
    assert itself.path(itself.records[0].video) == packed / "All.zip" / "Fear" / "ann" / "1.mp4"
    (packed / "Fear" / "ann").mkdir(parents=True)
    (packed / "Fear" / "ann" / "1.mp4").touch()
    mixed = read_folder(packed, name="own")
    assert mixed.digest == unpacked.digest
    assert mixed.notes == ("1 file left out beside another of the same clip, Fear/ann/1.mp4",)
