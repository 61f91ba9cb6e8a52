"""What a study comes to: every row under every protocol, with every seed, on every fold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mrpn.common.errors import ConfigError
from mrpn.corpora.folds import Fold, Protocol
from mrpn.corpora.manifest import Manifest
from mrpn.corpora.registry import corpus_folds
from mrpn.evaluation.strategies import unimodal
from mrpn.preparation import PreparedCorpus
from mrpn.training.jobs import Job
from mrpn.training.recipe import Recipe
from mrpn.training.run import RESULT
from mrpn.training.studies.recipes import RowRecipe
from mrpn.training.studies.starts import starting_files
from mrpn.training.studies.study import PRODUCT, Row, Study
from mrpn.training.studies.variants import Variant, variant_of


@dataclass(frozen=True)
class PlannedRun:
    """One cell of the table: a row on a fold with a seed.

    Attributes:
        row: of the study.
        protocol, fold, seed: under which, on which, with which.
        jobs: the trained runs it is made of: one, or those whose posteriors are multiplied.
    """

    row: Row
    protocol: Protocol
    fold: Fold
    seed: int
    jobs: tuple[Job, ...]

    @property
    def finished(self) -> bool:
        """Whether all that it is made of is there."""
        return all(is_finished(job) for job in self.jobs)


@dataclass(frozen=True)
class Chosen:
    """Which part of a plan is to be trained now; None takes all."""

    rows: Sequence[str] | None = None
    folds: Sequence[str] | None = None


@dataclass(frozen=True)
class Plan:
    """All cells of a study, row by row in the order in which they are trained."""

    study: Study
    folds: tuple[Fold, ...]
    runs: tuple[PlannedRun, ...]

    def choose(self, chosen: Chosen) -> tuple[PlannedRun, ...]:
        """Return the cells of some rows and folds; ConfigError for a name that is not there."""
        rows = known_names(chosen.rows, [row.row for row in self.study.rows], "row")
        folds = known_names(chosen.folds, [fold.name for fold in self.folds], "fold")
        return tuple(r for r in self.runs if r.row.row in rows and r.fold.name in folds)


def make_plan(
    study: Study,
    recipes: Iterable[RowRecipe],
    manifest: Manifest,
    corpora: Mapping[str, PreparedCorpus],
    out: Path,
    *,
    initial: Mapping[str, str] | None = None,
    threads: int = 1,
    deadline: float | None = None,
) -> Plan:
    """Return the plan of a study.

    Args:
        study: the study.
        recipes: of its rows, under each protocol.
        manifest: the corpus's clips, whose actors are folded.
        corpora: prepared, by the digest of the preprocessing that reads them.
        out: folder of all studies.
        initial: weights, by name or path, of --initial, by modality.
        threads, deadline: of every run, as `Job` has them.

    Raises:
        CorpusError: a fold that the corpus does not have.
        ConfigError, WeightsError: weights to start from that are not given, or not there.
    """
    runs: list[PlannedRun] = []
    folds: dict[str, Fold] = {}
    for each in recipes:
        row, corpus = each.row, corpora[each.recipe.preprocessing.digest]
        starts = starting_files(row, each.recipe, initial or {})
        variant = variant_of(each.recipe, corpus, starts, out)
        tested = tested_folds(study, manifest, each.protocol)
        folds |= {fold.digest: fold for fold in tested}
        for seed in study.seeds:
            for fold in tested:
                jobs = _jobs(variant, row.strategy, fold, seed, threads, deadline)
                runs.append(PlannedRun(row, each.protocol, fold, seed, jobs))
    return Plan(study, tuple(folds.values()), tuple(runs))


def fold_named(manifest: Manifest, protocol: Protocol, name: str) -> Fold:
    """Return one of the corpus's folds under a protocol; CorpusError if there is none."""
    return corpus_folds(manifest, protocol)[name]


def tested_folds(study: Study, manifest: Manifest, protocol: Protocol) -> list[Fold]:
    """Return the folds of a study under a protocol: those it names, or all of the corpus.

    Raises CorpusError for one that the corpus does not have, or too few actors for any.
    """
    of_corpus = corpus_folds(manifest, protocol)
    return [of_corpus[name] for name in study.folds] or list(of_corpus)


def strategies_of(recipe: Recipe, strategy: str) -> tuple[str, ...]:
    """Return what is trained for a row's strategy: itself, or each modality alone."""
    alone = tuple(unimodal(name) for name in sorted(recipe.network.branches))
    return alone if strategy == PRODUCT else (strategy,)


def distinct_jobs(runs: Iterable[PlannedRun]) -> list[Job]:
    """Return the jobs of some cells, each once, with those that others build on before them."""
    found: dict[Path, Job] = {}
    for run in runs:
        for job in run.jobs:
            for need in job.recipe.needs(job.strategy):
                needed = job.of(need)
                found.setdefault(needed.folder, needed)
            found.setdefault(job.folder, job)
    return list(found.values())


def is_finished(job: Job) -> bool:
    """Whether a job's run is there, finished; its folder's name says that it is this one."""
    return (job.folder / RESULT).exists()


def known_names(wanted: Sequence[str] | None, there: Iterable[str], what: str) -> set[str]:
    """Return the names that are wanted, all if None; ConfigError for one that is not there."""
    known = dict.fromkeys(there)
    for name in wanted or ():
        if name not in known:
            raise ConfigError(f"no {what} '{name}' in this study; there are {' | '.join(known)}")
    return set(wanted or known)


def _jobs(
    variant: Variant, strategy: str, fold: Fold, seed: int, threads: int, deadline: float | None
) -> tuple[Job, ...]:
    return tuple(
        variant.job(fold, each, seed, threads=threads, deadline=deadline)
        for each in strategies_of(variant.recipe, strategy)
    )
