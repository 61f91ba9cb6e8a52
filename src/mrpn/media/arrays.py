"""Modalities that are no media: arrays from an `.npz` file, or from a row of a Parquet table."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mrpn.common.archives import file_stamp, open_file
from mrpn.common.errors import MediaError

Arrays = dict[str, NDArray[np.float32]]

# What the arrays of one clip may hold in all; more is a broken header, or no clip.
_MOST_BYTES = 2**30
_ROW = re.compile(r"(?P<file>.+\.parquet)#(?P<row>\d+)", re.IGNORECASE)
_HEADERS: dict[tuple[int, int], Callable[[Any], tuple[tuple[int, ...], bool, np.dtype[Any]]]] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_arrays(path: Path) -> Arrays:
    """Return the arrays of one clip by modality, float32 [T, D]; [D] becomes [1, D].

    T is the number of elements of the sequence, and may be 0; D the features of each.

    Args:
        path: an `.npz` file, in which every array is a modality; or `FILE.parquet#N`, the row N
            (0 is the first) of a table, in which every column of lists is a modality: a list of
            D numbers, or of T lists of D. An empty cell leaves the modality out.

    Raises MediaError if it cannot be read, or holds anything but finite numbers in one or two
    dimensions. Nothing in it is executed: pickled objects are refused. Source: ours.
    """
    row = _ROW.fullmatch(str(path))
    try:
        values = _table_row(Path(row["file"]), int(row["row"])) if row else dict(_members(path))
    except FileNotFoundError:
        raise MediaError(f"{path}: no such file; check the path") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise MediaError(f"{path}: cannot be read: {reason}; copy it again") from error
    arrays = {name: _sequence(path, name, value) for name, value in sorted(values.items())}
    if not arrays:
        raise MediaError(f"{path}: holds no arrays; give one per modality")
    return arrays


def list_columns(schema: pa.Schema) -> list[str]:
    """Return the names of a table's columns of lists, each of them a modality."""
    return [field.name for field in schema if _is_list(field.type)]


def _members(path: Path) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays of an `.npz` by name, having read what their headers claim first."""
    left = _MOST_BYTES
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.filename.endswith(".npy"):
                    continue
                name = member.filename.removesuffix(".npy")
                with archive.open(member) as source:
                    left -= _claimed_bytes(source, f"{path}: '{name}'")
                if left < 0:
                    raise MediaError(f"{path}: claims more than {_MOST_BYTES} bytes of arrays")
                with archive.open(member) as source:
                    yield name, np.lib.format.read_array(source, allow_pickle=False)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise MediaError(f"{path}: not an .npz file, or damaged; write it again") from error
    except (ValueError, TypeError, OverflowError) as error:
        raise MediaError(f"{path}: an array in it is damaged; write it again") from error


def _claimed_bytes(source: Any, what: str) -> int:
    """Return the size an array has by its header, before anything of it is read."""
    header = _HEADERS.get(np.lib.format.read_magic(source))
    if header is None:
        raise MediaError(
            f"{what} is of a format that cannot be read here; save it with numpy.savez"
        )
    shape, _, dtype = header(source)
    if dtype.hasobject:
        raise MediaError(f"{what} holds pickled objects, which are not read; save plain numbers")
    size = max(1, dtype.itemsize)
    for length in shape:
        size *= int(length)
    return size


def _table_row(path: Path, row: int) -> dict[str, NDArray[Any]]:
    stamp = file_stamp(path)
    if not stamp:
        raise FileNotFoundError(path)
    try:
        starts = _row_groups(path, tuple(stamp))
        group = int(np.searchsorted(starts, row, side="right")) - 1
        if row >= starts[-1]:
            raise MediaError(f"{path}#{row}: the table has {starts[-1]} rows, counted from 0")
        table = _row_group(path, tuple(stamp), group)
        cells = {name: table[name][row - starts[group]].as_py() for name in table.column_names}
    except (pa.ArrowException, ValueError) as error:
        line = " ".join(str(error).split())
        raise MediaError(f"{path}: not a Parquet table that can be read: {line}") from error
    try:
        # Through 64 bits, where an empty number among the others shows as one that is not finite.
        return {n: np.array(c, np.float64) for n, c in cells.items() if c is not None}
    except (ValueError, TypeError) as error:
        raise MediaError(
            f"{path}#{row}: a cell is no list of numbers, or of such lists of one length"
        ) from error


@lru_cache(maxsize=8)
def _row_groups(path: Path, stamp: tuple[int, ...]) -> list[int]:  # noqa: ARG001 (part of the key)
    """Return the first row of each row group, and the number of rows; read again on a change."""
    with open_file(path) as file:
        about = pq.ParquetFile(file).metadata
    sizes = [about.row_group(group).num_rows for group in range(about.num_row_groups)]
    return [sum(sizes[:count]) for count in range(len(sizes) + 1)]


@lru_cache(maxsize=2)
def _row_group(path: Path, stamp: tuple[int, ...], group: int) -> pa.Table:  # noqa: ARG001
    with open_file(path) as file:
        return _read_group(pq.ParquetFile(file), path, group)


def _read_group(table: pq.ParquetFile, path: Path, group: int) -> pa.Table:
    names = list_columns(table.schema_arrow)
    if not names:
        raise MediaError(f"{path}: no column of lists; give one per modality")
    return table.read_row_group(group, columns=names)


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _sequence(path: Path, name: str, value: NDArray[Any]) -> NDArray[np.float32]:
    if value.dtype.kind not in "fiub":
        raise MediaError(f"{path}: '{name}' holds {value.dtype}, not numbers")
    if value.ndim not in (1, 2) or not value.shape[-1]:
        shape = " x ".join(str(length) for length in value.shape) or "a single number"
        raise MediaError(f"{path}: '{name}' is {shape}; it is T x D, or D for one element")
    with np.errstate(over="ignore"):
        sequence = np.atleast_2d(value.astype(np.float32))
    if not np.isfinite(sequence).all():
        raise MediaError(f"{path}: '{name}' holds numbers that are not finite; mend or mask them")
    return sequence
