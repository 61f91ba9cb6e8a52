"""Seeding each part of a network by its name, so that parts shared by two networks start equal."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int, part: str) -> Iterator[None]:
    """Draw the initial values inside the block from `seed` and the name of the part alone.

    The global generator of the CPU is put back afterwards; those of GPUs are not touched.
    """
    digest = hashlib.sha256(f"{seed}:{part}".encode()).digest()
    state = torch.default_generator.get_state()
    torch.default_generator.manual_seed(int.from_bytes(digest[:7], "big"))
    try:
        yield
    finally:
        torch.default_generator.set_state(state)


def drawn_seed() -> int:
    """Draw a seed from the global generator: one draw, however much is built with it."""
    return int(torch.randint(2**31, ()))
