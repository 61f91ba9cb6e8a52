"""The diary: which gradients reach each branch in training, and what each branch can do alone."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lightning
import pandas as pd
import torch
from lightning.pytorch.callbacks import Callback
from torch import Tensor, nn

from mrpn.evaluation.diary import AFTER, save_diary
from mrpn.training.dataset import Batch
from mrpn.training.module import FusionModule

DIARY = "diary.csv"


class Diary(Callback):
    """Notes what the loss terms do to the branches, and changes nothing (ours).

    The paper explains N1 and N2 by what the fused loss does to the branches. At every `every`-th
    batch of an epoch, the first among them, the gradient of each weighted term of the loss at the
    parameters of each branch is computed apart, from the graph that the step itself is taken by;
    after each epoch, what each branch scores alone on the validation clips that have its modality.

    Its rows are part of the resume point, as those of the learning curve are.

    Args:
        folder: the run's folder.
        columns: what every row says beside the numbers: strategy, fold, seed.
        every: batches from one note to the next.
    """

    def __init__(self, folder: Path, columns: Mapping[str, Any], every: int) -> None:
        self.folder = folder
        self.columns = dict(columns)
        self.every = every
        self.rows: list[dict[str, Any]] = []
        self._batch = 0
        self._tallies: dict[str, _Alone] = {}

    def on_train_batch_start(
        self, _: lightning.Trainer, module: lightning.LightningModule, __: Batch, index: int
    ) -> None:
        """Ask for the terms of the loss apart, at the batches that are due."""
        self._batch = index + 1
        _ours(module).keep_terms = index % self.every == 0

    def on_before_backward(
        self, trainer: lightning.Trainer, module: lightning.LightningModule, _: Tensor
    ) -> None:
        """Note the gradients of the terms, before the step takes the graph down."""
        module = _ours(module)
        if not module.terms:
            return
        terms, module.terms = module.terms, {}
        gradients = branch_gradients(module.network.branches, terms)
        for name, found in gradients.items():
            self._add(trainer, self._batch, name, gradient_row(found["fused"], found.get(name)))

    def on_validation_epoch_start(
        self, _: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Begin the counts of a validation."""
        self._tallies = {name: _Alone() for name in _ours(module).network.modalities}

    def on_validation_batch_end(
        self,
        trainer: lightning.Trainer,
        module: lightning.LightningModule,
        _: Any,
        batch: Batch,
        *__: int,
    ) -> None:
        """Count what each branch gets right by itself, and what all get right together."""
        network = _ours(module).kept
        with trainer.precision_plugin.forward_context():
            fused = network(batch.inputs).fused
            alone = network.alone(batch.inputs)
        for name, tally in self._tallies.items():
            (scores,) = alone[name].values()
            tally.add(scores, fused, batch.labels, batch.inputs[name].present)

    def on_train_epoch_end(self, trainer: lightning.Trainer, _: lightning.LightningModule) -> None:
        """Note the epoch's accuracies, and write the diary."""
        for name, tally in self._tallies.items():
            self._add(trainer, AFTER, name, tally.row())
        save_diary(pd.DataFrame(self.rows), self.folder / DIARY)

    def state_dict(self) -> dict[str, Any]:
        """Return the rows so far, to be kept in the resume point."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the diary up again."""
        self.rows = list(state_dict["rows"])

    def _add(
        self, trainer: lightning.Trainer, batch: int, modality: str, values: Mapping[str, float]
    ) -> None:
        nothing = dict.fromkeys(
            ("fused_norm", "side_norm", "cosine", "alone", "together"), math.nan
        )
        place = {"epoch": trainer.current_epoch + 1, "batch": batch, "modality": modality}
        self.rows.append({**self.columns, **place, **nothing, **values})


def branch_gradients(
    branches: nn.ModuleDict, terms: Mapping[str, Tensor]
) -> dict[str, dict[str, Tensor]]:
    """Return the gradient of the fused and of the own side term at each branch that is trained.

    Args:
        branches: by modality.
        terms: scalars, "fused" and by modality; their graph is kept.

    Returns:
        By modality and term, all parameters' gradients as one float64 vector; 0 where a term does
        not reach.
    """
    found: dict[str, dict[str, Tensor]] = {}
    for name, branch in branches.items():
        parameters = [p for p in branch.parameters() if p.requires_grad]
        if not parameters:
            continue
        found[name] = {}
        for term in ("fused", name):
            if term not in terms:
                continue
            given = torch.autograd.grad(
                terms[term], parameters, retain_graph=True, allow_unused=True
            )
            found[name][term] = torch.cat(
                [
                    torch.zeros_like(p).flatten() if g is None else g.detach().flatten()
                    for g, p in zip(given, parameters, strict=True)
                ]
            ).double()
    return found


def gradient_row(fused: Tensor, side: Tensor | None) -> dict[str, float]:
    """Return the norms of two gradients and their cosine; NaN where there is none."""
    norm = float(fused.norm())
    if side is None:
        return {"fused_norm": norm}
    other = float(side.norm())
    product = norm * other
    cosine = float(fused @ side) / product if product > 0 else math.nan
    return {"fused_norm": norm, "side_norm": other, "cosine": cosine}


class _Alone:
    """Counts over the validation clips that have a modality."""

    def __init__(self) -> None:
        self.alone = self.together = self.clips = 0

    def add(self, alone: Tensor, together: Tensor, labels: Tensor, present: Tensor) -> None:
        self.alone += int(((alone.argmax(1) == labels) & present).sum())
        self.together += int(((together.argmax(1) == labels) & present).sum())
        self.clips += int(present.sum())

    def row(self) -> dict[str, float]:
        if not self.clips:
            return {}
        return {"alone": self.alone / self.clips, "together": self.together / self.clips}


def _ours(module: lightning.LightningModule) -> FusionModule:
    if not isinstance(module, FusionModule):
        raise TypeError(f"Diary serves FusionModule only, not {type(module).__name__}")
    return module
