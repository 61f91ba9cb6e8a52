"""Keeping two processes from writing into one folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mrpn.common.errors import MrpnError


@contextmanager
def alone(lock: Path, otherwise: MrpnError) -> Iterator[None]:
    """Hold a lock file for the block; a killed process holds it no longer.

    Args:
        lock: the file, whose folder is made.
        otherwise: raised at once if another process holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(lock, timeout=0):
            yield
    except Timeout:
        raise otherwise from None


@contextmanager
def in_turn(lock: Path) -> Iterator[None]:
    """Hold a lock file for the block, once no other process does; its folder is made."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock):
        yield
