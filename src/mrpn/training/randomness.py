"""Random draws fixed by what they are for, not by who makes them or when.

Every draw has its own generator, seeded by the run's seed, the epoch and the clip. So batches
and augmentation are the same in any number of loader processes, and after a resumed run.
"""

import hashlib

import numpy as np


def mixed_seed(*parts: int | str) -> int:
    """Return a 63-bit seed that depends on every part and on their order."""
    text = "\0".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def generator(*parts: int | str) -> np.random.Generator:
    """Return a generator for the draw that the parts name."""
    return np.random.default_rng(mixed_seed(*parts))
