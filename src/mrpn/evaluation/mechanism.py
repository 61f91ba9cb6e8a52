"""What a diary comes to: what each branch keeps alone in the end, and how its gradients lay."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mrpn.evaluation.diary import AFTER
from mrpn.evaluation.intervals import DIFFERENCE, share_interval, t_interval
from mrpn.evaluation.strategies import brief_of, ordered, unimodal
from mrpn.evaluation.views import Cell, View, interval, percent, points

_NONE = float("nan")
_NOTE = (
    "Alone: accuracy on the validation clips after the last epoch, mean over folds, seeds "
    "averaged, with Student's interval over folds. Cosine of the fused and the side term's "
    "gradient: median over the batches noted in an epoch, folds and seeds; in brackets the share "
    "of them in which the two pull against each other, in per cent."
)


def mechanism_table(
    diary: pd.DataFrame, order: Sequence[str] | None = None, against: str | None = None
) -> pd.DataFrame:
    """Return a line for every strategy and modality of a diary.

    Args:
        diary: as from `check_diary`.
        order: of the strategies; their own if None.
        against: the strategy whose branches the others' are compared with, on the same folds.

    Returns:
        Columns strategy, modality; alone, alone_low, alone_high (shares); apart, apart_low,
        apart_high (less those of `against`); cosine_first, opposed_first, cosine_last,
        opposed_last, of the first epoch and the last that noted any. NaN where there is nothing.
    """
    present = set(diary["strategy"])
    lines = []
    for name in [each for each in order or ordered(present) if each in present]:
        for modality, part in diary[diary["strategy"] == name].groupby("modality", sort=True):
            alone = _alone(part)
            apart = pd.Series(dtype=float)
            if against is not None and name != against:
                others = diary[(diary["strategy"] == against) & (diary["modality"] == modality)]
                apart = (alone - _alone(others)).dropna()
            lines.append(
                {
                    "strategy": name,
                    "modality": str(modality),
                    "alone": alone.mean() if len(alone) else _NONE,
                    **_ends("alone", _interval(alone, share=True)),
                    "apart": apart.mean() if len(apart) else _NONE,
                    **_ends("apart", _interval(apart, share=False)),
                    **_cosines(part),
                }
            )
    return pd.DataFrame(lines)


def mechanism_view(table: pd.DataFrame, against: str | None = None) -> View:
    """Return the lines of `mechanism_table` as a table of a report.

    Args:
        table: as from `mechanism_table`.
        against: whose branches it compares with.
    """
    compared = against is not None and bool(table["apart"].notna().any())
    head = ["Network", "Branch", "Alone, %", "95 %"]
    head += [f"Less {brief_of(str(against))}'s", "95 %"] if compared else []
    head += ["Cosine, first epoch", "Cosine, last"]
    rows = []
    for line in table.to_dict("records"):
        cells = [
            brief_of(line["strategy"]),
            brief_of(unimodal(line["modality"])),
            percent(line["alone"]),
            interval(line["alone_low"], line["alone_high"]),
        ]
        if compared:
            cells += [
                points(line["apart"]),
                interval(line["apart_low"], line["apart_high"], points),
            ]
        cells += [_cosine(line["cosine_first"], line["opposed_first"])]
        cells += [_cosine(line["cosine_last"], line["opposed_last"])]
        rows.append(tuple(map(Cell, cells)))
    return View(tuple(head), tuple(rows), labels=2, note=_NOTE, stem="mechanism", data=table)


def _alone(part: pd.DataFrame) -> pd.Series:
    """Return what the branch keeps alone by fold, after the last epoch of each run."""
    noted = part[(part["batch"] == AFTER) & part["alone"].notna()].sort_values("epoch")
    ends = noted.groupby(["fold", "seed"], sort=False)["alone"].last()
    return ends.groupby(level="fold", sort=False).mean()


def _interval(values: pd.Series, *, share: bool) -> tuple[float, float]:
    if len(values) < 2:
        return _NONE, _NONE
    found = [float(value) for value in values]
    return share_interval(found) if share else t_interval(found, limits=DIFFERENCE)


def _ends(name: str, ends: tuple[float, float]) -> dict[str, float]:
    return {f"{name}_low": ends[0], f"{name}_high": ends[1]}


def _cosines(part: pd.DataFrame) -> dict[str, float]:
    known = part[part["cosine"].notna()]
    found = {}
    for name, epoch in (("first", known["epoch"].min()), ("last", known["epoch"].max())):
        values = known.loc[known["epoch"] == epoch, "cosine"]
        found[f"cosine_{name}"] = float(values.median()) if len(values) else _NONE
        found[f"opposed_{name}"] = float((values < 0).mean()) if len(values) else _NONE
    return found


def _cosine(value: float, opposed: float) -> str:
    return f"{value:.2f} ({percent(opposed)})".replace("-", "−") if np.isfinite(value) else ""
