"""Finding the media files of a folder, in an order that does not depend on the machine."""

import os
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from mrpn.common.errors import CorpusError

VIDEO_SUFFIXES = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".flv", ".mpg", ".mpeg"})
AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".ogg", ".m4a"})
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})


def media_files(folder: Path, suffixes: Collection[str]) -> list[PurePosixPath]:
    """Return the files under `folder` that end in one of `suffixes`, relative to it, sorted.

    Hidden files and folders are left out: they are what systems and interrupted copies leave.

    Raises CorpusError if there is no such folder, or the name of a file is not in UTF-8.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "there is no such folder"
        raise CorpusError(f"{folder}: {what}; a corpus is read from the folder of its media")
    found: list[PurePosixPath] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = PurePosixPath(Path(place).relative_to(folder).as_posix())
        for name in names:
            if os.path.splitext(name)[1].lower() in suffixes and not name.startswith("."):  # noqa: PTH122
                found.append(inside / name)
    for file in found:
        try:
            str(file).encode()
        except UnicodeEncodeError as error:
            raise CorpusError(
                f"{folder}: the name {str(file)!r} is not in UTF-8; rename the file"
            ) from error
    return sorted(found)


def note_of(problem: str, things: Iterable[object], what: str = "file") -> tuple[str, ...]:
    """Return one line on the things with a problem: how many, and the first; none for none."""
    listed = [str(thing) for thing in things]
    if not listed:
        return ()
    more = f", {listed[0]} among them" if len(listed) > 1 else f", {listed[0]}"
    return (f"{len(listed)} {what}{'s' * (len(listed) > 1)} {problem}{more}",)
