"""Linear classifiers on features that others made, on RAVDESS's voices: bars for the networks.

Support vector machines on openSMILE's ComParE 2016 and eGeMAPSv02 functionals, and logistic
regression on Resemblyzer's speaker embedding, on the folds that the networks are scored on. All
that is chosen is chosen on training actors. Features are kept under --work, so that a run that
was stopped goes on.

    python -m venv baselines
    baselines/bin/pip install -c constraints.txt -e .
    baselines/bin/pip install opensmile==2.6.0 Resemblyzer==0.1.4 "setuptools<81"
    baselines/bin/python experiments/baselines/voices.py --voices RAVDESS

RAVDESS is a folder with the speech recordings, wav or flac. Resemblyzer needs a C compiler to
install, and a setuptools that still has pkg_resources. Neither is a dependency of mrpn.
"""

import argparse
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from features import COMPARE, EGEMAPS, RESEMBLYZER, Features, FeatureSet, extract
from linear import INNER_FOLDS, STRENGTHS, Matrix, Tuned, tune_and_predict
from packages import run_script
from scoring import DIGITS, fold_scores, save, scores_of

from mrpn.common.machine import describe_machine
from mrpn.common.progress import say
from mrpn.corpora import Fold, Manifest, Protocol, ravdess_folds, read_corpus
from mrpn.evaluation import build_predictions, concat_predictions

ROOT = Path(__file__).resolve().parents[2]
SEED = 0
STRATEGIES: dict[str, tuple[str, FeatureSet]] = {
    "svm-compare": ("svm", COMPARE),
    "svm-egemaps": ("svm", EGEMAPS),
    "logistic-resemblyzer": ("logistic", RESEMBLYZER),
}


def main() -> None:
    """Measure the strategies asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--strategies", nargs="+", choices=STRATEGIES, default=[*STRATEGIES])
    parser.add_argument(
        "--protocols", nargs="+", choices=("strict", "paper"), default=["strict", "paper"]
    )
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "baselines", help="features")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results" / "baselines")
    given = parser.parse_args()
    torch.set_num_threads(1)
    manifest = read_corpus("ravdess", given.voices)
    for name in given.strategies:
        model, described = STRATEGIES[name]
        features = extract(manifest, described, given.work)
        for protocol in given.protocols:
            table, result = measure(manifest, features, name, model, described, protocol)
            save(given.out / f"ravdess-{protocol}" / name, table, result)
            spread = result["accuracy_folds"]
            say(
                f"{name}, {protocol}: {100 * spread['mean']:.1f} "
                f"+- {100 * spread['deviation']:.1f} %"
            )


def measure(
    manifest: Manifest,
    features: Features,
    name: str,
    model: str,
    described: FeatureSet,
    protocol: Protocol,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the predictions of one strategy on all folds of a protocol, and what made them."""
    folds = ravdess_folds(protocol)
    tables, facts = [], {}
    for fold in folds:
        tuned, table = _fold(manifest, features.values.astype(np.float64), name, model, fold)
        tables.append(table)
        facts[fold.name] = {
            "fold_digest": fold.digest,
            "train": list(fold.train),
            "test": list(fold.test),
            "c": round(tuned.strength, DIGITS),
            "temperature": round(tuned.temperature, DIGITS),
            "inner_accuracy": round(tuned.inner_accuracy, DIGITS),
            **{key: value for key, value in scores_of(table).items() if key != "recall"},
        }
    joined = concat_predictions(tables)
    package, _, release = described.requirement.partition("==")
    return joined, {
        "strategy": name,
        "seed": SEED,
        "corpus": manifest.name,
        "corpus_kind": manifest.kind,
        "corpus_digest": manifest.digest,
        "media_digest": features.media,
        "licence": manifest.licence,
        "notes": list(manifest.notes),
        "protocol": protocol,
        "folds_digest": folds.digest,
        "folds": facts,
        "features": {
            "name": described.title,
            "size": features.values.shape[1],
            "package": package,
            "version": release,
        },
        "settings": {
            "model": model,
            "trained_on": "the fold's training actors",
            "tuned_on": f"{INNER_FOLDS} inner folds over the fold's training actors",
            "c": [round(strength, DIGITS) for strength in STRENGTHS[model]],
        },
        **scores_of(joined),
        **fold_scores(joined),
        "versions": {each: version(each) for each in ("numpy", "scipy", "scikit-learn")},
        "machine": describe_machine(),
    }


def _fold(
    manifest: Manifest, values: Matrix, name: str, model: str, fold: Fold
) -> tuple[Tuned, pd.DataFrame]:
    records = manifest.records
    train = [i for i, record in enumerate(records) if record.actor in fold.train]
    test = [i for i, record in enumerate(records) if record.actor in fold.test]
    labels = np.array([manifest.classes.index(record.label) for record in records])
    actors = [records[i].actor for i in train]
    tuned = tune_and_predict(model, values[train], labels[train], actors, values[test])
    table = build_predictions(
        clips=[records[i].id for i in test],
        actors=[records[i].actor for i in test],
        labels=[records[i].label for i in test],
        probabilities=tuned.probabilities.round(DIGITS),
        classes=manifest.classes,
        fold=fold.name,
        strategy=name,
        seed=SEED,
    )
    return tuned, table


if __name__ == "__main__":
    run_script(main)
