"""One run: a strategy trained on one fold with one seed, and scored once on its test part."""

import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import pandas as pd
import torch
import yaml

from mrpn.common.config import Settings
from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.corpora.folds import Fold
from mrpn.evaluation.predictions import build_predictions, save_predictions
from mrpn.network import MultiModalNetwork
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.callbacks import BEST, RESUME_POINT, NextEpochOrder, RunRecord
from mrpn.training.data import FoldData
from mrpn.training.hardware import arrange_channels_last, choose_precision
from mrpn.training.module import FusionModule
from mrpn.training.recipe import Recipe, Strategy
from mrpn.training.strategies import MODALITIES, NEEDS, make_network
from mrpn.weights import TrainingData, WeightsHeader, load_weights, save_weights

RESULT = "result.json"
RECIPE = "recipe.yaml"
PREDICTIONS = "predictions.parquet"
WEIGHTS = "weights.safetensors"


class RunIdentity(Settings):
    """What a run is: the same identity means the same result."""

    strategy: Strategy
    fold: str
    seed: int
    recipe_digest: str
    fold_digest: str
    corpus_digest: str


@dataclass(frozen=True)
class RunPlace:
    """Where the runs of a recipe lie: `<out>/<fold>/<strategy>-seed<seed>`."""

    out: Path
    fold: str
    seed: int

    def folder(self, strategy: str) -> Path:
        """Return the folder of one strategy's run."""
        return self.out / self.fold / f"{strategy}-seed{self.seed}"


def train_run(
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold,
    strategy: Strategy,
    out: Path,
    report: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Path:
    """Train a strategy on a fold, score it once on the fold's test part, and save all of it.

    A finished run is left as it is; an interrupted one goes on from its last whole epoch and
    ends in the same result.

    Args:
        recipe: the experiment; its seed is the run's.
        corpus: the prepared corpus.
        fold: actors of training, validation and test.
        strategy: one of the six; `late` needs `am` and `vm` finished under the same `out`.
        out: folder of the recipe's runs.
        report: called after every epoch with its row of the learning curve.

    Returns:
        The run's folder: result.json, predictions.parquet, weights.safetensors, history.csv.

    Raises:
        MrpnError: the folder holds a run of another recipe, fold or corpus.
    """
    place = RunPlace(out, fold.name, recipe.seed)
    folder = place.folder(strategy)
    identity = RunIdentity(
        strategy=strategy,
        fold=fold.name,
        seed=recipe.seed,
        recipe_digest=recipe.digest,
        fold_digest=fold.digest,
        corpus_digest=corpus.digest,
    )
    if is_finished(folder, identity):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "identity.json", identity.model_dump())
    write_text(folder / RECIPE, yaml.safe_dump(recipe.model_dump(mode="json")))

    network = make_network(
        recipe, strategy, len(corpus.classes), recipe.seed, _trained(place, NEEDS.get(strategy, ()))
    )
    modalities = MODALITIES[strategy]
    data = FoldData(corpus, fold, recipe, modalities, recipe.seed)
    columns = {"strategy": strategy, "fold": fold.name, "seed": recipe.seed}
    record = RunRecord(folder, columns, recipe.optimisation.select == "best", report)
    trainer = _fit(recipe, network, data, record, folder)
    predictions = _predict(trainer, network, data, corpus, columns)
    save_predictions(predictions, folder / PREDICTIONS)
    result = _result(identity, recipe, corpus, fold, network, record.rows, predictions)
    save_weights(folder / WEIGHTS, network, _header(recipe, corpus, fold, network, result))
    write_json(folder / RESULT, result)
    for name in (RESUME_POINT, BEST):
        (folder / name).unlink(missing_ok=True)
    return folder


def is_finished(folder: Path, identity: RunIdentity) -> bool:
    """Return whether the folder holds this run, finished. Raises MrpnError if it holds another."""
    path = folder / "identity.json"
    if not path.exists():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))
    wanted = identity.model_dump()
    different = sorted(key for key in wanted if found.get(key) != wanted[key])
    if different:
        raise MrpnError(
            f"{folder}: holds a run with another {different[0].replace('_', ' ')}; "
            f"name another folder with --out, or delete this one"
        )
    return (folder / RESULT).exists()


def _trained(place: RunPlace, needs: tuple[Strategy, ...]) -> Mapping[str, MultiModalNetwork]:
    networks = {}
    for strategy in needs:
        path = place.folder(strategy) / WEIGHTS
        if not path.exists():
            raise MrpnError(f"{path}: late fusion needs '{strategy}' trained first, on this fold")
        (modality,) = MODALITIES[strategy]
        networks[modality] = load_weights(path)[0]
    return networks


def _fit(
    recipe: Recipe,
    network: MultiModalNetwork,
    data: FoldData,
    record: RunRecord,
    folder: Path,
) -> lightning.Trainer:
    settings = recipe.optimisation
    precision = choose_precision(settings.precision)
    if settings.channels_last:
        arrange_channels_last(network, precision)
    module = FusionModule(network, settings, recipe.seed)
    with _calm_lightning():
        trainer = lightning.Trainer(
            accelerator="auto",
            devices=1,
            precision=precision,
            max_epochs=settings.epochs,
            gradient_clip_val=settings.gradient_clip,
            callbacks=[NextEpochOrder(), record],
            default_root_dir=folder,
            deterministic="warn",
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        resume = folder / RESUME_POINT
        trainer.fit(
            module,
            datamodule=data,
            ckpt_path=resume if resume.exists() else None,
            weights_only=True,
        )
    if settings.select == "best":
        network.load_state_dict(torch.load(folder / BEST, weights_only=True))
    return trainer


def _predict(
    trainer: lightning.Trainer,
    network: MultiModalNetwork,
    data: FoldData,
    corpus: PreparedCorpus,
    columns: dict[str, Any],
) -> pd.DataFrame:
    """Score the test part, once."""
    module = trainer.lightning_module
    with _calm_lightning():
        outputs = trainer.predict(module, data.test_dataloader()) or []
    places = torch.cat([clips for clips, _ in outputs]).numpy()  # type: ignore[misc]
    probabilities = torch.cat([p for _, p in outputs]).numpy()  # type: ignore[misc]
    clips = [data.parts["test"].clips[place].record for place in places]
    return build_predictions(
        clips=[clip.id for clip in clips],
        actors=[clip.actor for clip in clips],
        labels=[clip.label for clip in clips],
        probabilities=np.asarray(probabilities, np.float64),
        classes=corpus.classes,
        **columns,
    )


def _result(
    identity: RunIdentity,
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold,
    network: MultiModalNetwork,
    rows: list[dict[str, Any]],
    predictions: pd.DataFrame,
) -> dict[str, Any]:
    right = (predictions["prediction"] == predictions["label"]).mean()
    return {
        **identity.model_dump(),
        "corpus": corpus.name,
        "protocol": recipe.protocol,
        "actors": {part: list(getattr(fold, part)) for part in ("train", "validation", "test")},
        "epochs": len(rows),
        "selected": recipe.optimisation.select,
        "parameters": sum(p.numel() for p in network.parameters()),
        "trained_parameters": sum(p.numel() for p in network.parameters() if p.requires_grad),
        "seconds": round(sum(row["seconds"] for row in rows), 1),
        "test_clips": len(predictions),
        "test_accuracy": round(float(right), 6),
        "machine": describe_machine(),
    }


def _header(
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold,
    network: MultiModalNetwork,
    result: dict[str, Any],
) -> WeightsHeader:
    if network.spec is None:
        raise MrpnError("a network without a declaration cannot be saved")
    part = f"all but the actors {', '.join((*fold.validation, *fold.test))}"
    return WeightsHeader(
        network=network.spec,
        classes={"class": corpus.classes},
        preprocessing=recipe.preprocessing.model_dump(mode="json"),
        training_data=(
            TrainingData(name=corpus.name, licence=corpus.manifest.licence, part=part),
        ),
        licence=corpus.manifest.licence,
        protocol=(
            f"{recipe.protocol}: selected on actors {', '.join(fold.validation)}, scored once on "
            f"actors {', '.join(fold.test)}, {result['test_clips']} clips"
        ),
        metrics={"accuracy": result["test_accuracy"]},
        notes=" ".join(corpus.manifest.notes[:1]),
    )


@contextmanager
def _calm_lightning() -> Iterator[None]:
    """Keep Lightning's banners and its advice on loader processes out of the user's terminal."""
    loggers = [logging.getLogger(f"lightning.{name}") for name in ("pytorch", "fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="lightning.*")
            warnings.filterwarnings("ignore", message=".*does not have many workers.*")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
