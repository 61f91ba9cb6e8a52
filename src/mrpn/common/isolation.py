"""Running a function over tasks where a crash, a hang or hunger for memory costs one task alone.

Workers are started afresh ("spawn"), so that what the caller holds open is not copied into them.
"""

import errno
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Generic, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from mrpn.common.processes import end_with_parent

try:
    import resource
except ImportError:  # a system without limits, as Windows
    resource = None  # type: ignore[assignment]

T = TypeVar("T")
R = TypeVar("R")
# With this a worker ends that ran into its limit of memory; what it has in hand is not to be kept.
_OUT_OF_MEMORY = errno.ENOMEM
_KILLED = -9
_CRASHED = "the decoder crashed"
# How often it is looked whether the pool itself is well, in seconds.
_POLL = 0.5
# So many tasks in a row whose workers cannot even be watched mean that no worker can work here.
_MOST_BREAKS = 3


@dataclass(frozen=True)
class Lost:
    """A task without a result.

    Attributes:
        reason: what became of it, as "took longer than 120 s"; one line without the task's name.
    """

    reason: str


def run_isolated(
    function: Callable[[T], R],
    tasks: Iterable[T],
    *,
    workers: int,
    seconds: Callable[[T], float],
    memory_mb: int | None = 4096,
    ahead: int | None = None,
) -> Generator[R | Lost, None, None]:
    """Yield `function(task)` for each task, in their order, computed in worker processes.

    A task whose worker dies, or needs more time or memory than it may, yields `Lost`; the others
    go on. What `function` raises is raised here, MemoryError excepted. Closing the generator, or
    an exception in its user, stops the workers at once. Source: ours.

    Args:
        function: a picklable function; its module is imported in every worker.
        tasks: picklable; read as they are needed.
        workers: number of processes, >= 1.
        seconds: how long a task may take, > 0, counted from its start in a worker.
        memory_mb: how much memory a worker may take for data, in MiB; None leaves it to the
            system. Without effect where the system cannot limit it.
        ahead: how many tasks are in hand at most; four for each worker if None.
    """
    queue = _Queue(function, workers, seconds, memory_mb)
    waiting = iter(tasks)
    try:
        for task in islice(waiting, ahead or 4 * workers):
            queue.add(task)
        while queue:
            result = queue.next()
            for task in islice(waiting, 1):
                queue.add(task)
            yield result
    finally:
        queue.stop()


class _Queue(Generic[T, R]):
    """Tasks in hand, in order, and the pool that works on them."""

    def __init__(
        self,
        function: Callable[[T], R],
        workers: int,
        seconds: Callable[[T], float],
        memory_mb: int | None,
    ) -> None:
        self._function = function
        self._workers = workers
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._pool = self._new_pool()
        self._tasks: deque[tuple[T, ProcessFuture[R] | None]] = deque()
        self._breaks = 0

    def __len__(self) -> int:
        return len(self._tasks)

    def add(self, task: T) -> None:
        self._tasks.append((task, self._schedule(task)))

    def next(self) -> R | Lost:
        """Return the oldest task's result."""
        try:
            result = self._result()
        except BrokenProcessPool:
            # A worker died before the pool knew what it worked on: whoever it was gets another go.
            self._restart()
            try:
                result = self._result()
            except BrokenProcessPool:
                self._restart()
                self._breaks += 1
                if self._breaks == _MOST_BREAKS:
                    raise
                result = Lost(_CRASHED)
        self._tasks.popleft()
        return result

    def _result(self) -> R | Lost:
        task, future = self._tasks[0]
        while future is None or not wait([future], _POLL).done:
            if future is None or not self._pool.active:
                raise BrokenProcessPool
        try:
            result = future.result()
        except ProcessExpired as error:
            return Lost(_ending(error.exitcode, self._memory_mb))
        except TimeoutError as error:
            if error.__cause__ is not None:  # the function's own, which comes with its traceback
                raise
            return Lost(f"took longer than {self._seconds(task):g} s")
        self._breaks = 0
        return result

    def stop(self) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _restart(self) -> None:
        """Make a new pool; tasks without a result are begun again in it."""
        self.stop()
        self._pool = self._new_pool()
        for index, (task, future) in enumerate(self._tasks):
            if future is None or not _finished(future):
                self._tasks[index] = (task, self._schedule(task))

    def _schedule(self, task: T) -> ProcessFuture[R] | None:
        """Hand a task to the pool; None if the pool is broken and has to be made anew."""
        try:
            return self._pool.schedule(_run, (self._function, task), timeout=self._seconds(task))
        except RuntimeError:
            return None

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            initializer=_start_worker,
            initargs=(self._memory_mb,),
            context=get_context("spawn"),
        )


def _finished(future: ProcessFuture[R]) -> bool:
    return future.done() and not isinstance(future.exception(), BrokenProcessPool)


def _start_worker(memory_mb: int | None) -> None:
    """Prepare a worker: it dies at once when told to, with its parent, and from too much memory."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent()
    if memory_mb is not None and resource is not None:
        most = resource.getrlimit(resource.RLIMIT_DATA)[1]
        wanted = memory_mb * 2**20
        limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, most))


def _run(function: Callable[[T], R], task: T) -> R:
    try:
        return function(task)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


def _ending(code: int, memory_mb: int | None) -> str:
    """Say why a worker ended by its exit code, which is minus the signal that ended it."""
    if code == _OUT_OF_MEMORY:
        return (
            "needed more memory than there is"
            if memory_mb is None
            else f"needed more than {memory_mb} MB"
        )
    if code == -signal.SIGKILL:
        return "was ended from outside, as systems do that run out of memory"
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"exit code {code}"
    return f"{_CRASHED} ({name})"
