"""Git LFS pointers."""

import zipfile
from pathlib import Path

import pytest

from mrpn.corpora.pointers import is_lfs_pointer

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (POINTER, True),
        (POINTER * 10, False),
        (b"", False),
        (b"RIFF" + b"0" * 200, False),
        (b"version https://example.org/", False),
    ],
)
def test_a_pointer_is_short_and_says_so(tmp_path: Path, content: bytes, pointer: bool) -> None:
    (tmp_path / "a.flv").write_bytes(content)
    assert is_lfs_pointer(tmp_path / "a.flv") is pointer
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.flv", "a.flv")
    assert is_lfs_pointer(tmp_path / "a.zip" / "a.flv") is pointer


def test_what_is_not_there_is_no_pointer(tmp_path: Path) -> None:
    assert not is_lfs_pointer(tmp_path / "none.flv")
