"""A recipe over folds and strategies: several runs at once, each resumable, none repeated."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

import torch

from mrpn.common.machine import usable_cores
from mrpn.common.progress import say
from mrpn.corpora.folds import Fold
from mrpn.evaluation.strategies import name_of
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.recipe import Recipe, Strategy
from mrpn.training.run import train_run
from mrpn.training.strategies import NEEDS

Task = tuple[str, Strategy]


def train_recipe(
    recipe: Recipe,
    prepared: Path,
    folds: Sequence[Fold],
    out: Path,
    strategies: Sequence[Strategy] | None = None,
    jobs: int | None = None,
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

    Returns:
        The runs' folders, fold by fold in the order of the strategies.
    """
    chosen = with_needs(strategies or recipe.strategies)
    tasks: list[Task] = [(fold.name, strategy) for fold in folds for strategy in chosen]
    jobs = min(jobs or default_jobs(), len(tasks))
    by_name = {fold.name: fold for fold in folds}
    folders: dict[Task, Path] = {}
    if jobs == 1:
        for fold_name, strategy in tasks:
            job = (recipe, prepared, by_name[fold_name], strategy, out, usable_cores())
            folders[fold_name, strategy] = _train(*job)
    else:
        threads = max(1, usable_cores() // jobs)
        # A process of its own for every run: runs must not share torch's global state.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(jobs, mp_context=context, max_tasks_per_child=4) as pool:
            running: dict[Future[Path], Task] = {}
            waiting = list(tasks)
            try:
                while waiting or running:
                    for task in [t for t in waiting if _ready(t, chosen, folders)]:
                        if len(running) >= jobs:
                            break
                        waiting.remove(task)
                        job = (recipe, prepared, by_name[task[0]], task[1], out, threads)
                        running[pool.submit(_train, *job)] = task
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        folders[running.pop(future)] = future.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in multiprocessing.active_children():
                    process.terminate()
                raise
    return [folders[task] for task in tasks]


def default_jobs() -> int:
    """Return how many runs to train at a time on this machine."""
    return 1 if torch.cuda.is_available() else usable_cores()


def with_needs(strategies: Sequence[Strategy]) -> tuple[Strategy, ...]:
    """Return the strategies with those they build on put before them, each once."""
    ordered: dict[Strategy, None] = {}
    for strategy in strategies:
        ordered.update(dict.fromkeys((*NEEDS.get(strategy, ()), strategy)))
    return tuple(ordered)


def _ready(task: Task, chosen: Sequence[Strategy], finished: dict[Task, Path]) -> bool:
    fold, strategy = task
    return all((fold, need) in finished for need in NEEDS.get(strategy, ()) if need in chosen)


def _train(
    recipe: Recipe, prepared: Path, fold: Fold, strategy: Strategy, out: Path, threads: int
) -> Path:
    torch.set_num_threads(threads)
    os.environ["OMP_NUM_THREADS"] = str(threads)
    corpus = PreparedCorpus(prepared)
    epochs = recipe.optimisation.epochs

    def report(row: dict[str, Any]) -> None:
        say(
            f"  {fold.name}  {name_of(strategy):<20} epoch {row['epoch']:>3}/{epochs}"
            f"  loss {row['train_loss']:.3f}"
            f"  validation {100 * row['validation_accuracy']:5.1f} %"
            f"  {row['seconds']:5.1f} s"
        )

    return train_run(recipe, corpus, fold, strategy, out, report)
