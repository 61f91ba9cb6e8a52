"""Encoding beside reading: crops are encoded in their order while the next ones are read."""

from array import array
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
        encode: from a batch of crops, uint8 [N, S, S, 3], to features on the CPU, [N, width].
    """

    def __init__(self, encode: Callable[[NDArray[np.uint8]], Tensor]) -> None:
        self._encode = encode
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mrpn-encoding")
        self._waiting: deque[Future[Tensor]] = deque()
        # Values in one growing block: small tensors kept between large ones that come and go would
        # leave holes in memory.
        self._values = array("f")
        self._width = 1

    def add(self, batch: NDArray[np.uint8]) -> None:
        """Have a batch encoded; waits while too many others are before it."""
        while len(self._waiting) >= _AHEAD:
            self._keep(self._waiting.popleft().result())
        self._waiting.append(self._thread.submit(self._encode, batch))

    def features(self) -> Tensor:
        """Return the features of all batches so far, [N, width]; [0, 1] where there was none."""
        while self._waiting:
            self._keep(self._waiting.popleft().result())
        rows = np.array(self._values, np.float32).reshape(-1, self._width)
        return torch.from_numpy(rows)

    def _keep(self, features: Tensor) -> None:
        self._width = features.shape[1]
        self._values.frombytes(features.numpy().astype(np.float32).tobytes())

    def close(self) -> None:
        """Wait for the thread; what was not begun is given up."""
        self._thread.shutdown(wait=True, cancel_futures=True)
