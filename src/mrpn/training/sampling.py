"""Which clips are in which batch of which epoch, fixed by the seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from torch.utils.data import Sampler

from mrpn.training.randomness import generator


@dataclass(frozen=True)
class Draw:
    """One clip in one epoch: what a dataset needs to know to make its sample."""

    clip: int
    epoch: int


class EpochBatches(Sampler[list[Draw]]):
    """Batches of an epoch: shuffled, or in order for evaluation.

    With fewer clips in an epoch than there are, the epochs walk through one long shuffled order,
    so that every clip has its turn before any has its second. No training batch is of size one
    where that can be helped: BatchNorm learns nothing from it.

    Args:
        clips: number of clips in the data set.
        batch_size: clips in a batch.
        seed: fixes the order of every epoch; None keeps the order of the data set.
        clips_per_epoch: clips drawn in an epoch; None takes every clip once.
    """

    def __init__(
        self, clips: int, batch_size: int, seed: int | None, clips_per_epoch: int | None = None
    ) -> None:
        self.clips = clips
        self.batch_size = batch_size
        self.seed = seed
        self.size = clips if clips_per_epoch is None else clips_per_epoch
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose batches come next."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self._sizes())

    def __iter__(self) -> Iterator[list[Draw]]:
        order = self._order()
        start = 0
        for size in self._sizes():
            yield [Draw(int(clip), self.epoch) for clip in order[start : start + size]]
            start += size

    def _order(self) -> np.ndarray:
        if self.seed is None:
            return np.arange(self.size)
        first = self.epoch * self.size
        rounds = range(first // self.clips, (first + self.size - 1) // self.clips + 1)
        seed = self.seed
        order = np.concatenate(
            [generator(seed, "order", r).permutation(self.clips) for r in rounds]
        )
        skipped = first - rounds.start * self.clips
        return order[skipped : skipped + self.size]

    def _sizes(self) -> list[int]:
        whole, rest = divmod(self.size, self.batch_size)
        sizes = [self.batch_size] * whole + ([rest] if rest else [])
        if self.seed is not None and rest == 1 and whole and self.batch_size > 1:
            sizes[-2:] = [self.batch_size + 1]
        return sizes
