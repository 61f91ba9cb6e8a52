"""What happens at the end of every epoch: the learning curve, the resume point, when to stop."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightning
import pandas as pd
import torch
from lightning.pytorch.callbacks import Callback, Checkpoint

from mrpn.common.files import atomic_path
from mrpn.evaluation.history import save_history
from mrpn.training.loading import EpochData
from mrpn.training.module import FusionModule
from mrpn.training.recipe import Plateau, Select

RESUME_POINT = "resume.ckpt"
BEST = "best.ckpt"
HISTORY = "history.csv"


class NextEpochOrder(Callback):
    """Tells the batch sampler which epoch comes next, before its iterator is made."""

    def on_train_epoch_end(self, trainer: lightning.Trainer, _: lightning.LightningModule) -> None:
        """Move the order of batches on by one epoch."""
        data = trainer.datamodule  # type: ignore[attr-defined]
        if isinstance(data, EpochData):
            data.train_batches.set_epoch(trainer.current_epoch + 1)


class RunRecord(Checkpoint):
    """Writes the learning curve and the resume point of a run, each atomically.

    One callback for both, so that a kill between them cannot set them apart: the curve is part
    of the resume point, and its file is written from there. Lightning runs checkpoint callbacks
    last, when the epoch's numbers are complete.

    Args:
        folder: the run's folder.
        columns: what every row of the curve says beside the numbers: strategy, fold, seed.
        select: which epoch's weights are kept as well, besides the last one's.
        report: called with each row as it is made, for progress.
    """

    def __init__(
        self,
        folder: Path,
        columns: dict[str, Any],
        select: Select,
        report: Callable[[dict[str, Any]], None],
    ) -> None:
        self.folder = folder
        self.columns = columns
        self.select = select
        self.report = report
        self.rows: list[dict[str, Any]] = []
        self._started = 0.0
        self._rate = 0.0

    def on_train_start(self, trainer: lightning.Trainer, module: lightning.LightningModule) -> None:
        """End at once a resumed run that had stalled already when it was interrupted."""
        trainer.should_stop = self._stalled(_ours(module))
        # Lightning does not announce the first epoch of a resumed run.
        self._begin(trainer)

    def on_train_epoch_start(
        self, trainer: lightning.Trainer, _: lightning.LightningModule
    ) -> None:
        """Start the epoch's clock, and note the rate it begins with."""
        self._begin(trainer)

    def _begin(self, trainer: lightning.Trainer) -> None:
        self._started = time.perf_counter()
        self._rate = float(trainer.optimizers[0].param_groups[0]["lr"])

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Add the epoch to the curve; save; stop where the schedule says so."""
        module = _ours(module)
        train_loss, train_accuracy = module.training_tally.means()
        validation_loss, validation_accuracy = module.validation_tally.means()
        row = {
            **self.columns,
            "epoch": trainer.current_epoch + 1,
            "train_loss": train_loss,
            "train_accuracy": train_accuracy,
            "validation_loss": validation_loss,
            "validation_accuracy": validation_accuracy,
            "rate": self._rate,
            "seconds": round(time.perf_counter() - self._started, 3),
        }
        kept = self.is_kept(row)
        self.rows.append(row)
        trainer.should_stop = self._stalled(module)
        if kept:
            _save_weights(self.folder / BEST, module)
        with atomic_path(self.folder / RESUME_POINT) as partial:
            trainer.save_checkpoint(partial)
        self.write_curve()
        self.report(row)

    def is_kept(self, row: dict[str, Any]) -> bool:
        """Whether the weights of the epoch with this row are to be kept before those so far."""
        if self.select == "last":
            return False
        return all(_rank(row, self.select) < _rank(other, self.select) for other in self.rows)

    def write_curve(self) -> None:
        """Write the curve's file from the rows, which the resume point keeps."""
        save_history(pd.DataFrame(self.rows), self.folder / HISTORY)

    def state_dict(self) -> dict[str, Any]:
        """Return the curve so far, to be kept in the resume point."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the curve up again."""
        self.rows = list(state_dict["rows"])

    def _stalled(self, module: FusionModule) -> bool:
        schedule = module.optimisation.schedule
        losses = [row["validation_loss"] for row in self.rows]
        if not losses or not isinstance(schedule, Plateau):
            return False
        return len(losses) - 1 - losses.index(min(losses)) >= schedule.stop_after


def _rank(row: dict[str, Any], select: Select) -> tuple[float, float]:
    """Return what is least in the best epoch; of equal ones the first is taken."""
    loss = row["validation_loss"]
    return (-row["validation_accuracy"], loss) if select == "best-accuracy" else (loss, 0.0)


def _ours(module: lightning.LightningModule) -> FusionModule:
    if not isinstance(module, FusionModule):
        raise TypeError(f"RunRecord serves FusionModule only, not {type(module).__name__}")
    return module


def _save_weights(path: Path, module: FusionModule) -> None:
    with atomic_path(path) as partial:
        torch.save(module.kept.state_dict(), partial)
