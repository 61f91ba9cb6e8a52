"""A study's finished cells as one predictions table, and what its report is computed from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import Any

import pandas as pd

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json
from mrpn.evaluation import load_history, load_predictions, product_of_posteriors
from mrpn.evaluation.diary import TEXT as NOTED
from mrpn.evaluation.diary import load_diary
from mrpn.evaluation.history import TEXT as LEARNED
from mrpn.evaluation.predictions import TEXT
from mrpn.evaluation.study import StudyInputs, StudyRow, check_study_predictions
from mrpn.evaluation.tables import read_table, write_table
from mrpn.training.callbacks import HISTORY
from mrpn.training.collect import PROBLEMS, facts_of, selections_of, warnings_of
from mrpn.training.diary import DIARY
from mrpn.training.results import load_result, load_results
from mrpn.training.run import PREDICTIONS, RESULT
from mrpn.training.studies.pictures import study_pictures
from mrpn.training.studies.recipes import FULL_SIZE
from mrpn.training.studies.record import Cell, StudyRecord, read_record
from mrpn.training.studies.study import PRODUCT

RESULTS = "results.json"
_FEW_CHANGES = 3


@dataclass(frozen=True)
class Gathered:
    """What finished cells say.

    Attributes:
        predictions: as `check_predictions` has them, with the columns `row` and `protocol`.
        results: those of the runs, each once.
        diary: as `check_diary` has it, with the same two columns; None if no row kept one.
        curves: as `check_history` has it, with the same two columns; None if none are there. A row
            that is computed from other rows' runs has none of its own.
    """

    predictions: pd.DataFrame
    results: Sequence[Mapping[str, Any]]
    diary: pd.DataFrame | None = None
    curves: pd.DataFrame | None = None


def gather(folder: Path) -> Gathered:
    """Gather a study's finished cells from their runs, and keep the tables in its folder.

    Where the runs are gone, as in an exported study, what was kept is read.

    Raises:
        MrpnError: no cell is finished.
    """
    record = read_record(folder)
    results = _results(folder, record)
    cells = [cell for cell in record.cells if all(run in results for run in cell.runs)]
    if not cells:
        return _kept(folder)
    tables = [_predictions(folder, cell, record, results) for cell in cells]
    predictions = check_study_predictions(pd.concat(tables, ignore_index=True), str(folder))
    used = dict.fromkeys(run for cell in cells for run in cell.runs)
    gathered = Gathered(
        predictions,
        [results[run] for run in used],
        diary=_of_cells(folder, cells, DIARY, load_diary),
        curves=_of_cells(folder, cells, HISTORY, load_history),
    )
    write_gathered(gathered, folder)
    return gathered


def study_inputs(folder: Path, *, pictures: bool = True) -> StudyInputs:
    """Return what the report of a study is computed from; cells may be missing.

    Args:
        folder: of the study, as `mrpn crossval` wrote it or `export_study` copied it.
        pictures: draw those of clips and features, which takes some seconds.

    Raises:
        MrpnError: no study there, or none of its cells is finished.
    """
    record = read_record(folder)
    gathered = gather(folder)
    study = record.study
    rows = [
        StudyRow(row.row, row.strategy, row.group, row.published, row.meaning) for row in study.rows
    ]
    return StudyInputs(
        name=study.name,
        title=study.title,
        question=study.question,
        rows=rows,
        predictions=gathered.predictions,
        published=study.published,
        corpus=study.corpus.title or record.corpus,
        folds=record.folds,
        seeds=study.seeds,
        protocols=study.protocols,
        comparisons=study.comparisons,
        facts=_facts(record, gathered.results, folder / PROBLEMS),
        commands=record.commands,
        warnings=[*warnings_of(gathered.results), *_deviations(record)],
        pictures=study_pictures(folder, record) if pictures else [],
        diary=gathered.diary,
        curves=gathered.curves,
        selections=selections_of(gathered.results),
    )


def _results(folder: Path, record: StudyRecord) -> dict[str, dict[str, Any]]:
    """Return the results of all finished runs, by their folder in the record."""
    found = {}
    for run in dict.fromkeys(run for cell in record.cells for run in cell.runs):
        path = folder / run / RESULT
        if path.exists():
            found[run] = load_result(path)
    return found


def _predictions(
    folder: Path, cell: Cell, record: StudyRecord, results: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    tables = [load_predictions(folder / run / PREDICTIONS) for run in cell.runs]
    row = next(row for row in record.study.rows if row.row == cell.row)
    if row.strategy == PRODUCT:
        prior = results[cell.runs[0]]["training_classes"]
        table = reduce(partial(product_of_posteriors, prior=prior), tables)
    else:
        (table,) = tables
    return table.assign(row=cell.row, protocol=cell.protocol)


def _of_cells(
    folder: Path, cells: Sequence[Cell], name: str, load: Callable[[Path], pd.DataFrame]
) -> pd.DataFrame | None:
    """Join the tables of that name of the cells that are one run each; None if there are none."""
    tables = [
        load(path).assign(row=cell.row, protocol=cell.protocol)
        for cell in cells
        if len(cell.runs) == 1 and (path := folder / cell.runs[0] / name).exists()
    ]
    return pd.concat(tables, ignore_index=True) if tables else None


def write_gathered(gathered: Gathered, folder: Path) -> set[str]:
    """Write the tables of finished cells into a study's folder, where `gather` finds them.

    Returns their names.
    """
    tables = {PREDICTIONS: gathered.predictions, DIARY: gathered.diary, HISTORY: gathered.curves}
    there = {name: table for name, table in tables.items() if table is not None}
    for name, table in there.items():
        write_table(table, folder / name)
    write_json(folder / RESULTS, list(gathered.results))
    return {*there, RESULTS}


def _kept_beside(place: Path, text: Sequence[str]) -> pd.DataFrame | None:
    return read_table(place, (*text, "row", "protocol")) if place.exists() else None


def _kept(folder: Path) -> Gathered:
    for suffix in (".parquet", ".csv"):
        path = (folder / PREDICTIONS).with_suffix(suffix)
        if path.exists() and (folder / RESULTS).exists():
            table = read_table(path, (*TEXT, "row", "protocol"))
            results = load_results(folder / RESULTS)
            diary = _kept_beside(folder / DIARY, NOTED)
            curves = _kept_beside(folder / HISTORY, LEARNED)
            predictions = check_study_predictions(table, str(path))
            return Gathered(predictions, results, diary, curves)
    raise MrpnError(f"{folder}: no finished runs here yet; 'mrpn crossval' goes on with them")


def _facts(
    record: StudyRecord, results: Sequence[Mapping[str, Any]], problems: Path
) -> dict[str, object]:
    study = record.study
    planned = len(record.cells)
    facts: dict[str, object] = {
        "Study": f"{study.name}: {study.description}" if study.description else study.name,
        "Size": record.size,
        "Planned": f"{len(study.rows)} rows, {len(record.folds)} folds, seeds "
        f"{', '.join(map(str, study.seeds))}, {planned} cells",
    }
    if record.faces:
        facts["Faces"] = list(record.faces)
    if record.changes:
        facts["Changed settings"] = list(record.changes)
    if problems.exists():
        table = pd.read_csv(problems, dtype=str)
        facts["Clips not read as wanted"] = f"{table['clip'].nunique()}, see {PROBLEMS}"
    return facts | facts_of(study.recipe, results)


def _deviations(record: StudyRecord) -> list[str]:
    notes = []
    if record.size != FULL_SIZE:
        notes.append(f"SIZE '{record.size}': not the full size of the recipe")
    if record.changes:
        few = len(record.changes) <= _FEW_CHANGES
        named = ", ".join(record.changes) if few else f"{len(record.changes)}, listed below"
        notes.append(f"CHANGED SETTINGS: {named}")
    return notes
