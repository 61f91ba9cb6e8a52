"""Finding the media files of a folder, in an order that does not depend on the machine."""

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from mrpn.common.archives import SUFFIX as ARCHIVE_SUFFIX
from mrpn.common.archives import archive_members
from mrpn.common.errors import CorpusError

VIDEO_SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".flv", ".mpg", ".mpeg"})
AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".ogg", ".m4a"})
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
ARRAY_SUFFIXES = frozenset({".npz"})


def media_files(folder: Path, suffixes: Collection[str]) -> list[PurePosixPath]:
    """Return the files under `folder` that end in one of `suffixes`, relative to it, sorted.

    Zip archives count as folders: `Audio.zip/Actor_01/a.wav`; `folder` may be one itself. Hidden
    files and folders are left out: they are what systems and interrupted copies leave.

    Raises:
        CorpusError: there is no such folder, or the name of a file is not in UTF-8.
        MediaError: an archive is damaged, or refused (see `mrpn.common.archives`).
    """
    if folder.is_dir():
        found = list(_in_folder(folder, suffixes))
    elif folder.is_file() and _suffix(folder.name) == ARCHIVE_SUFFIX:
        found = list(_in_archive(folder, PurePosixPath(), suffixes))
    else:
        what = "is a file, not a folder" if folder.exists() else "there is no such folder"
        raise CorpusError(f"{folder}: {what}; a corpus is read from the folder of its media")
    for file in found:
        try:
            str(file).encode()
        except UnicodeEncodeError as error:
            raise CorpusError(
                f"{folder}: the name {str(file)!r} is not in UTF-8; rename the file"
            ) from error
    return sorted(found)


def within_archive(file: PurePosixPath) -> PurePosixPath:
    """Return a file's path without the archives it lies in: `Audio.zip/a/b.wav` is `a/b.wav`."""
    depths = [n for n, part in enumerate(file.parts[:-1], 1) if _suffix(part) == ARCHIVE_SUFFIX]
    return PurePosixPath(*file.parts[depths[-1] :]) if depths else file


def note_of(problem: str, things: Iterable[object], what: str = "file") -> tuple[str, ...]:
    """Return one line on the things with a problem: how many, and the first; none for none."""
    listed = [str(thing) for thing in things]
    if not listed:
        return ()
    more = f", {listed[0]} among them" if len(listed) > 1 else f", {listed[0]}"
    return (f"{len(listed)} {what}{'s' * (len(listed) > 1)} {problem}{more}",)


def _in_folder(folder: Path, suffixes: Collection[str]) -> Iterator[PurePosixPath]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = PurePosixPath(Path(place).relative_to(folder).as_posix())
        for name in names:
            if name.startswith("."):
                continue
            if _suffix(name) in suffixes:
                yield inside / name
            elif _suffix(name) == ARCHIVE_SUFFIX:
                yield from _in_archive(Path(place, name), inside / name, suffixes)


def _in_archive(
    archive: Path, inside: PurePosixPath, suffixes: Collection[str]
) -> Iterator[PurePosixPath]:
    for member in archive_members(archive):
        hidden = any(part.startswith(".") for part in member.parts)
        if _suffix(member.name) in suffixes and not hidden:
            yield inside / member


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 (a path object takes ten times as long)
