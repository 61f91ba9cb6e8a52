"""Many runs of seconds in a few processes of one thread each, none begun after a given time."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from multiprocessing import get_context
from typing import Any, TypeVar

import torch
from pebble import ProcessExpired, ProcessPool

from mrpn.common.errors import MrpnError
from mrpn.common.processes import end_with_parent
from mrpn.common.progress import say, set_quiet

U = TypeVar("U")
Outcome = dict[str, Any]
# How often it is looked whether the pool itself is well, in seconds.
_TICK = 2.0


def run_all(
    units: Sequence[U], run: Callable[[U], Outcome], jobs: int, end: float
) -> Iterator[Outcome]:
    """Yield outcomes as they come; whatever ends this early stops what still runs.

    Args:
        units: what is to be run, in this order.
        run: runs one of them, in another process.
        jobs: how many at a time.
        end: none is begun after it, in seconds of `time.monotonic`.

    Raises:
        MrpnError: a process has died.
    """
    waiting = list(units)
    running: set[Future[Outcome]] = set()
    pool = ProcessPool(jobs, initializer=_begin, context=get_context("spawn"))
    try:
        while waiting or running:
            while waiting and len(running) < jobs and time.monotonic() < end:
                running.add(pool.schedule(run, args=(waiting.pop(0),)))
            if not running:
                say(f"the time is up: {len(waiting)} runs are left; the same command goes on")
                return
            done, running = wait(running, _TICK, FIRST_COMPLETED)
            for future in done:
                yield _outcome(future)
            if running and not pool.active:
                raise MrpnError("processes end as soon as they start; give them more memory")
    finally:
        pool.stop()
        pool.join()


def _outcome(future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except ProcessExpired:
        raise MrpnError(
            "a process has died, perhaps for want of memory; run it again with fewer --jobs"
        ) from None


def _begin() -> None:
    end_with_parent()
    torch.set_num_threads(1)
    set_quiet(True)
