"""What is said of a predictions table: scores, spread over folds, interval over actors."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mrpn.common.files import write_json
from mrpn.evaluation import (
    accuracy,
    actor_scores,
    class_recalls,
    classes_of,
    save_predictions,
    unweighted_average_recall,
    wilson_interval,
)
from mrpn.evaluation.intervals import t_interval

DIGITS = 6


def scores_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return accuracy, UAR, recalls and Wilson's interval over clips of a predictions table."""
    truth, guess = list(table["label"]), list(table["prediction"])
    right = accuracy(truth, guess)
    return {
        "clips": len(table),
        "accuracy": round(right, DIGITS),
        "accuracy_interval_clips": _rounded(wilson_interval(right * len(table), len(table))),
        "uar": round(unweighted_average_recall(truth, guess), DIGITS),
        "recall": {
            name: round(value, DIGITS)
            for name, value in class_recalls(truth, guess, classes_of(table)).items()
        },
    }


def fold_scores(table: pd.DataFrame) -> dict[str, Any]:
    """Return mean and deviation over folds, and the t-interval over actors, of one strategy."""
    folds = [scores_of(part) for _, part in table.groupby("fold", sort=False)]
    actors = [float(value) for value in actor_scores(table).iloc[:, 0]]
    return {
        **{
            f"{name}_folds": {
                "mean": round(float(np.mean(values)), DIGITS),
                "deviation": round(_deviation(values), DIGITS),
            }
            for name in ("accuracy", "uar")
            for values in [[fold[name] for fold in folds]]
        },
        "actors": len(actors),
        "accuracy_interval_actors": _rounded(t_interval(actors)),
    }


def save(folder: Path, table: pd.DataFrame, result: dict[str, Any]) -> None:
    """Write `predictions.csv`, then `result.json`, into a folder."""
    save_predictions(table, folder / "predictions.csv")
    write_json(folder / "result.json", result)


def _deviation(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1))


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, DIGITS) for value in values]
