"""Lightning at work: a network fitted to a fold, resumable, and its scores of the test part."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import pandas as pd
import torch
from lightning.pytorch.callbacks import Callback

from mrpn.evaluation.predictions import build_predictions
from mrpn.network import MultiModalNetwork
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.callbacks import BEST, RESUME_POINT, NextEpochOrder, RunRecord
from mrpn.training.data import FoldData
from mrpn.training.diary import Diary
from mrpn.training.hardware import Precision, arrange_channels_last, choose_precision
from mrpn.training.module import FusionModule
from mrpn.training.recipe import Recipe


def fit(
    recipe: Recipe,
    network: MultiModalNetwork,
    data: FoldData,
    record: RunRecord,
    folder: Path,
) -> lightning.Trainer:
    """Train a network on a fold, from the folder's resume point if there is one.

    Args:
        recipe: preprocessing, optimiser, schedule, precision, whether a diary is kept.
        network: what is trained, in place.
        data: the parts of the fold.
        record: writes the learning curve and the resume point.
        folder: of the run.

    Returns:
        The trainer, whose network has the weights of the selected epoch.
    """
    settings = recipe.optimisation
    precision = choose_precision(settings.precision)
    if settings.channels_last:
        arrange_channels_last(network, precision)
    module = FusionModule(network, settings, recipe.seed, len(data.train_batches))
    diaries = [] if recipe.diary is None else [Diary(folder, record.columns, recipe.diary.every)]
    trainer = run_trainer(
        module,
        data,
        folder,
        precision=precision,
        epochs=settings.epochs,
        gradient_clip=settings.gradient_clip,
        callbacks=[NextEpochOrder(), *diaries, record],
    )
    if settings.select != "last":
        network.load_state_dict(torch.load(folder / BEST, map_location="cpu", weights_only=True))
    elif module.averaged is not None:
        network.load_state_dict(module.kept.state_dict())
    module.averaged = None
    return trainer


def run_trainer(
    module: lightning.LightningModule,
    data: lightning.LightningDataModule,
    folder: Path,
    *,
    precision: Precision,
    epochs: int,
    gradient_clip: float | None,
    callbacks: list[Callback],
    validate: bool = True,
) -> lightning.Trainer:
    """Train a module from the folder's resume point, if there is one, to its last epoch.

    Args:
        module: what is trained, in place.
        data: its batches.
        folder: of the run.
        precision: of the arithmetic.
        epochs: how many there are in all.
        gradient_clip: largest norm of the gradient; None leaves it.
        callbacks: a record that writes the resume point among them.
        validate: whether there is a validation part.
    """
    with calm_lightning():
        trainer = lightning.Trainer(
            accelerator="auto",
            devices=1,
            precision=precision,
            max_epochs=epochs,
            gradient_clip_val=gradient_clip,
            limit_val_batches=1.0 if validate else 0,
            callbacks=callbacks,
            default_root_dir=folder,
            deterministic="warn",
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        resume = folder / RESUME_POINT
        try:
            trainer.fit(
                module,
                datamodule=data,
                ckpt_path=resume if resume.exists() else None,
                weights_only=True,
            )
        except SystemExit as stop:
            # Lightning answers Ctrl-C by an exit of its own.
            raise KeyboardInterrupt from stop
    return trainer


def predict(
    trainer: lightning.Trainer,
    data: FoldData,
    corpus: PreparedCorpus,
    columns: dict[str, Any],
) -> pd.DataFrame:
    """Score the fold's test part once, and return its predictions table."""
    module = trainer.lightning_module
    with calm_lightning():
        outputs = trainer.predict(module, data.test_dataloader()) or []
    places = torch.cat([clips for clips, _ in outputs]).numpy()
    probabilities = torch.cat([p for _, p in outputs]).numpy()
    clips = [data.parts["test"].clips[place].record for place in places]
    return build_predictions(
        clips=[clip.id for clip in clips],
        actors=[clip.actor for clip in clips],
        labels=[clip.label for clip in clips],
        probabilities=np.asarray(probabilities, np.float64),
        classes=corpus.classes,
        **columns,
    )


@contextmanager
def calm_lightning() -> Iterator[None]:
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
