"""Sounds made on the spot: a voice that the rule of speech takes for one, and what is none."""

import numpy as np
from numpy.typing import NDArray

RATE = 16000


def voice(seconds: float, seed: int = 0, rate: int = RATE) -> NDArray[np.float32]:
    """Return harmonics whose pitch glides and whose loudness comes in syllables."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    pitch = 130 + 45 * np.sin(2 * np.pi * 1.3 * time + random.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    sound = sum(np.sin(k * phase) / k for k in range(1, 9))
    syllables = 0.15 + np.clip(np.sin(2 * np.pi * 3.1 * time + random.uniform(0, 6)), 0, 1)
    return (0.2 * sound * syllables + 1e-4 * random.standard_normal(len(time))).astype(np.float32)


def melody(seconds: float, rate: int = RATE) -> NDArray[np.float32]:
    """Return steady notes, two a second, over a chord."""
    time = np.arange(round(seconds * rate)) / rate
    steps = np.array([0, 4, 7, 12, 7, 4])[(2 * time).astype(int) % 6]
    decay = np.exp(-3 * (time % 0.5))
    sound = np.zeros_like(time)
    for note, strength in ((220 * 2 ** (steps / 12), decay), (110.0, 0.4), (165.0, 0.3)):
        sound += strength * sum(np.sin(2 * np.pi * k * note * time) / k for k in range(1, 5))
    return (0.15 * sound).astype(np.float32)
