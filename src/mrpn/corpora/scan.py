"""Finding the media files of a folder, in an order that does not depend on the machine."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from mrpn.common.archives import SUFFIX as ARCHIVE_SUFFIX
from mrpn.common.archives import archive_members
from mrpn.common.errors import CorpusError, MediaError

VIDEO_SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".flv", ".mpg", ".mpeg"})
AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".ogg", ".m4a"})
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
ARRAY_SUFFIXES = frozenset({".npz"})


@dataclass
class _LeftOut:
    """Archives that were not looked into, relative to the folder that was searched."""

    unreadable: dict[PurePosixPath, str] = field(default_factory=dict)
    nested: list[PurePosixPath] = field(default_factory=list)


class MediaFiles(list[PurePosixPath]):
    """The files that were found, and what is to be said of archives that were left out.

    Attributes:
        unreadable: why an archive among the files cannot be read, by its path.
        notes: one line each on archives that cannot be read, and on archives inside archives.
    """

    def __init__(self, files: Iterable[PurePosixPath], left_out: _LeftOut) -> None:
        super().__init__(files)
        self.unreadable: Mapping[str, str] = {
            str(archive): problem for archive, problem in sorted(left_out.unreadable.items())
        }
        problems = [f"{archive}: {problem}" for archive, problem in self.unreadable.items()]
        self.notes = (
            *note_of("that cannot be read left out", problems, "archive"),
            *note_of(
                "inside another archive left out; unpack the outer one",
                sorted(left_out.nested),
                "archive",
            ),
        )


def media_files(folder: Path, suffixes: Collection[str]) -> MediaFiles:
    """Return the files under `folder` that end in one of `suffixes`, relative to it, sorted.

    Zip archives count as folders: `Audio.zip/Actor_01/a.wav`; `folder` may be one itself. Hidden
    files and folders are left out: they are what systems and interrupted copies leave. So are
    archives among the files that cannot be read, and archives inside archives, with a note.

    Raises:
        CorpusError: there is no such folder, or the name of a file is not in UTF-8.
        MediaError: `folder` is an archive that is damaged, or refused (see
            `mrpn.common.archives`).
    """
    left_out = _LeftOut()
    if folder.is_dir():
        found = list(_in_folder(folder, suffixes, left_out))
    elif folder.is_file() and _suffix(folder.name) == ARCHIVE_SUFFIX:
        found = list(_in_archive(folder, PurePosixPath(), suffixes, left_out))
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
    return MediaFiles(sorted(found), left_out)


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


def _in_folder(
    folder: Path, suffixes: Collection[str], left_out: _LeftOut
) -> Iterator[PurePosixPath]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = PurePosixPath(Path(place).relative_to(folder).as_posix())
        for name in names:
            if name.startswith("."):
                continue
            if _suffix(name) in suffixes:
                yield inside / name
            elif _suffix(name) == ARCHIVE_SUFFIX:
                archive = Path(place, name)
                try:
                    yield from _in_archive(archive, inside / name, suffixes, left_out)
                except MediaError as error:
                    left_out.unreadable[inside / name] = str(error).removeprefix(f"{archive}: ")


def _in_archive(
    archive: Path, inside: PurePosixPath, suffixes: Collection[str], left_out: _LeftOut
) -> Iterator[PurePosixPath]:
    for member in archive_members(archive):
        hidden = any(part.startswith(".") for part in member.parts)
        if hidden:
            continue
        if _suffix(member.name) in suffixes:
            yield inside / member
        elif _suffix(member.name) == ARCHIVE_SUFFIX:
            left_out.nested.append(inside / member)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 (a path object takes ten times as long)
