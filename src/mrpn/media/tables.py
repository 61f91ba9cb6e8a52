"""Rows of a table of pictures, as `fer2013.csv#123`, without holding the table in memory."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from mrpn.common.archives import file_stamp, split_archive
from mrpn.common.errors import MediaError
from mrpn.media.source import open_source

_ROW = re.compile(r"(?P<file>.+\.csv)#(?P<row>\d+)", re.IGNORECASE)
_LONGEST_LINE = 2**24
Stamp = tuple[int, ...]


def row_reference(reference: Path) -> tuple[Path, int] | None:
    """Split `FILE.csv#123` into the table and the row; None if it is none."""
    row = _ROW.fullmatch(str(reference))
    return (Path(row["file"]), int(row["row"])) if row else None


def read_row(path: Path, row: int) -> NDArray[np.uint8]:
    """Return the square picture of a table's row, uint8 [H, H, 3] of three equal channels.

    Args:
        path: a table whose column `pixels` holds grey values, row by row.
        row: which one; 0 is the first below the header.

    Raises MediaError if the table or the row is missing, or holds no picture. Source: ours.
    """
    stamp = tuple(file_stamp(path))
    table = _table(path, stamp)
    rows = len(table.offsets) - 1
    if row >= rows:
        raise MediaError(f"{path}#{row}: the table has {rows} rows, counted from 0")
    with _open(path, stamp) as file:
        file.seek(table.offsets[row])
        line = file.read(table.offsets[row + 1] - table.offsets[row])
    try:
        cell = line.split(b",")[table.column].strip().strip(b'"')
        pixels = np.array([int(value) for value in cell.split()], dtype=np.uint8)
    except (IndexError, ValueError, OverflowError) as error:
        raise MediaError(f"{path}#{row}: the column 'pixels' holds no grey values") from error
    side = int(np.sqrt(len(pixels)))
    if side == 0 or side * side != len(pixels):
        raise MediaError(f"{path}#{row}: {len(pixels)} pixels are not a square picture")
    return np.repeat(pixels.reshape(side, side, 1), 3, axis=2)


@dataclass(frozen=True)
class _Table:
    """Where the rows of a table begin: all that is kept of it in memory."""

    column: int
    offsets: NDArray[np.int64]


@lru_cache(maxsize=4)
def _table(path: Path, stamp: Stamp) -> _Table:
    """Return the index of a table; read again when the file changes."""
    with _open(path, stamp) as file:
        file.seek(0)
        header = [
            name.strip().strip('"').lower()
            for name in file.readline(_LONGEST_LINE).decode("utf-8-sig", "replace").split(",")
        ]
        if "pixels" not in header:
            raise MediaError(f"{path}: no column 'pixels'; give the original fer2013.csv")
        offsets = [file.tell()]
        offsets.extend(_ends(file, offsets[0]))
    return _Table(header.index("pixels"), np.array(offsets, np.int64))


@contextmanager
def _open(path: Path, stamp: Stamp) -> Iterator[BinaryIO]:
    if split_archive(path) is None:
        with open_source(path) as file:
            yield file
    else:
        yield _unpacked(path, stamp, os.getpid())[0]


@lru_cache(maxsize=2)
def _unpacked(path: Path, stamp: Stamp, process: int) -> tuple[BinaryIO, ExitStack]:  # noqa: ARG001 (parts of the key)
    """Return a packed table unpacked once, not anew for each row, and what keeps it open.

    A forked process unpacks its own, since it would share the place where its parent reads.
    """
    with ExitStack() as stack:
        return stack.enter_context(open_source(path)), stack.pop_all()


def _ends(file: BinaryIO, position: int) -> list[int]:
    """Return where each non-empty line from `position` on ends."""
    ends = []
    for line in file:
        position += len(line)
        if line.strip():
            ends.append(position)
    return ends
