"""All rows on one setting with one seed: trained on the same clips, scored on the same others."""

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from ablating.plan import VALIDATED, plan_digest, row_recipe, rows
from fuzzy.latent import SPLIT, latent_data
from fuzzy.plan import Setting
from fuzzy.runs import answer_table

from mrpn.common.files import value_digest, write_json
from mrpn.common.machine import describe_machine
from mrpn.evaluation.diary import AFTER, load_diary
from mrpn.evaluation.tables import write_table
from mrpn.training import train_recipe
from mrpn.training.diary import DIARY
from mrpn.weights import load_weights

RESULT, PREDICTIONS = "result.json", "predictions.parquet"


def run_rows(setting: Setting, seed: int, work: Path, out: Path) -> dict[str, Any]:
    """Train every row on a setting's latent sequences, and score it on 4,320 others.

    Args:
        setting: of the fuzziness study.
        seed: of the networks and of the clips.
        work: folder for what is made on the way; removed.
        out: folder that is made: result.json, the class that each row answers on every clip
            (predictions.parquet), and what the diaries noted (diary.csv).

    Returns:
        What is in result.json.
    """
    started = time.process_time()
    shutil.rmtree(work, ignore_errors=True)
    data = latent_data(setting, seed, work, VALIDATED)
    found, scored, diaries = {}, {}, []
    for place, row in enumerate(rows()):
        recipe = row_recipe(row, seed)
        runs = work / "runs" / str(place)
        (folder,) = train_recipe(recipe, data.corpus.folder, [SPLIT], runs, jobs=1, threads=1)
        network, _ = load_weights(folder / "weights.safetensors")
        table = scored[row.row] = data.predictions(folder, row.strategy)
        noted: dict[str, Any] = {}
        if recipe.diary:
            diary = load_diary(folder / DIARY)
            diaries.append(diary.assign(row=row.row))
            noted["mechanism"] = mechanism(diary)
        found[row.row] = {
            "accuracy": round(float((table["prediction"] == table["label"]).mean()), 6),
            "parameters": sum(p.numel() for p in network.parameters()),
            "recipe": recipe.digest,
            "predictions": value_digest(table["prediction"].tolist()),
            **noted,
        }
    outcome = {
        "setting": setting.name,
        "seed": seed,
        "digest": plan_digest(setting, seed),
        "sequences": data.sequences,
        "corpus": data.corpus.digest,
        "fold": SPLIT.digest,
        "test_clips": len(data.tested),
        "validation_clips": VALIDATED,
        "best_on_test": {name: round(value, 6) for name, value in vars(data.best()).items()},
        "rows": found,
        "machine": describe_machine(),
        "cpu_seconds": round(time.process_time() - started, 1),
    }
    made = out.with_name(f".{out.name}.partial")
    shutil.rmtree(made, ignore_errors=True)
    write_table(answer_table(scored), made / PREDICTIONS)
    write_table(pd.concat(diaries).drop(columns="fold"), made / DIARY)
    write_json(made / RESULT, outcome)
    shutil.rmtree(out, ignore_errors=True)
    made.replace(out)
    shutil.rmtree(work)
    return outcome


def mechanism(diary: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return what a run's diary comes to, by modality.

    `ratio` is the median of the fused gradient's norm over the own side term's at the branch,
    `cosine` the median of the cosine between them, `opposed` the share of notes where it is
    negative; None where there is no side term. `alone` and `together` are the last epoch's
    accuracies on the validation clips.
    """
    found = {}
    for modality, part in diary.groupby("modality"):
        last = part[part["batch"] == AFTER].iloc[-1]
        notes = part[part["cosine"].notna()]
        cosine = notes["cosine"].to_numpy()
        with np.errstate(divide="ignore"):
            ratio = notes["fused_norm"].to_numpy() / notes["side_norm"].to_numpy()
        has = len(notes) > 0
        found[str(modality)] = {
            "ratio": round(float(np.median(ratio)), 4) if has else None,
            "cosine": round(float(np.median(cosine)), 4) if has else None,
            "opposed": round(float((cosine < 0).mean()), 4) if has else None,
            "alone": round(float(last["alone"]), 4),
            "together": round(float(last["together"]), 4),
        }
    return found
