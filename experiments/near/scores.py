"""What a run reaches on test faces that are near to some of training, and on the others."""

from math import isnan
from typing import Any

import pandas as pd

from mrpn.evaluation import wilson_interval
from mrpn.evaluation.markdown import table as markdown_table
from mrpn.evaluation.views import Cell, View, percent
from mrpn.preparation.alike import SAME

THRESHOLDS = (0.99, 0.98, 0.97, 0.95, 0.90)
DIGITS = 6
_COLUMNS = (
    "faces of the test",
    "faces",
    "other label",
    "accuracy",
    "95 %",
    "by class",
    "accuracy without",
)
_WORDS = f"""\
Test faces (PrivateTest) by their highest correlation with a face of the training part, from which \
the pictures of the other parts are dropped: how many have another label than that face, and what \
the run's predictions reach on them and without them. By eye, nearly all above {SAME:.2f} are the \
same photograph, and about half of those from 0.85 to 0.90. 95 %: Wilson, over faces. Shares are \
in per cent.

By class: what faces of these classes reach among those that are neither identical nor above \
{SAME:.2f}. What occurs more than once may be easier than its class: the identical faces to which \
nothing near is left in training show by how much, without having been learned."""


def scores_of(pairs: pd.DataFrame) -> dict[str, Any]:
    """Return accuracies of all faces, of and without the identical, of and without the near.

    Args:
        pairs: a row for each test face: `label`, `training_label` of the nearest training face,
            their `correlation`, `mirrored`, whether the run is `right`, and whether the face is
            `repeated`, pixel by pixel, in training as it was published.
    """
    repeated, near = pairs["repeated"], pairs["correlation"] > SAME
    recalls = pairs[~repeated & ~near].groupby("label")["right"].mean()
    known = pairs.assign(by_class=pairs["label"].map(recalls))
    return {
        "all": scored(known),
        "without_identical": scored(known[~repeated]),
        "identical_without_near": scored(known[repeated & ~near]),
        "above": {f"{threshold:.2f}": _around(known, threshold) for threshold in THRESHOLDS},
    }


def scored(faces: pd.DataFrame) -> dict[str, Any] | None:
    """Return number, accuracy, Wilson's 95 % interval and the accuracy by class; None of none."""
    if faces.empty:
        return None
    right = int(faces["right"].sum())
    interval = wilson_interval(right, len(faces))
    by_class = float(faces["by_class"].mean())
    return {
        "faces": len(faces),
        "accuracy": round(right / len(faces), DIGITS),
        "interval": [round(value, DIGITS) for value in interval],
        "by_class": None if isnan(by_class) else round(by_class, DIGITS),
    }


def page(scores: dict[str, Any]) -> str:
    """Return the scores as a short page."""
    rows = [
        _row("all", scores["all"]),
        _row("without identical", scores["without_identical"]),
        _row("identical, nothing near", scores["identical_without_near"]),
    ]
    for name, part in scores["above"].items():
        other = part["other_label"] / part["faces"] if part["faces"] else None
        rows.append(_row(f"correlation above {name}", part["these"], other, part["without"]))
    table = markdown_table(View(_COLUMNS, tuple(rows)))
    return f"# Near faces of FER2013\n\n{_WORDS}\n\n{table}\n"


def _around(pairs: pd.DataFrame, threshold: float) -> dict[str, Any]:
    near = pairs["correlation"] > threshold
    differs = pairs.loc[near, "label"] != pairs.loc[near, "training_label"]
    return {
        "faces": int(near.sum()),
        "mirrored": int(pairs.loc[near, "mirrored"].sum()),
        "other_label": int(differs.sum()),
        "these": scored(pairs[near]),
        "without": scored(pairs[~near]),
        "without_these_and_identical": scored(pairs[~near & ~pairs["repeated"]]),
    }


def _row(
    name: str,
    part: dict[str, Any] | None,
    other: float | None = None,
    without: dict[str, Any] | None = None,
) -> tuple[Cell, ...]:
    if part is None:
        texts = ["0", "–", "–", "–", "–"]
    else:
        shares = [percent(part["accuracy"]), _interval(part), _share(part["by_class"])]
        texts = [f"{part['faces']:,}", _share(other), *shares]
    left = "–" if without is None else f"{percent(without['accuracy'])} ({_interval(without)})"
    return tuple(map(Cell, (name, *texts, left)))


def _share(value: float | None) -> str:
    return "–" if value is None else percent(value)


def _interval(part: dict[str, Any]) -> str:
    return " to ".join(map(percent, part["interval"]))
