"""Many runs in a few processes: each when those it needs are finished, failures told apart."""

import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

import torch
from pebble import ProcessExpired, ProcessPool

from mrpn.common.errors import MrpnError
from mrpn.common.machine import usable_cores
from mrpn.common.processes import end_with_parent
from mrpn.common.progress import say
from mrpn.evaluation.strategies import name_of
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.hardware import bound_kernel_cache
from mrpn.training.jobs import Ended, Job, OutOfTimeError, State
from mrpn.training.run import train_run

# How often the caller is told that time passes, in seconds.
_TICK = 2.0
# A run at full size takes some ten GiB of an accelerator; two at once need as much again.
_MEMORY_FOR_TWO = 24 * 2**30


def default_jobs() -> int:
    """Return how many runs to train at a time on this machine.

    On processors one on every core; on an accelerator two, where its memory holds them.
    """
    if not torch.cuda.is_available():
        return usable_cores()
    return 2 if torch.cuda.get_device_properties(0).total_memory >= _MEMORY_FOR_TWO else 1


def threads_of_each(at_once: int) -> int:
    """Return how many threads a run of several at a time takes, where results are compared.

    On processors one, however many run: with another number single predictions may differ. On an
    accelerator, where threads only read clips, the cores are shared out.
    """
    return max(1, usable_cores() // at_once) if torch.cuda.is_available() else 1


def train_jobs(
    jobs: Sequence[Job],
    at_once: int,
    *,
    ended: Callable[[Ended], None] = lambda _: None,
    tick: Callable[[], None] = lambda: None,
) -> list[Ended]:
    """Train jobs in their order, several at once; one that fails does not stop the others.

    A job waits for those it needs among the others, and fails with them. With one at a time all
    are trained in this process.

    Args:
        jobs: each run once, those that others need before them.
        at_once: how many at a time.
        ended: called as each ends; what it raises stops all.
        tick: called every few seconds while runs go on in other processes.

    Returns:
        How each ended, in the order of the jobs.
    """
    if not jobs:
        return []
    bound_kernel_cache()
    book = _Book(list(jobs), ended)
    if at_once == 1:
        _one_by_one(book)
    else:
        _side_by_side(book, min(at_once, len(jobs)), tick)
    return [book.ends[job.folder] for job in jobs]


class _Book:
    """What waits, and how the rest ended."""

    def __init__(self, jobs: list[Job], ended: Callable[[Ended], None]) -> None:
        self.waiting = jobs
        self.ends: dict[Path, Ended] = {}
        self._ended = ended
        self._ours = {job.folder for job in jobs}

    def end(self, job: Job, state: State, error: Exception | None = None) -> None:
        self.ends[job.folder] = Ended(job, state, error)
        self._ended(self.ends[job.folder])

    def next(self) -> Job | None:
        """Take the first job that may start; end those whose needs failed, or whose time is up."""
        for job in list(self.waiting):
            if job.deadline is not None and time.time() >= job.deadline:
                self.waiting.remove(job)
                self.end(job, "stopped")
                continue
            needs = [need for need in job.needs if need in self._ours]
            if any(need not in self.ends for need in needs):
                continue
            self.waiting.remove(job)
            missing = [self.ends[need] for need in needs if self.ends[need].state != "finished"]
            if not missing:
                return job
            needed = f"'{job.strategy}' builds on '{missing[0].job.strategy}'"
            stopped = missing[0].state == "stopped"
            error = None if stopped else MrpnError(f"{needed}, which has failed")
            self.end(job, missing[0].state, error)
        return None


def _one_by_one(book: _Book) -> None:
    threads = torch.get_num_threads()
    try:
        while (job := book.next()) is not None:
            try:
                train_job(job)
            except OutOfTimeError:
                book.end(job, "stopped")
            except Exception as error:
                book.end(job, "failed", error)
            else:
                book.end(job, "finished")
    finally:
        torch.set_num_threads(threads)


def _side_by_side(book: _Book, at_once: int, tick: Callable[[], None]) -> None:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(max_workers=at_once, initializer=end_with_parent, context=context)
    running: dict[Future[Path], Job] = {}
    try:
        while book.waiting or running:
            while len(running) < at_once and (job := book.next()) is not None:
                running[pool.schedule(train_job, args=(job,))] = job
            done, _ = wait(running, _TICK, FIRST_COMPLETED)
            for future in done:
                _settle(book, running.pop(future), future)
            if running and not pool.active:
                raise MrpnError("training processes end as soon as they start; try --jobs 1")
            tick()
    finally:
        # What still runs would otherwise be waited for; its last whole epoch is kept.
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _settle(book: _Book, job: Job, future: Future[Path]) -> None:
    try:
        future.result()
    except OutOfTimeError:
        book.end(job, "stopped")
    except ProcessExpired:
        reason = (
            "its process has died, perhaps for want of memory; run it again with fewer --jobs, "
            "finished epochs are kept"
        )
        book.end(job, "failed", MrpnError(reason))
    except Exception as error:
        book.end(job, "failed", error)
    else:
        book.end(job, "finished")


def train_job(job: Job) -> Path:
    """Train one job in this process, saying a line for every epoch; return the run's folder.

    Raises:
        OutOfTimeError: the deadline passed before the last epoch.
    """
    torch.set_num_threads(job.threads)
    os.environ["OMP_NUM_THREADS"] = str(job.threads)
    corpus = PreparedCorpus(job.prepared)
    epochs = job.recipe.optimisation.epochs

    def report(row: dict[str, Any]) -> None:
        say(
            f"  {job.fold.name}  {name_of(job.strategy):<20} epoch {row['epoch']:>3}/{epochs}"
            f"  loss {row['train_loss']:.3f}"
            f"  validation {100 * row['validation_accuracy']:5.1f} %"
            f"  {row['seconds']:5.1f} s"
        )
        # By now the epoch is saved; a run that has done its last one may finish.
        if job.deadline is not None and time.time() >= job.deadline and row["epoch"] < epochs:
            raise OutOfTimeError(f"{job.folder}: the time is up after epoch {row['epoch']}")

    return train_run(
        job.recipe, corpus, job.fold, job.strategy, job.out, report=report, initial=job.initial
    )
