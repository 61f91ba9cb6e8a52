"""What a face encoder reaches on its test part, with and without faces that training holds too.

FER2013 has pictures that stand in several of its parts. Published numbers count all of the test;
whether a network gains by those it may have seen is told by the number without them.
"""

import math
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrpn.common.files import write_json, write_text
from mrpn.corpora.duplicates import kept_content
from mrpn.corpora.manifest import Manifest
from mrpn.evaluation import (
    accuracy,
    class_recalls,
    classes_of,
    confusion_counts,
    load_history,
    load_predictions,
    unweighted_average_recall,
    wilson_interval,
)
from mrpn.evaluation.calibration import expected_calibration_error, reliability
from mrpn.evaluation.panels import confusion_figure, curves_figure
from mrpn.evaluation.predictions import probability_columns
from mrpn.evaluation.reliability import reliability_figure
from mrpn.evaluation.render import save_figure
from mrpn.evaluation.tables import write_table
from mrpn.training.callbacks import HISTORY
from mrpn.training.faces_scores import ClassScore, FacesReport, Scores
from mrpn.training.provenance import read_result
from mrpn.training.run import PREDICTIONS

REPORT = "faces.json"
CARD = "faces.md"
_KEPT = (
    "corpus",
    "licence",
    "seed",
    "recipe_digest",
    "fold_digest",
    "corpus_digest",
    "epochs",
    "parameters",
    "seconds",
    "precision",
    "machine",
)


def report_faces(run: Path, manifest: Manifest, folder: Path) -> FacesReport:
    """Return the report of a finished run, and write it with its tables and pictures.

    Args:
        run: folder of the run.
        manifest: the corpus as it was read, before repeated faces were dropped.
        folder: for `faces.json`, `faces.md`, `classes.csv`, `confusion.csv`, `reliability.csv`,
            `confusion.png`, `reliability.png` and `learning.png`.

    Raises MrpnError where there is no finished run.
    """
    result = read_result(run)
    predictions = load_predictions(run / PREDICTIONS)
    names = classes_of(predictions)
    unseen = predictions[~predictions["clip"].isin(repeated_faces(manifest))]
    counts = confusion_counts(*_named(predictions), names)
    found = FacesReport(
        whole=_scores(predictions, names),
        unseen=_scores(unseen, names) if len(unseen) else None,
        repeated=len(predictions) - len(unseen),
        classes=_classes(predictions, unseen, names),
        confusion=tuple(tuple(int(count) for count in row) for row in counts),
        run={name: result[name] for name in _KEPT},
    )
    strategy = str(predictions["strategy"].iloc[0])
    bins = reliability(list(predictions["label"]), _posterior(predictions, names), names)
    folder.mkdir(parents=True, exist_ok=True)
    write_table(pd.DataFrame([each.model_dump() for each in found.classes]), folder / "classes.csv")
    table = pd.DataFrame(counts, columns=list(names))
    table.insert(0, "true", list(names))
    write_table(table, folder / "confusion.csv")
    write_table(bins.round(6), folder / "reliability.csv")
    save_figure(confusion_figure({strategy: counts}, names), folder / "confusion.png")
    save_figure(reliability_figure(bins, strategy), folder / "reliability.png")
    save_figure(curves_figure(load_history(run / HISTORY)), folder / "learning.png")
    write_text(folder / CARD, found.to_markdown())
    write_json(folder / REPORT, found.model_dump(mode="json"))
    return found


def repeated_faces(manifest: Manifest, parts: Collection[str] = ("train",)) -> set[str]:
    """Return the test faces whose content one of other parts holds too, by default the training."""
    trained = {kept_content(record) for record in manifest.records if record.partition in parts}
    tested = (record for record in manifest.records if record.partition == "test")
    return {record.id for record in tested if kept_content(record) in trained}


def _classes(
    predictions: pd.DataFrame, unseen: pd.DataFrame, names: Sequence[str]
) -> tuple[ClassScore, ...]:
    faces = predictions["label"].value_counts()
    recalls = class_recalls(*_named(predictions), names)
    without = (
        class_recalls(*_named(unseen), names) if len(unseen) else dict.fromkeys(names, math.nan)
    )
    return tuple(
        ClassScore(
            name=name,
            faces=int(faces.get(name, 0)),
            recall=_number(recalls[name]),
            unseen_recall=_number(without[name]),
        )
        for name in names
    )


def _scores(predictions: pd.DataFrame, names: Sequence[str]) -> Scores:
    truth, guess = _named(predictions)
    value = accuracy(truth, guess)
    low, high = wilson_interval(value * len(truth), len(truth))
    return Scores(
        faces=len(truth),
        accuracy=round(value, 6),
        low=round(low, 6),
        high=round(high, 6),
        uar=round(unweighted_average_recall(truth, guess), 6),
        ece=round(expected_calibration_error(truth, _posterior(predictions, names), names), 6),
    )


def _named(predictions: pd.DataFrame) -> tuple[list[str], list[str]]:
    return list(predictions["label"]), list(predictions["prediction"])


def _posterior(predictions: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = predictions[probability_columns(names)].to_numpy(np.float64)
    return values


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
