"""Which media files are meant by files, folders and patterns."""

from collections.abc import Iterable
from glob import glob, has_magic
from pathlib import Path

from mrpn.common.errors import MediaError
from mrpn.common.files import DRAWN
from mrpn.media.container import open_media

_KINDS = """
3gp aac aiff avi bmp flac flv gif jpeg jpg m4a m4v mkv mov mp3 mp4 mpeg mpg mts ogg ogv opus png
tif tiff ts wav webm webp wma wmv
"""
SUFFIXES = frozenset(f".{kind}" for kind in _KINDS.split())
# Where the mark of a PNG stands, in bytes from its start.
_HEAD = 512


def media_files(given: Iterable[Path]) -> list[Path]:
    """Return the media files that are meant, each once.

    A folder stands for the media files in it and in its folders, sorted; a pattern, which not every
    shell resolves, for the files that fit it and for the folders that do. What this project drew,
    plots and films, is left out of both. What does not exist stays, and a folder without any, to
    be told as such.
    """
    found: dict[Path, None] = {}
    for path in given:
        if path.is_dir():
            inside = _within(path) or [path]
        elif has_magic(str(path)) and not path.exists():
            inside = _fitting(str(path)) or [path]
        else:
            inside = [path]
        found.update(dict.fromkeys(inside))
    return list(found)


def is_drawn(path: Path) -> bool:
    """Whether a file is a plot or a film that this project drew, by the mark in it."""
    try:
        if path.suffix.lower() == ".png":
            with path.open("rb") as file:
                return DRAWN.encode() in file.read(_HEAD)
        if path.suffix.lower() == ".mp4":
            with open_media(path) as film:
                return bool(film.metadata.get("comment") == DRAWN)
    except (MediaError, OSError):
        return False
    return False


def _within(folder: Path) -> list[Path]:
    named = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES)
    files = (path for path in named if path.is_file() and not path.name.startswith("."))
    return [path for path in files if not is_drawn(path)]


def _fitting(pattern: str) -> list[Path]:
    paths = [Path(name) for name in sorted(glob(pattern, recursive=True))]  # noqa: PTH207 (may be absolute)
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += _within(path)
        elif not is_drawn(path):
            found.append(path)
    return found or paths
