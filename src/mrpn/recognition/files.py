"""Which media files are meant by files, folders and patterns."""

from collections.abc import Iterable
from glob import glob, has_magic
from pathlib import Path

_KINDS = """
3gp aac aiff avi bmp flac flv gif jpeg jpg m4a m4v mkv mov mp3 mp4 mpeg mpg mts ogg ogv opus png
tif tiff ts wav webm webp wma wmv
"""
SUFFIXES = frozenset(f".{kind}" for kind in _KINDS.split())


def media_files(given: Iterable[Path]) -> list[Path]:
    """Return the media files that are meant, each once.

    A folder stands for the media files in it and in its folders, sorted; a pattern, which not every
    shell resolves, for the files that fit it. What does not exist stays, and a
    folder without any, to be told as such.
    """
    found: dict[Path, None] = {}
    for path in given:
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.suffix.lower() in SUFFIXES]
            inside = [p for p in inside if p.is_file() and not p.name.startswith(".")] or [path]
        elif has_magic(str(path)) and not path.exists():
            names = glob(str(path), recursive=True)  # noqa: PTH207 (the pattern may be absolute)
            inside = [Path(name) for name in sorted(names)] or [path]
        else:
            inside = [path]
        found.update(dict.fromkeys(inside))
    return list(found)
