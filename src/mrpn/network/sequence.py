"""Batches of sequences of different lengths, one per modality."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from mrpn.common.errors import ConfigError


@dataclass(frozen=True)
class Sequence:
    """The input x_m of one modality for a whole batch: padded elements with their lengths.

    The lengths stay on the CPU when the values move to a GPU: packing and unpadding need them
    there, and reading them back would make the CPU wait for the GPU.

    Args:
        values: elements [B, T, ...], padded at the end; T may be 0. What stands in the padding is
            never read.
        lengths: number of valid elements per row, integers [B], 0..T; 0 = the modality is missing.

    Raises:
        ConfigError: shapes or lengths that do not fit each other.
    """

    values: Tensor
    lengths: Tensor

    def __post_init__(self) -> None:
        if self.values.dim() < 2:
            raise ConfigError(f"a sequence's values are [B, T, ...], not {_shape(self.values)}")
        if not isinstance(self.lengths, Tensor):
            raise ConfigError("a sequence's lengths are a tensor of one integer per row")
        if self.lengths.dim() != 1 or self.lengths.is_floating_point():
            raise ConfigError("a sequence's lengths are one integer per row of the batch")
        rows, steps = self.values.shape[:2]
        if len(self.lengths) != rows:
            raise ConfigError(f"{len(self.lengths)} lengths for {rows} rows of a sequence")
        if self.lengths.is_cpu and rows:
            low, high = int(self.lengths.min()), int(self.lengths.max())
            if low < 0 or high > steps:
                raise ConfigError(f"lengths of {low} to {high} do not fit in {steps} padded steps")

    @classmethod
    def from_list(cls, items: Iterable[Tensor]) -> "Sequence":
        """Pad one tensor [T_i, ...] per row of the batch; T_i may be 0."""
        rows = list(items)
        if not rows:
            raise ConfigError("a batch needs at least one sequence")
        if any(row.dim() == 0 or row.shape[1:] != rows[0].shape[1:] for row in rows):
            shapes = ", ".join(sorted({_shape(row) for row in rows}))
            raise ConfigError(f"the elements of a batch must have one shape, not {shapes}")
        return cls(pad_sequence(rows, batch_first=True), torch.tensor([len(row) for row in rows]))

    @classmethod
    def missing(cls, rows: int, device: torch.device | None = None) -> "Sequence":
        """Return a batch of `rows` rows that all lack the modality."""
        return cls(torch.zeros(rows, 0, device=device), torch.zeros(rows, dtype=torch.int64))

    @property
    def present(self) -> Tensor:
        """Which rows have the modality: bool [B], on the device of the values."""
        return (self.lengths > 0).to(self.values.device)

    def flat(self) -> Tensor:
        """Return the valid elements alone, row after row: [sum of the lengths, ...]."""
        lengths: list[int] = self.lengths.tolist()
        if all(length == self.values.shape[1] for length in lengths):
            return self.values.flatten(0, 1)
        return torch.cat([row[:length] for row, length in zip(self.values, lengths, strict=True)])

    def unflat(self, flat: Tensor) -> "Sequence":
        """Put flat elements [sum of the lengths, ...] back into padded rows of these lengths."""
        return Sequence(pad_sequence(split(flat, self.lengths), batch_first=True), self.lengths)

    def to(
        self,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        non_blocking: bool = False,
    ) -> "Sequence":
        """Return the sequence with its values on `device` and of `dtype`."""
        values = self.values.to(device=device, dtype=dtype, non_blocking=non_blocking)
        return Sequence(values, self.lengths)

    def pin_memory(self) -> "Sequence":
        """Return the sequence with its values in page-locked memory, for a fast way to a GPU."""
        return Sequence(self.values.pin_memory(), self.lengths)


def split(flat: Tensor, lengths: Tensor) -> list[Tensor]:
    """Cut flat elements [N, ...] into one tensor [T_i, ...] per row; N is the sum of lengths."""
    rows: list[int] = lengths.tolist()
    if sum(rows) != len(flat):
        raise ConfigError(f"{len(flat)} elements for lengths that sum to {sum(rows)}")
    return list(torch.split(flat, rows))


def _shape(tensor: Tensor) -> str:
    return str(list(tensor.shape))
