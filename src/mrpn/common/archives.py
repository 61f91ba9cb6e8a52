"""Files inside zip archives, addressed as if the archive were a folder: `Audio.zip/Actor_01/a.wav`.

What an archive says of itself is not believed: a member that would leave the archive's folder, is a
link, is encrypted, or unpacks to a thousand times its size is refused.
"""

import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from mrpn.common.errors import MediaError

SUFFIX = ".zip"
# A member may unpack to this many times its packed size, and to this many bytes at all.
_MOST_EXPANSION = 1000
_MOST_BYTES = 4 * 2**30
_MOST_MEMBERS = 1_000_000
_LONGEST_NAME = 1000
_HELD_BYTES = 64 * 2**20
_BLOCK = 2**20
# The others may take any amount of memory to unpack, and no corpus uses them.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What zipfile raises over damaged archives.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RuntimeError,  # which NotImplementedError is as well
)


def split_archive(path: Path) -> tuple[Path, str] | None:
    """Split `x/Audio.zip/Actor_01/a.wav` into the archive and the member's name.

    None if no part of the path is a zip file (a folder may well be called `x.zip`).
    """
    parts = path.parts
    for count, part in enumerate(parts[:-1], start=1):
        if part.lower().endswith(SUFFIX):
            archive = Path(*parts[:count])
            if archive.is_file():
                return archive, "/".join(parts[count:])
    return None


def archive_members(archive: Path) -> list[PurePosixPath]:
    """Return the names of the files in a zip archive, sorted.

    Raises MediaError if it is no archive, or holds anything that is refused; see the module's text.
    """
    return sorted(PurePosixPath(name) for name in _opened(archive).members)


def file_size(path: Path) -> int | None:
    """Return the size in bytes of a file or an archive's member; None where there is none."""
    place = split_archive(path)
    if place is None:
        return path.stat().st_size if path.is_file() else None
    member = _opened(place[0]).members.get(place[1])
    return None if member is None else member.file_size


def file_stamp(path: Path) -> list[int]:
    """Return numbers that change when a file does: size and time, or a member's size and CRC.

    Empty where there is no such file.
    """
    place = split_archive(path)
    if place is None:
        try:
            status = path.stat()
        except OSError:
            return []
        return [status.st_size, status.st_mtime_ns]
    member = _opened(place[0]).members.get(place[1])
    return [] if member is None else [member.file_size, member.CRC]


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file or an archive's member for reading, seekable.

    A member is unpacked into memory, or into a temporary file if it is large, and checked against
    its CRC before any of it is given out.

    Raises MediaError if the archive or the member is damaged or not there, OSError as `open` does.
    """
    place = split_archive(path)
    if place is None:
        with path.open("rb") as file:
            yield file
        return
    archive = _opened(place[0])
    member = archive.members.get(place[1])
    if member is None:
        raise MediaError(f"{path}: the archive holds no such file; check the path")
    if member.compress_type not in _METHODS:
        raise MediaError(
            f"{path}: packed in a way that is not read (number {member.compress_type}); "
            "unpack the archive and give its folder"
        )
    with SpooledTemporaryFile(_HELD_BYTES) as content:
        try:
            with archive.file.open(member) as packed:
                shutil.copyfileobj(packed, content, _BLOCK)
        except _DAMAGED as error:
            raise MediaError(
                f"{path}: damaged inside its archive; download the archive again"
            ) from error
        content.seek(0)
        yield cast(BinaryIO, content)


@dataclass(frozen=True)
class _Archive:
    """An open archive and its members that are files, by name."""

    file: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]


def _opened(archive: Path) -> _Archive:
    try:
        status = archive.stat()
    except OSError as error:
        raise MediaError(f"{archive}: cannot be opened: {error.strerror}") from error
    return _open(archive, status.st_size, status.st_mtime_ns, os.getpid())


@lru_cache(maxsize=64)
def _open(archive: Path, size: int, modified: int, process: int) -> _Archive:  # noqa: ARG001 (parts of the key)
    """Open an archive and read its index, which takes long where it holds thousands of files.

    It is kept open; opened again when it changes, and by a forked process, which would share the
    place where its parent reads.
    """
    try:
        opened = zipfile.ZipFile(archive)
        members = opened.infolist()
    except _DAMAGED as error:
        raise MediaError(f"{archive}: not a zip archive, or cut off; download it again") from error
    if len(members) > _MOST_MEMBERS:
        raise MediaError(f"{archive}: holds {len(members)} files, more than {_MOST_MEMBERS}")
    for member in members:
        if problem := _problem(member):
            raise MediaError(
                f"{archive}: refused, its member {_shown(member.filename)} {problem}; "
                "get the archive from its makers"
            )
    files = (member for member in members if _is_file(member))
    # Of members of one name the last counts, as for unpackers.
    return _Archive(opened, {_path(member): member for member in files})


def _is_file(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file with a name that can be written on one line.

    Some systems pack files of their own whose names are not: `Icon` with a line's end behind it.
    """
    name = member.filename
    folder = name.endswith(("/", "\\")) or _path(member) == "."
    return bool(name) and min(name) >= " " and not folder


def _path(member: zipfile.ZipInfo) -> str:
    """Return a member's name as paths are written: `./a//b` and Windows' `a\\b` are `a/b`."""
    return str(PurePosixPath(member.filename.replace("\\", "/")))


def _problem(member: zipfile.ZipInfo) -> str | None:
    name = member.filename
    checks = {
        "has a name that no file can have": len(name) > _LONGEST_NAME,
        "has an absolute path": name.startswith(("/", "\\")) or name[1:2] == ":",
        "leaves the archive's folder": ".." in PurePosixPath(name.replace("\\", "/")).parts,
        "is a link": stat.S_ISLNK(member.external_attr >> 16),
        "is encrypted": bool(member.flag_bits & 0x1),
        f"unpacks to more than {_MOST_BYTES} bytes": member.file_size > _MOST_BYTES,
        f"unpacks to more than {_MOST_EXPANSION} times its size": (
            member.file_size > _MOST_EXPANSION * max(1, member.compress_size)
        ),
    }
    return next((problem for problem, found in checks.items() if found), None)


def _shown(name: str) -> str:
    return repr(name if len(name) <= 100 else f"{name[:97]}...")
