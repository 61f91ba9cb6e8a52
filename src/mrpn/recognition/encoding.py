"""Encoding beside reading: crops are encoded in their order while the next ones are read."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

# Batches that may wait, which bounds the memory when reading is faster.
_AHEAD = 4


class Encoding:
    """Encodes batches on a thread of its own; the same numbers as one after the other.

    To be closed, whatever happens. Source: ours.

    Args:
        encode: from a batch of crops, uint8 [N, S, S, 3], to features [N, width].
    """

    def __init__(self, encode: Callable[[NDArray[np.uint8]], Tensor]) -> None:
        self._encode = encode
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mrpn-encoding")
        self._waiting: deque[Future[Tensor]] = deque()
        self._done: list[Tensor] = []

    def add(self, batch: NDArray[np.uint8]) -> None:
        """Have a batch encoded; waits while too many others are before it."""
        while len(self._waiting) >= _AHEAD:
            self._done.append(self._waiting.popleft().result())
        self._waiting.append(self._thread.submit(self._encode, batch))

    def features(self) -> Tensor:
        """Return the features of all batches so far, [N, width]; [0, 1] where there was none."""
        self._done += [self._waiting.popleft().result() for _ in range(len(self._waiting))]
        if len(self._done) != 1:
            self._done = [torch.cat(self._done) if self._done else torch.zeros(0, 1)]
        return self._done[0]

    def close(self) -> None:
        """Wait for the thread; what was not begun is given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)
