"""One setting with one seed: its corpus made, its strategies trained, all scored on new clips."""

import shutil
import time
from collections.abc import Mapping
from collections.abc import Sequence as Many
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from fuzzy.latent import SPLIT, latent_data
from fuzzy.plan import TRAINED, Setting, latent_recipe, rendered_fold, rendered_recipe

from mrpn.common.files import value_digest
from mrpn.common.machine import describe_machine
from mrpn.corpora.synthetic import BayesAccuracy, Latent, LatentModel, read_latents, synthesize
from mrpn.evaluation import product_of_posteriors
from mrpn.evaluation.predictions import classes_of, probability_columns
from mrpn.evaluation.tables import write_table
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, report_inputs, train_recipe


def run_latent(setting: Setting, seed: int, work: Path, answers: Path) -> dict[str, Any]:
    """Train the strategies on a setting's latent sequences, and score them on 4,320 others.

    Args:
        setting: of the sweep.
        seed: of the networks and of the clips.
        work: folder for what is made on the way; removed.
        answers: file for the class that each strategy answers on every tested clip (Parquet).
    """
    started = time.process_time()
    recipe = latent_recipe(seed)
    shutil.rmtree(work, ignore_errors=True)
    data = latent_data(setting, seed, work)
    folders = train_recipe(recipe, data.corpus.folder, [SPLIT], work / "runs", jobs=1, threads=1)
    scored = {
        strategy: data.predictions(folder, strategy)
        for strategy, folder in zip(TRAINED, folders, strict=True)
    }
    scored["product"] = product_of_posteriors(scored["am"], scored["vm"], prior=data.prior)
    outcome = _outcome(
        setting,
        "latent",
        seed,
        recipe,
        data.corpus,
        SPLIT.digest,
        data.best(),
        scored,
        data.latents,
    )
    outcome["sequences"] = data.sequences
    outcome["cpu_seconds"] = round(time.process_time() - started, 1)
    write_table(answer_table(scored), answers)
    shutil.rmtree(work)
    return outcome


def run_rendered(setting: Setting, seed: int, work: Path, answers: Path) -> dict[str, Any]:
    """Draw and speak a setting's clips, and train the demo's recipe on crops and spectrograms.

    240 clips of eight actors are tested. What is made on the way is kept until all is done, so
    that an interrupted run goes on. Arguments as of `run_latent`.
    """
    started = time.process_time()
    recipe = rendered_recipe(seed)
    corpus_settings = setting.corpus.model_copy(update={"seed": seed})
    manifest = synthesize(work / "corpus", corpus_settings, workers=1)
    corpus = prepare(manifest, work / "prepared", recipe.preprocessing.clip, workers=1)
    fold = rendered_fold(manifest.actors)
    train_recipe(recipe, corpus.folder, [fold], work / "runs", jobs=1, threads=1)
    table = report_inputs(work / "runs").predictions
    scored = {str(name): part for name, part in table.groupby("strategy")}
    known = {latent.clip: latent for latent in read_latents(work / "corpus")}
    latents = [known[clip] for clip in scored["n0"]["clip"]]
    best = LatentModel.of(setting.corpus).empirical(latents)
    outcome = _outcome(
        setting, "rendered", seed, recipe, corpus, fold.digest, best, scored, latents
    )
    outcome["cpu_seconds"] = round(time.process_time() - started, 1)
    write_table(answer_table(scored), answers)
    shutil.rmtree(work)
    return outcome


def answer_table(scored: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return clip, label and the class that each of some networks answers, a column for each."""
    first = next(iter(scored.values()))[["clip", "label"]].reset_index(drop=True)
    columns = {name: table["prediction"].to_numpy() for name, table in scored.items()}
    return first.assign(**columns).astype(dict.fromkeys(("label", *columns), "category"))


def _outcome(
    setting: Setting,
    kind: str,
    seed: int,
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold_digest: str,
    best: BayesAccuracy,
    scored: dict[str, pd.DataFrame],
    latents: Many[Latent],
) -> dict[str, Any]:
    """Return all that is kept of a run."""
    exact = LatentModel.of(setting.corpus).bayes()
    agree = np.array([latent.face == latent.voice for latent in latents])
    return {
        "setting": setting.name,
        "kind": kind,
        "seed": seed,
        "knobs": setting.knobs,
        "corpus_settings": setting.corpus.model_dump(mode="json"),
        "flipped": setting.flipped,
        "digests": {
            "setting": setting.digest,
            "recipe": recipe.digest,
            "fold": fold_digest,
            "corpus": corpus.digest,
        },
        "test_clips": len(latents),
        "agreeing_clips": int(agree.sum()),
        "bayes_of_cues": _rounded(vars(exact)),
        "best_on_test": _rounded(vars(best)),
        "strategies": {name: _scores(table, agree) for name, table in sorted(scored.items())},
        "machine": describe_machine(),
    }


def _scores(table: pd.DataFrame, agree: np.ndarray) -> dict[str, Any]:
    """Return accuracy over all clips and over those whose cues agree; and of what, as a hash."""
    right = (table["prediction"] == table["label"]).to_numpy()
    columns = probability_columns(classes_of(table))
    truth = table[columns].to_numpy()[np.arange(len(table)), _places(table, columns)]
    return {
        "accuracy": round(float(right.mean()), 6),
        "agreeing": round(float(right[agree].mean()), 6),
        "disagreeing": round(float(right[~agree].mean()), 6),
        "log_loss": round(float(-np.log(np.maximum(truth, 1e-12)).mean()), 6),
        "predictions": value_digest(table["prediction"].tolist()),
    }


def _places(table: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return np.array([columns.index(f"p_{label}") for label in table["label"]])


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in values.items()}
