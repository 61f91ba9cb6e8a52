"""Reading, checking and writing the tables that evaluation works on."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mrpn.common.errors import MrpnError
from mrpn.common.files import atomic_path

SUFFIXES = (".csv", ".parquet")


class TableError(MrpnError):
    """A table whose columns, rows or values are not what they should be."""


def read_table(path: Path, text: Sequence[str]) -> pd.DataFrame:
    """Read a CSV or Parquet table, chosen by suffix; the columns `text` stay text ("01", "NA").

    Raises TableError when the file is missing, damaged, or of another suffix.
    """
    _check_suffix(path)
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        header = list(pd.read_csv(path, nrows=0).columns)
        return pd.read_csv(
            path,
            dtype={name: str for name in text if name in header},
            keep_default_na=False,
            na_values={name: ["", "nan"] for name in header if name not in text},
        )
    except FileNotFoundError as error:
        raise TableError(f"{path}: there is no such table") from error
    except (OSError, ValueError) as error:
        raise TableError(f"{path}: cannot read the table: {_one_line(error)}") from error


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or Parquet, chosen by suffix, atomically and without loss of digits."""
    _check_suffix(path)
    with atomic_path(path) as partial:
        if path.suffix == ".parquet":
            table.to_parquet(partial, index=False)
        else:
            table.to_csv(partial, index=False)


def require_columns(table: pd.DataFrame, columns: Iterable[str], source: str) -> None:
    """Raise TableError unless `table` has every one of `columns`, and no column twice."""
    present = [str(name) for name in table.columns]
    missing = [name for name in columns if name not in present]
    if missing:
        raise TableError(
            f"{source}: lacks the column {_quoted(missing)}; it has {_quoted(present) or 'none'}"
        )
    twice = sorted({name for name in present if present.count(name) > 1})
    if twice:
        raise TableError(f"{source}: has the column {_quoted(twice)} more than once")


def as_text(table: pd.DataFrame, column: str, source: str) -> pd.Series:
    """Return a column as text; raises TableError where a value is missing or empty."""
    values = table[column]
    result = values.astype(str)
    empty = (values.isna() | (result == "")).to_numpy()
    if empty.any():
        row = int(np.flatnonzero(empty)[0])
        raise TableError(f"{source}: row {row + 1} has no '{column}'")
    return result


def as_numbers(
    table: pd.DataFrame, column: str, source: str, *, optional: bool = False
) -> pd.Series:
    """Return a column as float64; raises TableError where a value is no finite number.

    With `optional`, missing and infinite values are allowed, as a diverged run leaves them.
    """
    values = table[column]
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if optional:
        wrong = (numbers.isna() & ~values.isna()).to_numpy()
    else:
        wrong = ~np.isfinite(numbers.to_numpy())
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        shown = str(values.iloc[row])
        raise TableError(f"{source}: row {row + 1}: '{column}' is {shown!r}, not a finite number")
    return numbers


def as_integers(table: pd.DataFrame, column: str, source: str) -> pd.Series:
    """Return a column as int64; raises TableError where a value is not a whole number."""
    numbers = as_numbers(table, column, source)
    broken = (numbers % 1 != 0).to_numpy()
    if broken.any():
        row = int(np.flatnonzero(broken)[0])
        value = numbers.iloc[row]
        raise TableError(f"{source}: row {row + 1}: '{column}' is {value}, not a whole number")
    return numbers.astype("int64")


def refuse_twins(table: pd.DataFrame, keys: Sequence[str], source: str) -> None:
    """Raise TableError when two rows share the same `keys`."""
    twins = table.duplicated(list(keys)).to_numpy()
    if twins.any():
        row = int(np.flatnonzero(twins)[0])
        named = ", ".join(f"{key} {table[key].iloc[row]!r}" for key in keys)
        raise TableError(f"{source}: row {row + 1} repeats an earlier one ({named})")


def _check_suffix(path: Path) -> None:
    if path.suffix not in SUFFIXES:
        raise TableError(f"{path}: a table is a file ending in {' or '.join(SUFFIXES)}")


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 160 else text[:157] + "..."


def measures_by_key(
    table: pd.DataFrame,
    keys: Sequence[str],
    text: Sequence[str],
    measures: Sequence[str],
    source: str,
) -> pd.DataFrame:
    """Return a table of measures with its types put right; TableError with one line if it is wrong.

    Args:
        table: with all of `keys` and `measures`; further columns are kept.
        keys: which together name a row, none twice; integers, but for those of `text`.
        text: the keys that are text.
        measures: numbers, NaN where not taken.
        source: of the table, for the error's line.
    """
    require_columns(table, (*keys, *measures), source)
    if table.empty:
        raise TableError(f"{source}: has no rows")
    result = table.reset_index(drop=True).copy()
    for name in text:
        result[name] = as_text(result, name, source)
    for name in keys:
        if name not in text:
            result[name] = as_integers(result, name, source)
    for name in measures:
        result[name] = as_numbers(result, name, source, optional=True)
    refuse_twins(result, keys, source)
    return result
