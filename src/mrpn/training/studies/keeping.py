"""What is kept of a study: begun in its folder, copied without its weights, joined of its parts."""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_text
from mrpn.evaluation.tables import write_table
from mrpn.training.callbacks import HISTORY
from mrpn.training.collect import PROBLEMS
from mrpn.training.diary import DIARY
from mrpn.training.results import load_result
from mrpn.training.run import PREDICTIONS, RECIPE, RESULT
from mrpn.training.studies.features import FEATURES, kept_features
from mrpn.training.studies.gathering import RESULTS, Gathered, gather, write_gathered
from mrpn.training.studies.record import RECORD, StudyRecord, read_record, write_record
from mrpn.training.studies.study import Study

RECIPES = "recipes"
"""Folder of the resolved recipes of an exported study, by the first digits of their digests."""
DIGITS = 12
TABLES = (
    PREDICTIONS,
    Path(PREDICTIONS).with_suffix(".csv").name,
    RESULTS,
    DIARY,
    HISTORY,
    FEATURES,
)


def begin_study(folder: Path, record: StudyRecord) -> None:
    """Write a study's record into its folder.

    Tables that were kept there of another configuration, rows or seeds are taken away: a report
    would show them under the new record's name. The runs that they were of stay where they are.
    """
    _settle(folder, record, {})


def export_study(folder: Path, target: Path, *, commands: Sequence[str] | None = None) -> None:
    """Copy what is small of a study: its record, results, recipes, predictions, curves, features.

    Args:
        folder: of the study.
        target: folder to write to.
        commands: how the study was made, in place of the record's, which may name places of one
            machine.

    Raises:
        MrpnError: no study there, or none of its cells is finished.
    """
    gathered = gather(folder)
    record = read_record(folder)
    if commands is not None:
        record = record.model_copy(update={"commands": tuple(commands)})
    _keep(target, record, gathered, kept_features(folder, record), _beside(folder, record))


def join_studies(
    parts: Sequence[Path], target: Path, *, commands: Sequence[str] | None = None
) -> None:
    """Join seeds of one study that were run apart, on several machines say, as it is exported.

    Args:
        parts: folders of the study, each with seeds of its own; features are those of the first
            that has any.
        target: folder to write to; may be one of the parts.
        commands: as `export_study` has them; by default those of all parts.

    Raises:
        MrpnError: they are not of one study (rows, folds, recipe, corpus, starting weights), share
            a seed, or one has nothing finished.
    """
    first, *others = parts
    record, gathered = read_record(first), gather(first)
    seen, beside = kept_features(first, record), _beside(first, record)
    for part in others:
        added, more = read_record(part), gather(part)
        _check_joins(first, part, record, added)
        seen = kept_features(part, added) if seen is None else seen
        beside = _beside(part, added) | beside
        gathered = _joined(gathered, more, record.study)
        record = _joined_records(record, added)
    if commands is not None:
        record = record.model_copy(update={"commands": tuple(commands)})
    _keep(target, record, gathered, seen, beside)


def _keep(
    target: Path,
    record: StudyRecord,
    gathered: Gathered,
    seen: pd.DataFrame | None,
    beside: Mapping[str, str],
) -> None:
    """Write all of it, and only then take away what else lies there of another study."""
    written = write_gathered(gathered, target)
    if seen is not None:
        write_table(seen, target / FEATURES)
        written.add(FEATURES)
    for name, text in beside.items():
        write_text(target / name, text)
    _settle(target, record, written | beside.keys())


def _settle(folder: Path, record: StudyRecord, written: Collection[str]) -> None:
    """Write the record, without tables of another study beside it than those just written."""
    if (folder / RECORD).exists() and not _is_of(folder, record):
        recipes = (f"{RECIPES}/{path.name}" for path in (folder / RECIPES).glob("*.yaml"))
        for name in {*TABLES, *recipes} - {*written}:
            (folder / name).unlink(missing_ok=True)
    write_record(folder, record)


def _beside(folder: Path, record: StudyRecord) -> dict[str, str]:
    """Return the texts kept with the tables, by their place: clips not read, resolved recipes."""
    found = {}
    names = dict.fromkeys(run for cell in record.cells for run in cell.runs)
    for run in (folder / name for name in names):
        if (run / RESULT).exists():
            digest = load_result(run / RESULT)["recipe_digest"]
            found[f"{RECIPES}/{digest[:DIGITS]}.yaml"] = (run / RECIPE).read_text(encoding="utf-8")
    kept = [folder / PROBLEMS, *sorted((folder / RECIPES).glob("*.yaml"))]
    for path in kept:
        if path.exists():
            name = path.relative_to(folder).as_posix()
            found.setdefault(name, path.read_text(encoding="utf-8"))
    return found


def _is_of(folder: Path, record: StudyRecord) -> bool:
    """Whether a folder's record is of the same study, however that was called for."""
    try:
        found = read_record(folder)
    except MrpnError:
        return False
    return found.model_copy(update={"commands": record.commands}) == record


def _check_joins(first: Path, part: Path, record: StudyRecord, added: StudyRecord) -> None:
    ours, theirs = (_seedless(each) for each in (record, added))
    differ = sorted(key for key in ours if ours[key] != theirs[key])
    if differ:
        raise MrpnError(
            f"{part}: another study than {first}: they differ in {', '.join(differ)}; only seeds "
            "of one study can be joined"
        )
    twice = sorted({*record.study.seeds} & {*added.study.seeds})
    if twice:
        raise MrpnError(f"{part}: seed {twice[0]} is in {first} too; join seeds that were run once")


def _seedless(record: StudyRecord) -> dict[str, Any]:
    """Return what parts of one study have in common; runs by what their folders' names digest."""
    values = record.model_dump(exclude={"cells", "commands"})
    study = values.pop("study")
    del study["seeds"]
    networks = {
        (cell.row, cell.protocol, cell.fold): [Path(run).parents[1].name for run in cell.runs]
        for cell in record.cells
    }
    return {**values, **study, "recipes, prepared clips or starting weights": networks}


def _joined_records(record: StudyRecord, added: StudyRecord) -> StudyRecord:
    study = record.study
    rows = [row.row for row in study.rows]
    cells = sorted(
        (*record.cells, *added.cells),
        key=lambda cell: (rows.index(cell.row), study.protocols.index(cell.protocol)),
    )
    changes = {
        "study": study.model_copy(update={"seeds": (*study.seeds, *added.study.seeds)}),
        "cells": tuple(cells),
        "commands": tuple(dict.fromkeys((*record.commands, *added.commands))),
    }
    return record.model_copy(update=changes)


def _joined(gathered: Gathered, more: Gathered, study: Study) -> Gathered:
    return Gathered(
        _in_order([gathered.predictions, more.predictions], study),
        [*gathered.results, *more.results],
        diary=_both(gathered.diary, more.diary, study),
        curves=_both(gathered.curves, more.curves, study),
    )


def _both(
    table: pd.DataFrame | None, more: pd.DataFrame | None, study: Study
) -> pd.DataFrame | None:
    there = [each for each in (table, more) if each is not None]
    return _in_order(there, study) if there else None


def _in_order(tables: Sequence[pd.DataFrame], study: Study) -> pd.DataFrame:
    """Join tables in the order in which one run of all seeds would have left them."""
    table = pd.concat(tables, ignore_index=True)
    place = {
        pair: number
        for number, pair in enumerate(product((r.row for r in study.rows), study.protocols))
    }
    numbers = pd.Series(
        [place[pair] for pair in zip(table["row"], table["protocol"], strict=True)], dtype=int
    )
    return table.iloc[numbers.argsort(kind="stable")].reset_index(drop=True)
