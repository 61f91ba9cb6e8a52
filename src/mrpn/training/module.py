"""The Lightning module: one network, the multi-term loss, AdamW and its schedule."""

import math
from collections.abc import Callable
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Any, cast

import lightning
import torch
from torch import Tensor
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import OneCycleLR, ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel

from mrpn.network import MultiModalNetwork, MultiTermLoss, Scores, Sequence
from mrpn.training.dataset import Batch
from mrpn.training.growing import shrunk, side_in
from mrpn.training.mixing import mix
from mrpn.training.randomness import generator, mixed_seed
from mrpn.training.recipe import OneCycle, Optimisation, Plateau


@dataclass
class Tally:
    """Sums over the clips of an epoch, from which its means are taken."""

    loss: float = 0.0
    right: int = 0
    clips: int = 0

    def add(self, loss: Tensor, scores: Tensor, labels: Tensor) -> None:
        """Add one batch, whose loss is a mean over its clips."""
        count = len(labels)
        self.loss += float(loss.detach()) * count
        self.right += int((scores.detach().argmax(1) == labels).sum())
        self.clips += count

    def means(self) -> tuple[float, float]:
        """Return mean loss and accuracy."""
        clips = max(self.clips, 1)
        return self.loss / clips, self.right / clips


class FusionModule(lightning.LightningModule):
    """Trains any of the six strategies; what differs between them is the network.

    Args:
        network: the network, its classes under a single target.
        optimisation: rate, schedule, loss weights.
        seed: fixes the dropout of every batch, so that a resumed run repeats it.
        steps: batches in an epoch; the one-cycle schedule spans all epochs' together.

    Attributes:
        keep_terms: whether the next training step leaves the terms of its loss in `terms`.
        terms: scalars by name, weighted as in the loss; for whoever reads them, to be emptied.
    """

    def __init__(
        self, network: MultiModalNetwork, optimisation: Optimisation, seed: int, steps: int
    ) -> None:
        super().__init__()
        self.network = network
        self.optimisation = optimisation
        self.seed = seed
        self.steps = steps
        weights: dict[str, float] = dict(optimisation.loss_weights.items())
        self.loss = MultiTermLoss(weights=weights, label_smoothing=optimisation.label_smoothing)
        self.averaged: AveragedModel | None = None
        if optimisation.average is not None:
            # Its early steps forget faster, or the first, random weights would linger.
            self.averaged = AveragedModel(
                network, multi_avg_fn=_running_mean(optimisation.average), use_buffers=True
            )
        self.keep_terms = False
        self.terms: dict[str, Tensor] = {}
        self.training_tally = Tally()
        self.validation_tally = Tally()
        self.plateau: ReduceLROnPlateau | None = None
        self._restored_plateau: dict[str, Any] | None = None

    def on_train_epoch_start(self) -> None:
        """Begin the epoch's sums."""
        self.training_tally = Tally()

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the multi-term loss of one batch, whose dropout hangs on its place alone.

        Seeded here and not once an epoch: loaders draw from the same generator, how often depends
        on their number and on whether the run was resumed. With mixup the truth is soft: the
        labels of both clips of a mixture, by their shares. Its accuracy is that of the greater.
        """
        _seed(mixed_seed(self.seed, "dropout", self.current_epoch, index), self.device)
        inputs = self._grown(batch.inputs)
        if self.optimisation.mixup is None:
            scores = self.network(inputs)
            loss: Tensor = self.loss(scores, batch.labels)
            shares = [(1.0, batch.labels)]
        else:
            rng = generator(self.seed, "mixup", self.current_epoch, index)
            mixture = mix(inputs, self.optimisation.mixup, rng)
            scores = self.network(mixture.inputs)
            others = batch.labels[mixture.partners.to(batch.labels.device)]
            # Cross-entropy is linear in the truth, so this is its value for the soft one.
            losses = self.loss(scores, batch.labels), self.loss(scores, others)
            loss = mixture.share * losses[0] + (1 - mixture.share) * losses[1]
            shares = [(mixture.share, batch.labels), (1 - mixture.share, others)]
        if self.keep_terms:
            self.terms = self._terms(scores, shares)
        self.training_tally.add(loss, scores.fused, batch.labels)
        return loss

    def _grown(self, inputs: dict[str, Sequence]) -> dict[str, Sequence]:
        """Return a batch's inputs with crops of the size that this epoch has."""
        settings = self.optimisation.growing
        if settings is None or "video" not in inputs:
            return inputs
        crops = inputs["video"]
        whole = crops.values.shape[-1]
        side = side_in(self.current_epoch, self.optimisation.epochs, whole, settings)
        return {**inputs, "video": shrunk(crops, side)}

    def _terms(self, scores: Scores, truth: list[tuple[float, Tensor]]) -> dict[str, Tensor]:
        """Return the terms of the loss apart, weighted; their sum is the loss."""
        found: dict[str, Tensor] = {}
        for share, labels in truth:
            for name, term in self.loss.terms(scores, labels).items():
                weighted = share * self.loss.total({name: term})
                found[name] = found[name] + weighted if name in found else weighted
        return found

    def on_train_batch_end(self, *_: Any) -> None:
        """Add the step's weights to the running mean, where one is kept."""
        if self.averaged is not None:
            self.averaged.update_parameters(self.network)

    @property
    def kept(self) -> MultiModalNetwork:
        """The network that is validated and kept: the running mean's, or the trained one itself."""
        return (
            self.network if self.averaged is None else cast(MultiModalNetwork, self.averaged.module)
        )

    def on_validation_epoch_start(self) -> None:
        """Begin the sums of a validation."""
        self.validation_tally = Tally()

    def validation_step(self, batch: Batch, _: int) -> None:
        """Add one batch of held-out clips to the sums; the loss here is the fused term alone."""
        scores = self.kept(batch.inputs)
        self.validation_tally.add(self.loss(scores, batch.labels), scores.fused, batch.labels)

    def predict_step(self, batch: Batch, _: int) -> tuple[Tensor, Tensor]:
        """Return places in the data set [B] and class probabilities [B, classes]."""
        scores = self.kept(batch.inputs).fused
        return batch.clips, scores.float().softmax(1).cpu()

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, _: int) -> Batch:
        """Move a batch, which is a type of our own."""
        return batch.to(device)

    def on_train_epoch_end(self) -> None:
        """Halve the rate where the validation loss has stalled (plateau schedule only).

        Stepped here, before the resume point is written, and not by Lightning, which steps it
        after: a run resumed from there would miss one step.
        """
        if self.plateau is not None:
            self.plateau.step(self.validation_tally.means()[0])

    def configure_optimizers(self) -> Any:
        """Return AdamW over what is trained, with the one-cycle schedule where chosen."""
        settings = self.optimisation
        trained = [p for p in self.network.parameters() if p.requires_grad]
        optimizer = AdamW(trained, lr=settings.rate, weight_decay=settings.weight_decay)
        if isinstance(settings.schedule, OneCycle):
            return {
                "optimizer": optimizer,
                "lr_scheduler": {"scheduler": self._one_cycle(optimizer), "interval": "step"},
            }
        self.plateau = _plateau(optimizer, settings.schedule)
        return optimizer

    def _one_cycle(self, optimizer: Optimizer) -> OneCycleLR:
        schedule = self.optimisation.schedule
        warm_up = schedule.warm_up if isinstance(schedule, OneCycle) else 0.25
        steps = self.optimisation.epochs * self.steps
        if warm_up * steps == 1:
            # torch 2.13 divides by zero where the warm-up is exactly one step.
            warm_up = math.nextafter(warm_up, 1.0)
        return OneCycleLR(
            optimizer, max_lr=self.optimisation.rate, total_steps=steps, pct_start=warm_up
        )

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the plateau's count, which Lightning does not know of."""
        if self.plateau is not None:
            checkpoint["plateau"] = self.plateau.state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take up the plateau's count again."""
        self._restored_plateau = checkpoint.get("plateau")

    def on_train_start(self) -> None:
        """Apply what was taken from a resume point, now that the optimiser exists."""
        if self.plateau is not None and self._restored_plateau is not None:
            self.plateau.load_state_dict(self._restored_plateau)


def _seed(seed: int, device: torch.device) -> None:
    """Seed the generators that this device draws from.

    `torch.manual_seed` seeds those of all devices, and on a processor writes down the stack for
    each that is not there: a tenth of the step of a small network.
    """
    if device.type == "cpu":
        torch.default_generator.manual_seed(seed)
    else:
        torch.manual_seed(seed)


def _running_mean(decay: float) -> Callable[[Many[Tensor], Many[Tensor], Tensor | int], None]:
    """Return what moves kept tensors towards new ones, its share found once for all of them."""

    def move(kept: Many[Tensor], new: Many[Tensor], count: Tensor | int) -> None:
        share = 1 - min(decay, (1 + int(count)) / (10 + int(count)))
        for old, value in zip(kept, new, strict=True):
            if old.is_floating_point():
                old.lerp_(value, share)
            else:
                old.copy_(value)

    return move


def _plateau(optimizer: Optimizer, schedule: Plateau) -> ReduceLROnPlateau:
    return ReduceLROnPlateau(
        optimizer, factor=schedule.factor, patience=schedule.patience, threshold=0.0
    )
