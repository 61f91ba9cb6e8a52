import multiprocessing
import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrpn.common.archives import (
    archive_members,
    file_size,
    file_stamp,
    open_file,
    split_archive,
)
from mrpn.common.errors import MediaError


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return path


def content_of(path: Path) -> bytes:
    with open_file(path) as file:
        return file.read()


def test_a_path_through_an_archive_is_split_where_the_file_is(tmp_path: Path) -> None:
    packed = archive(tmp_path / "Audio.ZIP", {"a/b.wav": b"1"})
    (tmp_path / "folder.zip").mkdir()
    assert split_archive(packed / "a" / "b.wav") == (packed, "a/b.wav")
    assert split_archive(packed) is None
    assert split_archive(tmp_path / "folder.zip" / "b.wav") is None
    assert split_archive(tmp_path / "absent.zip" / "b.wav") is None
    assert split_archive(tmp_path / "plain.wav") is None


def test_members_are_the_files_sorted(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"b/2.wav": b"22", "b/": b"", "a.wav": b"1"})
    assert archive_members(packed) == [PurePosixPath("a.wav"), PurePosixPath("b/2.wav")]


def test_members_without_a_name_that_can_be_shown_are_passed_over(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        opened.writestr("Icon\r", b"")
        opened.writestr(zipfile.ZipInfo("\0nameless"), b"1")
        opened.writestr("a.wav", b"2")
    assert archive_members(tmp_path / "a.zip") == [PurePosixPath("a.wav")]


def test_sizes_and_stamps_are_those_of_the_content(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.wav": b"x" * 5000, "b.wav": b"y" * 5000})
    plain = tmp_path / "plain.wav"
    plain.write_bytes(b"123")
    assert file_size(packed / "a.wav") == 5000
    assert file_size(plain) == 3
    assert file_size(packed / "c.wav") is None
    assert file_size(tmp_path / "absent.wav") is None
    assert file_stamp(packed / "a.wav") != file_stamp(packed / "b.wav")
    assert file_stamp(plain) == [3, plain.stat().st_mtime_ns]
    assert file_stamp(packed / "c.wav") == file_stamp(tmp_path / "absent.wav") == []


def test_files_are_opened_seekable_on_disk_and_in_archives(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"deep/er/a.bin": bytes(range(256)) * 10})
    (tmp_path / "plain.bin").write_bytes(bytes(range(256)) * 10)
    for path in (packed / "deep" / "er" / "a.bin", tmp_path / "plain.bin"):
        with open_file(path) as file:
            file.seek(-2, 2)
            assert file.read() == bytes([254, 255])
            file.seek(3)
            assert file.read(2) == bytes([3, 4])


def test_a_member_too_large_for_memory_is_unpacked_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrpn.common.archives._HELD_BYTES", 1000)
    packed = archive(tmp_path / "a.zip", {"a": bytes(range(256)) * 100})
    assert content_of(packed / "a") == bytes(range(256)) * 100


def test_a_forked_process_reads_beside_its_parent(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {str(k): bytes([k]) * 200_000 for k in range(20)})

    def read() -> None:
        for _ in range(5):
            for k in range(20):
                assert content_of(packed / str(k)) == bytes([k]) * 200_000

    assert content_of(packed / "0")
    children = [multiprocessing.get_context("fork").Process(target=read) for _ in range(3)]
    for child in children:
        child.start()
    read()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]


def test_an_archive_changed_on_disk_is_read_anew(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a": b"old"})
    assert content_of(packed / "a") == b"old"
    archive(packed, {"a": b"newer", "b": b""})
    assert content_of(packed / "a") == b"newer"
    assert len(archive_members(packed)) == 2


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.wav", "leaves the archive's folder"),
        ("a/../../evil.wav", "leaves the archive's folder"),
        ("a\\..\\..\\evil.wav", "leaves the archive's folder"),
        ("/etc/evil.wav", "absolute path"),
        ("\\\\host\\evil.wav", "absolute path"),
        ("C:/evil.wav", "absolute path"),
        ("evil" * 300, "name that no file can have"),
    ],
)
def test_a_member_that_would_do_harm_is_refused(tmp_path: Path, name: str, reason: str) -> None:
    packed = archive(tmp_path / "a.zip", {"good.wav": b"1", name: b"2"})
    for use in (archive_members, lambda path: content_of(path / "good.wav")):
        with pytest.raises(MediaError, match=rf"a\.zip: refused, its member .* {reason}") as caught:
            use(packed)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 500


def test_links_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        link = zipfile.ZipInfo("link.wav")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(MediaError, match=r"'link\.wav' is a link"):
        archive_members(tmp_path / "a.zip")


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.wav": b"1"})
    content = bytearray(packed.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    packed.write_bytes(bytes(content))
    with pytest.raises(MediaError, match="is encrypted"):
        archive_members(packed)


def test_a_thousandfold_expansion_is_refused_and_a_hundredfold_is_not(tmp_path: Path) -> None:
    bomb = archive(tmp_path / "bomb.zip", {"a.wav": bytes(50_000_000)})
    with pytest.raises(MediaError, match="unpacks to more than 1000 times its size"):
        archive_members(bomb)
    silence = b"".join(bytes(990) + bytes([k % 251] * 10) for k in range(100))
    fine = archive(tmp_path / "fine.zip", {"a.wav": silence})
    assert len(content_of(fine / "a.wav")) == 100_000


def test_many_small_bombs_are_as_bad_as_a_large_one(tmp_path: Path) -> None:
    nested = {f"{k}.wav": bytes(10_000_000) for k in range(4)}
    with pytest.raises(MediaError, match="times its size"):
        archive_members(archive(tmp_path / "a.zip", nested))


def test_a_member_that_is_larger_than_it_says_gives_no_more_than_that(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.wav": bytes(500_000)})
    content = packed.read_bytes()
    lie = content.replace(struct.pack("<I", 500_000), struct.pack("<I", 5_000))
    packed.write_bytes(lie)
    with pytest.raises(MediaError, match="damaged inside its archive"):
        content_of(packed / "a.wav")


def test_a_damaged_member_is_one_clear_line_and_spares_the_others(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a": b"A" * 1000, "b": b"B" * 1000}, zipfile.ZIP_STORED)
    packed.write_bytes(packed.read_bytes().replace(b"A" * 500, b"A" * 499 + b"C", 1))
    with pytest.raises(MediaError, match=r"a\.zip/a: damaged inside its archive"):
        content_of(packed / "a")
    assert content_of(packed / "b") == b"B" * 1000


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(10)])
def test_what_is_no_archive_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.zip: not a zip archive, or cut off"):
        archive_members(tmp_path / "a.zip")


def test_an_absent_member_and_an_absent_archive_are_one_clear_line(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.wav": b"1"})
    with pytest.raises(MediaError, match="the archive holds no such file"):
        content_of(packed / "b.wav")
    with pytest.raises(MediaError, match=r"b\.zip: cannot be opened"):
        archive_members(tmp_path / "b.zip")


def test_an_unknown_packing_is_one_clear_line(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a.wav": b"1" * 100}, zipfile.ZIP_STORED)
    content = bytearray(packed.read_bytes())
    content[8] = content[content.index(b"PK\x01\x02") + 10] = 97
    packed.write_bytes(bytes(content))
    with pytest.raises(MediaError, match=r"packed in a way that is not read \(number 97\)"):
        content_of(packed / "a.wav")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("zips")
    members = {f"{k}.wav": bytes([k]) * 300 for k in range(3)}
    packed = archive(folder / "a.zip", members)
    return packed, packed.read_bytes()


@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 300),
)
def test_whatever_the_damage_there_is_content_or_one_line(
    whole: tuple[Path, bytes], flips: list[tuple[int, int]], cut: int
) -> None:
    packed, content = whole
    damaged = bytearray(content[: len(content) - cut])
    for at, value in flips:
        damaged[at % len(damaged)] = value
    packed.write_bytes(bytes(damaged))
    try:
        for member in archive_members(packed):
            assert not member.is_absolute()
            assert ".." not in member.parts
            content_of(packed / member)
    except MediaError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./happy/c.mp4", "happy/c.mp4"),
        ("a//b.mp4", "a/b.mp4"),
        ("happy\\ann\\c.mp4", "happy/ann/c.mp4"),
    ],
)
def test_a_member_is_found_under_the_path_it_is_listed_by(
    tmp_path: Path, name: str, path: str
) -> None:
    packed = archive(tmp_path / "a.zip", {name: b"12", "./": b"", "folder\\": b""})
    assert archive_members(packed) == [PurePosixPath(path)]
    assert file_size(packed / path) == 2
    assert file_stamp(packed / path)
    assert content_of(packed / path) == b"12"


def test_of_two_members_of_one_path_the_last_counts(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.zip", {"a/b": b"first", "./a/b": b"last"})
    assert archive_members(packed) == [PurePosixPath("a/b")]
    assert content_of(packed / "a" / "b") == b"last"
