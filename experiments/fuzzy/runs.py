"""One setting with one seed: its corpus made, its strategies trained, all scored on new clips."""

import shutil
import time
from collections import Counter
from collections.abc import Sequence as Many
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from fuzzy.plan import TRAINED, Setting, latent_recipe, rendered_fold

from mrpn.common.config import load_settings
from mrpn.common.files import file_digest, value_digest
from mrpn.common.machine import describe_machine
from mrpn.corpora import OfficialSplit
from mrpn.corpora.arrays import read_array_corpus
from mrpn.corpora.synthetic import (
    BayesAccuracy,
    Latent,
    LatentModel,
    LatentSequence,
    latent_sequences,
    observe,
    read_latents,
    synthesize,
    write_sequences,
)
from mrpn.evaluation import product_of_posteriors
from mrpn.evaluation.predictions import build_predictions, classes_of, probability_columns
from mrpn.media import ClipSettings
from mrpn.network import Sequence
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, report_inputs, train_recipe
from mrpn.weights import load_weights

# Seeds of the corpora of one run: ten apart, so that no run meets another's clips.
_APART, _VALIDATION, _TESTS = 10, 1, (2, 3, 4)
_VALIDATED = 60


def run_latent(setting: Setting, seed: int, work: Path) -> dict[str, Any]:
    """Train the strategies on a setting's latent sequences, and score them on 4,320 others.

    Trained on 1,440 clips, as many as RAVDESS has. The validation part decides nothing.

    Args:
        setting: of the sweep.
        seed: of the networks and of the clips.
        work: folder for what is made on the way; removed.
    """
    started = time.process_time()
    recipe = latent_recipe(seed)
    drawn = [_clips(setting, _APART * seed + k) for k in (0, _VALIDATION, *_TESTS)]
    tested = [clip for clips in drawn[2:] for clip in clips]
    classes = setting.corpus.emotions
    shutil.rmtree(work, ignore_errors=True)
    table = work / "sequences.parquet"
    few = drawn[1][:_VALIDATED]
    parts = {"train": {"a": drawn[0]}, "validation": {"b": few}, "test": {"c": few}}
    write_sequences(table, parts, flipped=setting.flipped, classes=classes, seed=seed)
    manifest = read_array_corpus(table, name="latent-sequences")
    corpus = prepare(manifest, work / "prepared", ClipSettings(), workers=0)
    split = OfficialSplit()
    folders = train_recipe(recipe, corpus.folder, [split], work / "runs", jobs=1, threads=1)
    scored = {
        strategy: _scored(folder, strategy, tested, classes, seed)
        for strategy, folder in zip(TRAINED, folders, strict=True)
    }
    prior = Counter(r.label for r in manifest.records if r.partition == "train")
    scored["product"] = product_of_posteriors(scored["am"], scored["vm"], prior=prior)
    latents = [clip.latent for clip in tested]
    ideal = observe(setting.corpus, tested)
    best = ideal.accuracy([classes.index(latent.label) for latent in latents])
    outcome = _outcome(setting, "latent", seed, recipe, corpus, split.digest, best, scored, latents)
    outcome["sequences"] = file_digest(table)
    outcome["cpu_seconds"] = round(time.process_time() - started, 1)
    shutil.rmtree(work)
    return outcome


def run_rendered(setting: Setting, seed: int, work: Path) -> dict[str, Any]:
    """Draw and speak a setting's clips, and train the demo's recipe on crops and spectrograms.

    240 clips of eight actors are tested. What is made on the way is kept until all is done, so
    that an interrupted run goes on.
    """
    started = time.process_time()
    with as_file(files("mrpn.cli") / "demo.yaml") as path:
        recipe = load_settings(Recipe, path, [f"seed={seed}"])
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
    shutil.rmtree(work)
    return outcome


def _clips(setting: Setting, seed: int) -> list[LatentSequence]:
    return latent_sequences(setting.corpus.model_copy(update={"seed": seed}))


def _scored(
    folder: Path, strategy: str, clips: Many[LatentSequence], classes: Many[str], seed: int
) -> pd.DataFrame:
    """Return the predictions of a run's saved weights on clips that no part of it ever met."""
    network, _ = load_weights(folder / "weights.safetensors")
    inputs = {
        name: Sequence.from_list([torch.from_numpy(clip.values[name]) for clip in clips])
        for name in network.branches
    }
    with torch.no_grad():
        probabilities = network(inputs).fused.double().softmax(1).numpy()
    return build_predictions(
        clips=[f"{place}-{clip.trial.id}" for place, clip in enumerate(clips)],
        actors=[str(clip.trial.actor) for clip in clips],
        labels=[clip.latent.label for clip in clips],
        probabilities=probabilities,
        classes=classes,
        fold="new clips",
        strategy=strategy,
        seed=seed,
    )


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
