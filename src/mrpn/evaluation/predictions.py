"""The predictions table: one row per clip, strategy, fold and seed; every report comes from it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from mrpn.evaluation.tables import (
    TableError,
    as_integers,
    as_numbers,
    as_text,
    read_table,
    refuse_twins,
    require_columns,
    write_table,
)

TEXT = ("clip", "actor", "label", "fold", "strategy", "prediction")
COLUMNS = ("clip", "actor", "label", "fold", "strategy", "seed", "prediction")
KEYS = ("strategy", "fold", "seed", "clip")
PREFIX = "p_"
TOLERANCE = 1e-3


def classes_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the classes of a predictions table, in the order of its `p_<class>` columns."""
    names = (str(name) for name in table.columns)
    return tuple(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def probability_columns(classes: Iterable[str]) -> list[str]:
    """Return the columns that hold the probabilities of `classes`."""
    return [PREFIX + name for name in classes]


def build_predictions(
    *,
    clips: Sequence[str],
    actors: Sequence[str],
    labels: Sequence[str],
    probabilities: ArrayLike,
    classes: Sequence[str],
    fold: str,
    strategy: str,
    seed: int,
) -> pd.DataFrame:
    """Build the predictions table of one trained strategy on one fold (ours).

    Args:
        clips: N clip ids, each once.
        actors: N actor ids.
        labels: N true classes, each one of `classes`.
        probabilities: [N, classes], each row a distribution (the softmax of the fused scores s).
        classes: class names in the order of the probabilities' columns.
        fold: name of the fold the clips were held out in.
        strategy: name of the strategy ("am", "vm", "late", "n0", "n1", "n2", or any other).
        seed: seed of the training.

    Raises:
        TableError: on lengths that differ, unknown labels, or rows that are no distributions.
    """
    source = f"predictions of {strategy}, fold {fold}"
    scores = np.asarray(probabilities, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[1] != len(classes) or len(classes) == 0:
        raise TableError(
            f"{source}: probabilities have the shape {scores.shape}, not clips x {len(classes)}"
        )
    lengths = {
        "clips": len(clips),
        "actors": len(actors),
        "labels": len(labels),
        "probabilities": len(scores),
    }
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{count} {name}" for name, count in lengths.items())
        raise TableError(f"{source}: the parts differ in length: {shown}")
    names = np.asarray(classes, dtype=object)
    table = pd.DataFrame(
        {
            "clip": list(clips),
            "actor": list(actors),
            "label": list(labels),
            "fold": fold,
            "strategy": strategy,
            "seed": seed,
            "prediction": names[np.nan_to_num(scores).argmax(axis=1)],
        }
    )
    columns = pd.DataFrame(scores, columns=probability_columns(classes))
    return check_predictions(pd.concat([table, columns], axis=1), source)


def check_predictions(table: pd.DataFrame, source: str = "predictions table") -> pd.DataFrame:
    """Return the table with its types put right; raises TableError with one line on what is wrong.

    Checked: columns; no empty names; labels and predictions among the classes; rows that are
    distributions whose largest value is the prediction's; no clip twice in a strategy, fold, seed.
    """
    require_columns(table, COLUMNS, source)
    classes = classes_of(table)
    if not classes or "" in classes:
        raise TableError(f"{source}: needs columns '{PREFIX}<class>' with the probabilities")
    if table.empty:
        raise TableError(f"{source}: has no rows")
    result = table.reset_index(drop=True).copy()
    for name in TEXT:
        result[name] = as_text(result, name, source)
    result["seed"] = as_integers(result, "seed", source)
    for name in probability_columns(classes):
        result[name] = as_numbers(result, name, source)
    for name in ("label", "prediction"):
        _check_known(result, name, classes, source)
    _check_distributions(result, classes, source)
    refuse_twins(result, KEYS, source)
    return result


def save_predictions(table: pd.DataFrame, path: Path) -> None:
    """Check a predictions table and write it as CSV or Parquet, by suffix, atomically."""
    write_table(check_predictions(table, str(path)), path)


def load_predictions(path: Path) -> pd.DataFrame:
    """Read and check a predictions table, CSV or Parquet by suffix."""
    return check_predictions(read_table(path, TEXT), str(path))


def concat_predictions(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Join predictions tables of the same classes into one; raises TableError on any other."""
    checked = [check_predictions(table) for table in tables]
    if not checked:
        raise TableError("there are no predictions tables to join")
    expected = classes_of(checked[0])
    for table in checked[1:]:
        if set(classes_of(table)) != set(expected):
            first = table.iloc[0]
            raise TableError(
                f"the predictions of {first['strategy']}, fold {first['fold']} have the classes "
                f"{', '.join(classes_of(table))}; the others have {', '.join(expected)}"
            )
    return check_predictions(pd.concat(checked, ignore_index=True), "joined predictions")


def _check_known(table: pd.DataFrame, column: str, classes: tuple[str, ...], source: str) -> None:
    unknown = ~table[column].isin(classes).to_numpy()
    if unknown.any():
        row = int(np.flatnonzero(unknown)[0])
        raise TableError(
            f"{source}: row {row + 1}: the {column} '{table[column].iloc[row]}' "
            f"is none of the classes {', '.join(classes)}"
        )


def _check_distributions(table: pd.DataFrame, classes: tuple[str, ...], source: str) -> None:
    values = table[probability_columns(classes)].to_numpy()
    outside = ((values < 0) | (values > 1)).any(axis=1)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        raise TableError(f"{source}: row {row + 1}: a probability is outside 0 to 1")
    wrong = np.abs(values.sum(axis=1) - 1) > TOLERANCE
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise TableError(
            f"{source}: row {row + 1}: the probabilities sum to {values[row].sum():.4g}, not 1"
        )
    places = pd.Index(classes).get_indexer(pd.Index(table["prediction"]))
    chosen = values[np.arange(len(values)), places]
    lower = chosen < values.max(axis=1) - 1e-9
    if lower.any():
        row = int(np.flatnonzero(lower)[0])
        raise TableError(
            f"{source}: row {row + 1}: the prediction '{table['prediction'].iloc[row]}' "
            f"is not the most probable class '{classes[int(values[row].argmax())]}'"
        )
