"""The history table: the learning curves of a run, one row per epoch."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from mrpn.evaluation.tables import TableError, measures_by_key, read_table, write_table

TEXT = ("strategy", "fold")
KEYS = ("strategy", "fold", "seed", "epoch")
MEASURES = (
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "rate",
    "seconds",
)


def check_history(table: pd.DataFrame, source: str = "history table") -> pd.DataFrame:
    """Return the table with its types put right; raises TableError with one line on what is wrong.

    Columns: `strategy, fold, seed, epoch` (no epoch twice), then `train_loss`, `train_accuracy`,
    `validation_loss`, `validation_accuracy`, `rate` (learning rate), `seconds` (of that epoch);
    a measure that was not taken is NaN. Further columns are kept.
    """
    return measures_by_key(table, KEYS, TEXT, MEASURES, source)


def save_history(table: pd.DataFrame, path: Path) -> None:
    """Check a history table and write it as CSV or Parquet, by suffix, atomically."""
    write_table(check_history(table, str(path)), path)


def load_history(path: Path) -> pd.DataFrame:
    """Read and check a history table, CSV or Parquet by suffix."""
    return check_history(read_table(path, TEXT), str(path))


def concat_history(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join history tables into one; raises TableError where an epoch occurs twice."""
    checked = [check_history(table) for table in tables]
    if not checked:
        raise TableError("there are no history tables to join")
    return check_history(pd.concat(checked, ignore_index=True), "joined history")


def training_seconds(table: pd.DataFrame) -> dict[str, float]:
    """Return each strategy's mean training time over its folds and seeds, in seconds."""
    runs = table.groupby(["strategy", "fold", "seed"], sort=False)["seconds"].sum(min_count=1)
    means = runs.groupby(level="strategy", sort=False).mean()
    return {str(name): float(value) for name, value in means.items()}
