"""The names of recordings: the file behind an address, and what outputs are called by it."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from mrpn.common.archives import split_archive
from mrpn.common.errors import ConfigError

_ROW = re.compile(r"(?P<file>.+\.(?:csv|parquet))#(?P<row>\d+)", re.IGNORECASE)


def file_behind(address: Path) -> Path:
    """Return the file that holds a recording: the table of `faces.csv#12`, the archive of a member.

    Others are the file themselves.
    """
    row = _ROW.fullmatch(str(address))
    file = Path(row["file"]) if row else address
    place = split_archive(file)
    return place[0] if place else file


def output_names(addresses: Sequence[Path]) -> list[str]:
    """Return what outputs are called by each recording: `clip` by `films/clip.mp4`.

    A row is called `faces-12`. Of equal names, whether in capitals or not, all but the first get a
    number: `clip`, `clip-2`, `clip-3`; none gets a name that another one has by itself.
    """
    plain = [_plain(address) for address in addresses]
    taken = {name.casefold() for name in plain}
    last: Counter[str] = Counter()
    names = []
    for name in plain:
        key, new = name.casefold(), name
        last[key] += 1
        while last[key] > 1 and (new := f"{name}-{last[key]}").casefold() in taken:
            last[key] += 1
        taken.add(new.casefold())
        names.append(new)
    return names


def refuse_recordings(outputs: Iterable[Path], addresses: Iterable[Path]) -> None:
    """Raise ConfigError if an output would be written over a recording, however it is addressed."""
    files = {_identity(file) for file in {file_behind(address) for address in addresses}} - {None}
    for path in outputs:
        if _identity(path) in files:
            raise ConfigError(f"{path}: is a recording itself, give the output another name")


def readable(text: str) -> str:
    r"""Return a text with file names in it as UTF-8 can hold it: other bytes become `\xff`."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")


def _plain(address: Path) -> str:
    row = _ROW.fullmatch(str(address))
    return f"{Path(row['file']).stem}-{row['row']}" if row else address.stem


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from all others, by whatever name; None where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
