"""What a finished run says of itself: its result, and the header of its weights."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import torch

from mrpn.common.errors import MrpnError
from mrpn.common.machine import describe_machine
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.corpora.naming import natural_key
from mrpn.network import MultiModalNetwork
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.hardware import choose_precision
from mrpn.training.recipe import Recipe
from mrpn.training.selection import describe_selection, is_optimistic
from mrpn.weights import TrainingData, WeightsHeader


def result_of(
    identity: Mapping[str, Any],
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold | OfficialSplit,
    *,
    network: MultiModalNetwork,
    rows: list[dict[str, Any]],
    predictions: pd.DataFrame,
    training_classes: Mapping[str, int],
) -> dict[str, Any]:
    """Return what result.json says: the run's identity, its numbers, and what made them."""
    right = (predictions["prediction"] == predictions["label"]).mean()
    return {
        **identity,
        "corpus": corpus.name,
        "corpus_kind": corpus.manifest.kind,
        "licence": corpus.manifest.licence,
        "notes": list(corpus.manifest.notes),
        "protocol": recipe.protocol,
        "actors": _actors(fold),
        "training_classes": dict(training_classes),
        "epochs": len(rows),
        "selected": recipe.optimisation.select,
        "selection": describe_selection(recipe.protocol, recipe.optimisation),
        "optimistic": is_optimistic(recipe.protocol, recipe.optimisation),
        "parameters": sum(p.numel() for p in network.parameters()),
        "trained_parameters": sum(p.numel() for p in network.parameters() if p.requires_grad),
        "seconds": round(sum(row["seconds"] for row in rows), 1),
        "test_clips": len(predictions),
        "test_accuracy": round(float(right), 6),
        "precision": choose_precision(recipe.optimisation.precision),
        "threads": torch.get_num_threads(),
        "machine": describe_machine(),
    }


def header_of(
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold | OfficialSplit,
    network: MultiModalNetwork,
    result: dict[str, Any],
) -> WeightsHeader:
    """Return the header of the run's weights file.

    Raises:
        MrpnError: a network that was built by hand.
    """
    if network.spec is None:
        raise MrpnError("a network without a declaration cannot be saved")
    if isinstance(fold, Fold):
        held_out = sorted({*fold.validation, *fold.test}, key=natural_key)
        part = f"all but the actors {', '.join(held_out)}"
        parts = f"actors {', '.join(fold.validation)}", f"actors {', '.join(fold.test)}"
    else:
        part, parts = "its training part", ("its validation part", "its test part")
    licence = corpus.manifest.licence or "not stated"
    scored = "scored" if result["optimistic"] else "scored once"
    return WeightsHeader(
        network=network.spec,
        classes={"class": corpus.classes},
        preprocessing=recipe.preprocessing.model_dump(mode="json"),
        training_data=(TrainingData(name=corpus.name, licence=licence, part=part),),
        licence=licence,
        protocol=(
            f"{recipe.protocol}: {result['selection']}; validated on {parts[0]}, {scored} on "
            f"{parts[1]}, {result['test_clips']} clips"
        ),
        metrics={"accuracy": result["test_accuracy"]},
        notes=" ".join(corpus.manifest.notes[:1]),
    )


def _actors(fold: Fold | OfficialSplit) -> dict[str, list[str]]:
    if isinstance(fold, OfficialSplit):
        return {}
    return {part: list(getattr(fold, part)) for part in ("train", "validation", "test")}
