"""Still images: picture files, and rows of the original `fer2013.csv`."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from mrpn.common.errors import MediaError

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"})
_ROW = re.compile(r"(?P<file>.+\.csv)#(?P<row>\d+)", re.IGNORECASE)


def is_still(reference: Path) -> bool:
    """Whether a path names a still image, or a row of a table of images as `fer2013.csv#123`."""
    return reference.suffix.lower() in _SUFFIXES or bool(_ROW.fullmatch(str(reference)))


def read_still(reference: Path) -> NDArray[np.uint8]:
    """Return a still image as RGB, uint8 [H, W, 3]; a grey one has three equal channels.

    Args:
        reference: an image file, turned upright as its EXIF says; or `FILE.csv#N`, the row N
            (0 is the first below the header) of a table whose column `pixels` holds the grey
            values of a square picture, row by row, as `fer2013.csv` does.

    Raises MediaError if it is missing or not an image. Source: ours.
    """
    row = _ROW.fullmatch(str(reference))
    if row:
        return _table_row(Path(row["file"]), int(row["row"]))
    try:
        with Image.open(reference) as image:
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except FileNotFoundError:
        raise MediaError(f"{reference}: no such file; check the path") from None
    except IsADirectoryError:
        raise MediaError(f"{reference}: is a folder; give an image file") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise MediaError(
            f"{reference}: not an image, or cut off; copy or download it again"
        ) from error
    except Image.DecompressionBombError as error:
        raise MediaError(f"{reference}: the image is too large; make it smaller") from error


@dataclass(frozen=True)
class _Table:
    """Where the rows of a table begin: all that is kept of it in memory."""

    path: Path
    column: int
    offsets: NDArray[np.int64]


def _table_row(path: Path, row: int) -> NDArray[np.uint8]:
    try:
        state = path.stat()
    except OSError:
        raise MediaError(f"{path}: no such file; check the path") from None
    table = _table(path, state.st_mtime_ns, state.st_size)
    rows = len(table.offsets) - 1
    if row >= rows:
        raise MediaError(f"{path}#{row}: the table has {rows} rows, counted from 0")
    with path.open("rb") as file:
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


@lru_cache(maxsize=4)
def _table(path: Path, modified: int, size: int) -> _Table:  # noqa: ARG001 (part of the key)
    """Return the index of a table; read again when the file changes."""
    with path.open("rb") as file:
        header = [
            name.strip().strip('"').lower()
            for name in file.readline().decode("utf-8-sig", "replace").split(",")
        ]
        if "pixels" not in header:
            raise MediaError(f"{path}: no column 'pixels'; give the original fer2013.csv")
        offsets = [file.tell()]
        offsets.extend(_ends(file, offsets[0]))
    return _Table(path, header.index("pixels"), np.array(offsets, np.int64))


def _ends(file: BinaryIO, position: int) -> list[int]:
    """Return where each non-empty line from `position` on ends."""
    ends = []
    for line in file:
        position += len(line)
        if line.strip():
            ends.append(position)
    return ends
