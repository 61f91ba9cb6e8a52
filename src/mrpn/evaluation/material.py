"""What a report is computed from: tables and plain facts, no models."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mrpn.evaluation.diary import load_diary
from mrpn.evaluation.history import concat_history, load_history
from mrpn.evaluation.predictions import concat_predictions, load_predictions
from mrpn.evaluation.tables import TableError, read_table, require_columns

PROBLEM_COLUMNS = ("clip", "reason")


@dataclass(frozen=True)
class ReportInputs:
    """What a report is computed from; only the title and the predictions are needed.

    Attributes:
        title: the report's name.
        predictions: as from `check_predictions`.
        history: learning curves, as from `check_history`.
        facts: provenance in the order shown: corpus, licence, protocol, folds and their hashes,
            seeds, machine, version, digest of the recipe ... Values are shown as text; a mapping
            or list becomes one entry per line.
        bounds: Bayes accuracy by evidence ("voice", "face", "both"); None where not known.
        problems: failed clips, columns `clip, reason` and any others.
        pictures: further pictures as (title, SVG text or PNG bytes, caption).
        warnings: what a reader must know first ("SYNTHETIC CORPUS: ...").
        parameters: number of parameters by strategy.
        diary: of gradients and branches alone, as from `check_diary`.
    """

    title: str
    predictions: pd.DataFrame
    history: pd.DataFrame | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    bounds: Mapping[str, float | None] | None = None
    problems: pd.DataFrame | None = None
    pictures: Sequence[tuple[str, str | bytes, str]] = ()
    warnings: Sequence[str] = ()
    parameters: Mapping[str, int] = field(default_factory=dict)
    diary: pd.DataFrame | None = None


@dataclass(frozen=True)
class Runs:
    """The tables of one or more run folders, joined."""

    predictions: pd.DataFrame
    history: pd.DataFrame | None
    problems: pd.DataFrame | None
    diary: pd.DataFrame | None


def check_problems(table: pd.DataFrame, source: str = "problems table") -> pd.DataFrame:
    """Return a problems table with all values as text, or raise TableError on its columns."""
    require_columns(table, PROBLEM_COLUMNS, source)
    others = [str(name) for name in table.columns if name not in PROBLEM_COLUMNS]
    result = table[[*PROBLEM_COLUMNS, *others]].reset_index(drop=True)
    return result.astype(object).where(result.notna(), "").astype(str)


def read_runs(folders: Iterable[Path]) -> Runs:
    """Join what is found in run folders: predictions, and what else is there.

    Each folder holds `predictions.csv` or `.parquet`, and may hold `history.csv`,
    `problems.csv` and `diary.csv` (or `.parquet`). Raises TableError where a folder has no
    predictions.
    """
    places = list(folders)
    if not places:
        raise TableError("there are no run folders to report on")
    predictions = []
    for folder in places:
        found = _find(folder, "predictions")
        if found is None:
            raise TableError(f"{folder}: has no predictions.csv or predictions.parquet")
        predictions.append(load_predictions(found))
    histories = [load_history(path) for path in _found(places, "history")]
    problems = [
        check_problems(read_table(path, PROBLEM_COLUMNS), str(path))
        for path in _found(places, "problems")
    ]
    diaries = [load_diary(path) for path in _found(places, "diary")]
    return Runs(
        predictions=concat_predictions(predictions),
        history=concat_history(histories) if histories else None,
        problems=pd.concat(problems, ignore_index=True).drop_duplicates() if problems else None,
        diary=pd.concat(diaries, ignore_index=True) if diaries else None,
    )


def _found(folders: Iterable[Path], stem: str) -> list[Path]:
    return [path for folder in folders if (path := _find(folder, stem)) is not None]


def _find(folder: Path, stem: str) -> Path | None:
    candidates = (folder / f"{stem}{suffix}" for suffix in (".parquet", ".csv"))
    return next((path for path in candidates if path.is_file()), None)
