"""What a folder holds whole, and who may work in it."""

from pathlib import Path

from mrpn.corpora.download.journal import Journal
from mrpn.corpora.download.part import RemoteFile, digest_of

DIGEST = "md5:900150983cd24fb0d6963f7d28e17f72"
FILE = RemoteFile("a/abc.bin", 3, DIGEST)


def write(folder: Path, content: bytes) -> None:
    (folder / "a").mkdir(exist_ok=True)
    (folder / FILE.path).write_bytes(content)


def test_digests_are_of_the_kind_that_is_announced(tmp_path: Path) -> None:
    write(tmp_path, b"abc")
    sha = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_of(tmp_path / FILE.path, DIGEST) == DIGEST
    assert digest_of(tmp_path / FILE.path, "sha256:?") == sha


def test_a_file_is_whole_while_it_is_as_it_was_checked(tmp_path: Path) -> None:
    write(tmp_path, b"abc")
    Journal(tmp_path).add(FILE)
    known = Journal(tmp_path)
    assert known.is_whole(FILE)
    assert known.files() == [FILE]
    assert not known.is_whole(RemoteFile(FILE.path, 3, "md5:" + "0" * 32))
    assert not known.is_whole(RemoteFile("other", 3, DIGEST))
    (tmp_path / FILE.path).write_bytes(b"abcd")
    assert not known.is_whole(FILE)
    (tmp_path / FILE.path).unlink()
    assert not known.is_whole(FILE)


def test_a_file_that_was_not_there_when_it_was_added_is_never_whole(tmp_path: Path) -> None:
    Journal(tmp_path).add(FILE)
    assert not Journal(tmp_path).is_whole(FILE)


def test_an_unpacked_archive_is_whole_while_its_files_are_there(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "abc"
    folder.mkdir(parents=True)
    (folder / "x").write_bytes(bytes(10))
    journal = Journal(tmp_path)
    journal.add(FILE, unpacked={"x": 10})
    assert journal.is_whole(FILE)
    assert journal.is_unpacked(FILE)
    (folder / "own notes.txt").write_bytes(b"mine")
    assert Journal(tmp_path).is_whole(FILE)
    (folder / "x").write_bytes(bytes(9))
    assert not Journal(tmp_path).is_whole(FILE)
