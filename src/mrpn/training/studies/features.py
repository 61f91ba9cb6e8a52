"""Features of held-out clips from finished runs, for pictures such as the paper's figure 4."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from rich.markup import escape

from mrpn.common.config import load_settings
from mrpn.common.errors import MrpnError
from mrpn.common.progress import say
from mrpn.evaluation.tables import read_table, write_table
from mrpn.network import MultiModalNetwork
from mrpn.preparation import PreparedCorpus
from mrpn.training.data import usable_parts
from mrpn.training.dataset import ClipDataset, collate
from mrpn.training.recipe import Recipe
from mrpn.training.run import RECIPE, RESULT, WEIGHTS
from mrpn.training.sampling import Draw
from mrpn.training.studies.plan import fold_named
from mrpn.training.studies.record import Cell, StudyRecord, read_record
from mrpn.weights import load_weights

FEATURES = "features.parquet"
KEYS = ("clip", "label", "fold", "row", "feature")
JOINT = "joint f'"


def features(
    folder: Path,
    rows: Sequence[str],
    folds: Sequence[str],
    *,
    parts: bool = False,
    out: Path | None = None,
) -> pd.DataFrame:
    """Return the features of the test clips of some rows and folds; unfinished ones are left out.

    Of several protocols and seeds the first are taken. Clips are seen whole, as when they are
    scored, one at a time.

    Args:
        folder: of the study.
        rows: labels of rows with a trained network of their own.
        folds: names of folds.
        parts: give f_m and f'_m of every modality of fused networks too, not their f' joined
            alone.
        out: where to write the table as well (Parquet or CSV).

    Returns:
        Columns clip, label, fold, row, feature ("audio f", "video f'", "joint f'"), v0, v1, ...;
        values beyond a feature's own width are missing.

    Raises:
        MrpnError: none of them is finished.
    """
    record = read_record(folder)
    cells = [
        cell
        for fold in folds
        for row in rows
        if (cell := _first(record, row, fold)) is not None and _is_there(folder, cell)
    ]
    if not cells:
        raise MrpnError(f"{folder}: no network of {', '.join(rows)} is finished on these folds")
    table = pd.concat([_of_cell(folder, cell, parts) for cell in cells], ignore_index=True)
    if out is not None:
        write_table(table, out)
    return table


def kept_features(folder: Path, record: StudyRecord) -> pd.DataFrame | None:
    """Return the features that the study's report shows, computed once and kept in its folder.

    They are computed again when a run is newer; where the runs are gone, as in an exported study,
    what was kept is read.

    Args:
        folder: of the study.
        record: its record, which names the rows and folds.

    Returns:
        As from `features`; None, with a line that says why, where they cannot be had, and without
        one where the study asks for none.
    """
    wanted, path = record.study.features, folder / FEATURES
    weights = _weights_of(folder, record)
    newest = max((each.stat().st_mtime_ns for each in weights), default=0)
    try:
        if weights and (not path.exists() or path.stat().st_mtime_ns <= newest):
            return features(folder, wanted.rows, wanted.folds, out=path)
        return read_table(path, KEYS) if path.exists() else None
    except MrpnError as error:
        # The prepared clips are gone, say: all else of a report is worth having.
        say(escape(f"no features: {error}"))
        return None


def _weights_of(folder: Path, record: StudyRecord) -> list[Path]:
    wanted = record.study.features
    cells = [_first(record, row, fold) for fold in wanted.folds for row in wanted.rows]
    return [folder / c.runs[0] / WEIGHTS for c in cells if c is not None and _is_there(folder, c)]


def _first(record: StudyRecord, row: str, fold: str) -> Cell | None:
    """Return the first cell of a row and fold that is a run of its own, a `strict` one if any is.

    The rest of a report is of the protocol `strict` too, where it was run.
    """
    fits = (cell for cell in record.cells if (cell.row, cell.fold) == (row, fold))
    own = [cell for cell in fits if len(cell.runs) == 1]
    return next((cell for cell in own if cell.protocol == "strict"), next(iter(own), None))


def _is_there(folder: Path, cell: Cell) -> bool:
    run = folder / cell.runs[0]
    return (run / RESULT).exists() and (run / WEIGHTS).exists()


@torch.inference_mode()
def _of_cell(folder: Path, cell: Cell, parts: bool) -> pd.DataFrame:
    run = folder / cell.runs[0]
    recipe = load_settings(Recipe, run / RECIPE)
    corpus = PreparedCorpus(folder / cell.prepared)
    network, _ = load_weights(run / WEIGHTS)
    network.eval()
    fold = fold_named(corpus.manifest, recipe.protocol, cell.fold)
    clips = usable_parts(corpus, fold, network.modalities)["test"]
    samples = ClipDataset(
        corpus,
        clips,
        preprocessing=recipe.preprocessing,
        stills=recipe.stills,
        augmentation=None,
        seed=recipe.seed,
        modalities=network.modalities,
    )
    found: dict[str, list[np.ndarray]] = {}
    for place in range(len(clips)):
        values = network(collate([samples[Draw(place, 0)]]).inputs, features=True).features
        for name, vector in _chosen(network, values, parts).items():
            found.setdefault(name, []).append(vector[0].float().numpy())
    about = pd.DataFrame(
        {
            "clip": [clip.record.id for clip in clips],
            "label": [clip.record.label for clip in clips],
            "fold": cell.fold,
            "row": cell.row,
        }
    )
    tables = []
    for name, vectors in found.items():
        columns = [f"v{place}" for place in range(len(vectors[0]))]
        numbers = pd.DataFrame(np.stack(vectors), columns=columns)
        tables.append(pd.concat([about.assign(feature=name), numbers], axis=1))
    return pd.concat(tables, ignore_index=True)


def _chosen(
    network: MultiModalNetwork, values: dict[str, torch.Tensor], parts: bool
) -> dict[str, torch.Tensor]:
    plain = {f"{name} f": values[name] for name in network.modalities}
    if network.kind == "unimodal":
        return plain
    updated = {f"{name} f'": values[f"{name}'"] for name in network.modalities}
    joint = {JOINT: torch.cat([*updated.values()], dim=1)}
    return {**plain, **updated, **joint} if parts else joint
