"""Gathering the runs of a recipe: their tables, what made them, and the small files to keep."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mrpn.common.errors import MrpnError
from mrpn.common.files import atomic_path
from mrpn.evaluation.history import concat_history, load_history
from mrpn.evaluation.predictions import concat_predictions, load_predictions, save_predictions
from mrpn.training.callbacks import HISTORY
from mrpn.training.run import PREDICTIONS, RECIPE, RESULT


@dataclass(frozen=True)
class Collected:
    """All finished runs under one folder: their tables put together, their results one by one."""

    predictions: pd.DataFrame
    history: pd.DataFrame
    results: list[dict[str, Any]]
    recipe: str


def collect(out: Path) -> Collected:
    """Gather the finished runs `<out>/<fold>/<strategy>-seed<seed>`.

    Raises:
        MrpnError: there are none.
    """
    folders = [path.parent for path in sorted(out.glob(f"*/*/{RESULT}"))]
    if not folders:
        raise MrpnError(f"{out}: no finished runs here; 'mrpn train' makes them, and resumes")
    return Collected(
        predictions=concat_predictions(_predictions(folder) for folder in folders),
        history=concat_history(load_history(folder / HISTORY) for folder in folders),
        results=[json.loads((folder / RESULT).read_text("utf-8")) for folder in folders],
        recipe=(folders[0] / RECIPE).read_text("utf-8"),
    )


def export_results(out: Path, target: Path) -> None:
    """Copy what is small of every finished run: all but the weights; predictions as CSV."""
    for result in sorted(out.glob(f"*/*/{RESULT}")):
        folder = target / result.parent.relative_to(out)
        folder.mkdir(parents=True, exist_ok=True)
        for name in (HISTORY, RECIPE, RESULT):
            with atomic_path(folder / name) as partial:
                shutil.copyfile(result.parent / name, partial)
        save_predictions(_predictions(result.parent), (folder / PREDICTIONS).with_suffix(".csv"))


def _predictions(folder: Path) -> pd.DataFrame:
    path = folder / PREDICTIONS
    return load_predictions(path if path.exists() else path.with_suffix(".csv"))
