"""A recipe over folds and strategies: several runs at once, each resumable, none repeated."""

import multiprocessing
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mrpn.common.errors import MrpnError
from mrpn.common.machine import usable_cores
from mrpn.common.processes import end_with_parent
from mrpn.common.progress import say
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.evaluation.strategies import name_of
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.collect import write_problems
from mrpn.training.hardware import bound_kernel_cache
from mrpn.training.recipe import Recipe
from mrpn.training.run import train_run

Task = tuple[str, str]


@dataclass(frozen=True)
class Job:
    """One run, as it is sent to the process that trains it."""

    recipe: Recipe
    prepared: Path
    fold: Fold | OfficialSplit
    strategy: str
    out: Path
    threads: int
    initial: Mapping[str, Path]


def train_recipe(
    recipe: Recipe,
    prepared: Path,
    folds: Sequence[Fold | OfficialSplit],
    out: Path,
    *,
    strategies: Sequence[str] | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    initial: Mapping[str, Path] | None = None,
) -> list[Path]:
    """Train strategies on folds; finished runs are kept, interrupted ones resumed.

    Args:
        recipe: the experiment.
        prepared: folder of the prepared corpus.
        folds: the folds to run.
        out: folder for the runs.
        strategies: by default all that the recipe names; what `late` needs is added.
        jobs: runs at a time. By default one on an accelerator; else one thread each on every
            core, which trains faster in sum than one run on all cores.
        threads: of each run; by default the cores are shared out among the jobs. Another number
            changes the last bits of sums, and so, in the end, single predictions.
        initial: weights files whose encoders the runs start from, by modality.

    Returns:
        The runs' folders, fold by fold in the order of the strategies.
    """
    chosen = with_needs(recipe, strategies or recipe.strategies or recipe.possible)
    bound_kernel_cache()
    write_problems(PreparedCorpus(prepared), out)
    tasks: list[Task] = [(fold.name, strategy) for fold in folds for strategy in chosen]
    jobs = min(jobs or default_jobs(), len(tasks))
    threads = threads or max(1, usable_cores() // jobs)
    by_name = {fold.name: fold for fold in folds}
    work = {
        (name, strategy): Job(
            recipe, prepared, by_name[name], strategy, out, threads, dict(initial or {})
        )
        for name, strategy in tasks
    }
    folders = _one_by_one(work) if jobs == 1 else _side_by_side(work, jobs)
    return [folders[task] for task in tasks]


def _one_by_one(work: Mapping[Task, Job]) -> dict[Task, Path]:
    threads = torch.get_num_threads()
    try:
        return {task: _train(job) for task, job in work.items()}
    finally:
        torch.set_num_threads(threads)


def _side_by_side(work: Mapping[Task, Job], jobs: int) -> dict[Task, Path]:
    """Train in processes of their own, each run as soon as those it needs are finished."""
    context = multiprocessing.get_context("spawn")
    folders: dict[Task, Path] = {}
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=end_with_parent) as pool:
        running: dict[Future[Path], Task] = {}
        waiting = list(work)
        try:
            while waiting or running:
                for task in [t for t in waiting if _ready(t, work, folders)]:
                    if len(running) >= jobs:
                        break
                    waiting.remove(task)
                    running[pool.submit(_train, work[task])] = task
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    folders[running.pop(future)] = future.result()
        except BrokenProcessPool:
            raise MrpnError(
                "a training process has died, perhaps for want of memory; run it again with "
                "fewer --jobs, finished epochs are kept"
            ) from None
        except BaseException:
            # What runs would otherwise be waited for; its last whole epoch is kept.
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise
    return folders


def default_jobs() -> int:
    """Return how many runs to train at a time on this machine."""
    return 1 if torch.cuda.is_available() else usable_cores()


def with_needs(recipe: Recipe, strategies: Sequence[str]) -> tuple[str, ...]:
    """Return the strategies with those they build on put before them, each once."""
    ordered: dict[str, None] = {}
    for strategy in strategies:
        ordered.update(dict.fromkeys((*recipe.needs(strategy), strategy)))
    return tuple(ordered)


def _ready(task: Task, work: Mapping[Task, Job], finished: Mapping[Task, Path]) -> bool:
    fold, strategy = task
    needs = work[task].recipe.needs(strategy)
    return all((fold, n) in finished for n in needs if (fold, n) in work)


def _train(job: Job) -> Path:
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

    return train_run(
        job.recipe, corpus, job.fold, job.strategy, job.out, report=report, initial=job.initial
    )
