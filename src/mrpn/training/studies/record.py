"""What a study's folder says of it: `study.json`, from which its report is gathered."""

import json
import os
from pathlib import Path
from typing import Any

from mrpn.common.config import Settings, validate
from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json
from mrpn.corpora.manifest import Manifest
from mrpn.training.jobs import Job
from mrpn.training.studies.plan import Plan
from mrpn.training.studies.recipes import FULL_SIZE
from mrpn.training.studies.study import Study

RECORD = "study.json"


class Cell(Settings):
    """One planned cell of the table, and where the runs lie that it is made of.

    Args:
        row, protocol, fold, seed: which cell.
        runs: folders, relative to the study's.
        prepared: that of the prepared corpus, likewise.
    """

    row: str
    protocol: str
    fold: str
    seed: int
    runs: tuple[str, ...]
    prepared: str


class StudyRecord(Settings):
    """A study as it was started.

    Args:
        study: with the protocols and seeds that were asked for.
        size, changes: of the recipe.
        corpus: name of the corpus that was read.
        folds: all planned, in order.
        cells: all planned, in order.
        faces: how faces are found and cropped, each way once.
        commands: how it was made.
    """

    study: Study
    size: str = FULL_SIZE
    changes: tuple[str, ...] = ()
    corpus: str
    folds: tuple[str, ...]
    cells: tuple[Cell, ...]
    faces: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def make_record(
    folder: Path,
    plan: Plan,
    manifest: Manifest,
    *,
    size: str,
    changes: tuple[str, ...],
    commands: tuple[str, ...],
) -> StudyRecord:
    """Return the record of a study that is planned, for its folder."""
    cells = [
        Cell(
            row=run.row.row,
            protocol=run.protocol,
            fold=run.fold.name,
            seed=run.seed,
            runs=tuple(_relative(job.folder, folder) for job in run.jobs),
            prepared=_relative(run.jobs[0].prepared, folder),
        )
        for run in plan.runs
    ]
    return StudyRecord(
        study=plan.study,
        size=size,
        changes=changes,
        corpus=manifest.name,
        folds=tuple(dict.fromkeys(fold.name for fold in plan.folds)),
        cells=tuple(cells),
        faces=tuple(dict.fromkeys(_faces(job) for run in plan.runs for job in run.jobs)),
        commands=commands,
    )


def write_record(folder: Path, record: StudyRecord) -> None:
    """Write `study.json` into a study's folder."""
    write_json(folder / RECORD, record.model_dump(mode="json"))


def read_record(folder: Path) -> StudyRecord:
    """Read a study's `study.json`.

    Raises:
        MrpnError: there is none, or it is not one.
    """
    path = folder / RECORD
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise MrpnError(f"{folder}: no study here; 'mrpn crossval' makes them") from None
    except ValueError:
        raise MrpnError(f"{path}: not the record of a study") from None
    return validate(StudyRecord, values, str(path))


def _faces(job: Job) -> str:
    clip = job.recipe.preprocessing.clip
    size = f"{clip.size} pixels wide"
    if clip.whole:
        return f"whole pictures, {size}"
    often = "every picture taken" if clip.detect_every == 1 else f"one in {clip.detect_every}"
    return (
        f"found by {clip.detector} in {often}, at {clip.detector_side} pixels; crops "
        f"{clip.margin:g} times the face, {size}"
    )


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()
