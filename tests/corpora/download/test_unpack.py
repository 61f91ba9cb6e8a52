"""Archives become folders, whole or not at all, and never outside."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.errors import MediaError
from mrpn.corpora.download import DownloadError
from mrpn.corpora.download.unpack import unpack

Make = Callable[[dict[str, bytes]], bytes]
SIZES = {"Actor_01/a.mp4": 5000, "Actor_01/b.mp4": 0, "notes.txt": 1}
CONTENTS = {"Actor_01/a.mp4": b"a" * 5000, "Actor_01/b.mp4": b"", "notes.txt": b"x"}


@pytest.fixture
def archive(tmp_path: Path, make_zip: Make) -> Path:
    path = tmp_path / "Video.zip"
    path.write_bytes(make_zip(CONTENTS))
    return path


def test_everything_is_unpacked_into_a_folder_of_its_own(archive: Path) -> None:
    assert unpack(archive) == SIZES
    for name, content in CONTENTS.items():
        assert (archive.parent / "Video" / name).read_bytes() == content
    assert sorted(path.name for path in archive.parent.iterdir()) == ["Video", "Video.zip"]


def test_a_damaged_member_leaves_no_folder(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        start = opened.getinfo("Actor_01/a.mp4").header_offset
    content[start + 30 + len("Actor_01/a.mp4") + 2] ^= 255
    archive.write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.mp4: damaged inside its archive"):
        unpack(archive)
    assert not (archive.parent / "Video").exists()


@pytest.mark.parametrize(
    ("contents", "problem"),
    [
        ({"../out.txt": b"x"}, "leaves the archive's folder"),
        ({"/etc/out.txt": b"x"}, "absolute path"),
        ({"bomb.mp4": bytes(10**7)}, "unpacks to more than 1000 times its size"),
    ],
)
def test_hostile_archives_are_refused(
    archive: Path, make_zip: Make, contents: dict[str, bytes], problem: str
) -> None:
    archive.write_bytes(make_zip(contents))
    with pytest.raises(MediaError, match=problem):
        unpack(archive)
    assert list(archive.parent.iterdir()) == [archive]


def test_links_are_refused(archive: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(link, "/etc")
    with pytest.raises(MediaError, match="is a link"):
        unpack(archive)


def test_a_folder_that_is_there_is_kept_if_it_is_the_same_and_never_overwritten(
    archive: Path,
) -> None:
    unpack(archive)
    before = (archive.parent / "Video").stat().st_ino
    assert unpack(archive) == SIZES
    assert (archive.parent / "Video").stat().st_ino == before
    (archive.parent / "Video" / "own.txt").write_text("mine", encoding="utf-8")
    assert unpack(archive) == SIZES
    (archive.parent / "Video" / "Actor_01" / "a.mp4").write_bytes(b"cut")
    with pytest.raises(DownloadError, match=r"Video: is there and is not Video\.zip; move it"):
        unpack(archive)
    assert (archive.parent / "Video" / "own.txt").read_text(encoding="utf-8") == "mine"


def test_what_a_kill_left_is_begun_anew(archive: Path) -> None:
    left = archive.parent / ".Video.unpacking" / "Actor_01"
    left.mkdir(parents=True)
    (left / "old.mp4").write_bytes(b"half")
    unpack(archive)
    assert sorted(path.name for path in (archive.parent / "Video" / "Actor_01").iterdir()) == [
        "a.mp4",
        "b.mp4",
    ]


def test_a_disk_too_small_is_told_before_unpacking(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(archive.parent)._replace(free=5000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DownloadError, match=r"unpacks to 5001 bytes, 5000 are free"):
        unpack(archive)
    assert list(archive.parent.iterdir()) == [archive]
