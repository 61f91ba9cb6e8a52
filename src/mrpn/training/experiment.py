"""A recipe over folds and strategies: several runs at once, each resumable, none repeated."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mrpn.common.machine import usable_cores
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.collect import write_problems
from mrpn.training.jobs import Ended, Job
from mrpn.training.pool import default_jobs, train_jobs
from mrpn.training.recipe import Recipe


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
        jobs: runs at a time. By default two on an accelerator that holds them; else one thread
            each on every core, which trains faster in sum than one run on all cores.
        threads: of each run; by default the cores are shared out among the jobs. Another number
            changes the last bits of sums, and so, in the end, single predictions.
        initial: weights files whose encoders the runs start from, by modality.

    Returns:
        The runs' folders, fold by fold in the order of the strategies.

    Raises the first error of a run; the others are stopped, their last whole epochs kept.
    """
    chosen = with_needs(recipe, strategies or recipe.strategies or recipe.possible)
    write_problems(PreparedCorpus(prepared), out)
    tasks = [(fold, strategy) for fold in folds for strategy in chosen]
    jobs = min(jobs or default_jobs(), len(tasks))
    threads = threads or max(1, usable_cores() // jobs)
    work = [
        Job(recipe, prepared, fold, strategy, out, threads, dict(initial or {}))
        for fold, strategy in tasks
    ]

    def ended(end: Ended) -> None:
        if end.error is not None:
            raise end.error

    return [end.job.folder for end in train_jobs(work, jobs, ended=ended)]


def with_needs(recipe: Recipe, strategies: Sequence[str]) -> tuple[str, ...]:
    """Return the strategies with those they build on put before them, each once."""
    ordered: dict[str, None] = {}
    for strategy in strategies:
        ordered.update(dict.fromkeys((*recipe.needs(strategy), strategy)))
    return tuple(ordered)
