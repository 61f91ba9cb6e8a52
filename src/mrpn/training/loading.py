"""Loaders over the parts of a data set, and their place in the order of batches."""

from collections.abc import Mapping
from typing import Any

import lightning
import torch
from torch.utils.data import DataLoader

from mrpn.training.dataset import ClipDataset, collate
from mrpn.training.sampling import EpochBatches


class EpochData(lightning.LightningDataModule):
    """Training, validation and test clips as loaders; a resumed run goes on with its next epoch.

    Args:
        parts: "train", "validation" and "test".
        train_batches: the order of the training batches.
        workers: loader processes.
        evaluated: clips in a batch of validation or test.
    """

    def __init__(
        self,
        parts: Mapping[str, ClipDataset],
        train_batches: EpochBatches,
        *,
        workers: int,
        evaluated: int,
    ) -> None:
        super().__init__()
        self.parts = dict(parts)
        self.train_batches = train_batches
        self.workers = workers
        self.evaluated = evaluated

    def train_dataloader(self) -> DataLoader[Any]:
        """Return the shuffled, augmented training batches of the epoch that is next."""
        return self._loader("train", self.train_batches)

    def val_dataloader(self) -> DataLoader[Any]:
        """Return the validation clips, in order and unvaried."""
        return self._loader("validation")

    def test_dataloader(self) -> DataLoader[Any]:
        """Return the test clips, in order and unvaried."""
        return self._loader("test")

    def state_dict(self) -> dict[str, Any]:
        """Return which epoch's batches come next, to be kept in the resume point."""
        return {"epoch": self.train_batches.epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on with the epoch after the resume point, before any loader reads from it."""
        self.train_batches.set_epoch(state_dict["epoch"])

    def _loader(self, part: str, batches: EpochBatches | None = None) -> DataLoader[Any]:
        dataset = self.parts[part]
        return DataLoader(
            dataset,
            batch_sampler=batches or EpochBatches(len(dataset), self.evaluated, seed=None),
            collate_fn=collate,
            num_workers=self.workers,
            generator=torch.Generator(),
            persistent_workers=self.workers > 0,
        )
