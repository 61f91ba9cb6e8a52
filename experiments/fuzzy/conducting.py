"""Many runs of seconds in a few processes of one thread each, none begun after a given time."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Any, TypeVar

import torch

from mrpn.common.processes import end_with_parent
from mrpn.common.progress import say, set_quiet

U = TypeVar("U")
Outcome = dict[str, Any]


def run_all(
    units: Sequence[U], run: Callable[[U], Outcome], jobs: int, end: float
) -> Iterator[Outcome]:
    """Yield outcomes as they come.

    Args:
        units: what is to be run, in this order.
        run: runs one of them, in another process.
        jobs: how many at a time.
        end: none is begun after it, in seconds of `time.monotonic`.
    """
    waiting = list(units)
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin) as pool:
        running: set[Future[Outcome]] = set()
        while waiting or running:
            while waiting and len(running) < jobs and time.monotonic() < end:
                running.add(pool.submit(run, waiting.pop(0)))
            if not running:
                say(f"the time is up: {len(waiting)} runs are left; the same command goes on")
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


def _begin() -> None:
    end_with_parent()
    torch.set_num_threads(1)
    set_quiet(True)
