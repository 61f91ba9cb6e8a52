"""Clips made up of numbers."""

from collections.abc import Callable

import numpy as np
import pytest

from mrpn.media import Clip


@pytest.fixture
def make_clip() -> Callable[..., Clip]:
    """Return a maker of clips: (seconds, pictures per second, side); frame k has the grey k."""

    def make(seconds: float = 3.0, rate: float = 10.0, size: int = 16) -> Clip:
        count, samples = round(seconds * rate), round(seconds * 16000)
        greys = np.arange(count, dtype=np.uint8)
        return Clip(
            frames=np.broadcast_to(greys[:, None, None, None], (count, size, size, 3)).copy(),
            times=np.arange(count) / rate,
            boxes=np.tile(np.array([1, 2, 3, 4], np.float32), (count, 1)),
            scores=np.ones(count, np.float32),
            audio=np.random.default_rng(0).normal(0, 0.1, samples).astype(np.float32),
            duration=seconds,
        )

    return make
