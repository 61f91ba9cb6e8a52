"""The same content under several names."""

import zipfile
from dataclasses import replace
from pathlib import Path

from mrpn.corpora import ClipRecord, Manifest
from mrpn.corpora.opening import file_states
from mrpn.corpora.twins import Twins, twin_faces, twin_files


def clip(name: str, actor: str, label: str, file: str) -> ClipRecord:
    return ClipRecord(name, label, actor, None, None, file)


def corpus(root: Path, *records: ClipRecord) -> Manifest:
    return Manifest("mine", root, ("happy", "sad"), records)


def test_files_of_the_same_bytes_are_found_across_actors_and_classes(tmp_path: Path) -> None:
    for name, content in {"a": b"one", "b": b"two", "c": b"one", "d": b"three"}.items():
        (tmp_path / name).write_bytes(content)
    manifest = corpus(
        tmp_path,
        clip("1", "ann", "sad", "a"),
        clip("2", "ann", "sad", "b"),
        clip("3", "bob", "happy", "c"),
        replace(clip("4", "bob", "sad", "c"), partition="test"),
        clip("5", "bob", "sad", "d"),
        clip("6", "bob", "sad", "gone"),
    )
    assert twin_files(manifest, file_states(manifest).whole) == (
        Twins(("a", "c"), ("1", "3", "4"), ("ann", "bob"), ("sad", "happy"), ("test",)),
    )


def test_a_file_that_several_clips_share_is_no_duplicate(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    manifest = corpus(tmp_path, clip("1", "x", "sad", "a"), clip("2", "y", "sad", "a"))
    assert twin_files(manifest, file_states(manifest).whole) == ()


def test_members_of_archives_are_compared_with_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/1.wav", b"sound" * 100)
    (tmp_path / "2.wav").write_bytes(b"sound" * 100)
    manifest = corpus(
        tmp_path, clip("1", "x", "sad", "a.zip/x/1.wav"), clip("2", "y", "sad", "2.wav")
    )
    (twins,) = twin_files(manifest, file_states(manifest).whole)
    assert twins.names == ("a.zip/x/1.wav", "2.wav")


def test_faces_are_compared_by_the_hash_their_reader_kept(tmp_path: Path) -> None:
    faces = [
        replace(clip(str(n), "x", "sad", f"f.csv#{n}"), extra={"content": content})
        for n, content in enumerate("aba")
    ]
    manifest = corpus(tmp_path, *faces)
    (twins,) = twin_faces(manifest)
    assert (twins.names, twins.clips) == (("f.csv#0", "f.csv#2"), ("0", "2"))
    assert twin_files(manifest, {"f.csv": 9}) == ()
    assert twin_faces(corpus(tmp_path, *faces, clip("9", "x", "sad", "a"))) == ()
