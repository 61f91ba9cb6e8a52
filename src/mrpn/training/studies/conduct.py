"""Conducting a study: its corpora prepared, and all its runs trained as one pool of jobs."""

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from rich.markup import escape

from mrpn.common.errors import MrpnError
from mrpn.common.locking import alone
from mrpn.common.progress import say
from mrpn.media import ClipSettings
from mrpn.preparation import PreparedCorpus
from mrpn.training.collect import write_problems
from mrpn.training.jobs import Ended, Job
from mrpn.training.pool import default_jobs, threads_of_each, train_jobs
from mrpn.training.studies.checking import check_inputs
from mrpn.training.studies.corpora import Corpora
from mrpn.training.studies.keeping import begin_study
from mrpn.training.studies.plan import Chosen, Plan, distinct_jobs, is_finished, make_plan
from mrpn.training.studies.recipes import FULL_SIZE, RowRecipe, row_recipes
from mrpn.training.studies.record import make_record
from mrpn.training.studies.study import Study
from mrpn.training.studies.throughput import spoken, time_left

LOCK = "crossval.lock"
# How often the overall line is said while no run ends, in seconds.
_EVERY = 600.0


@dataclass(frozen=True)
class Request:
    """What is asked of a study.

    Attributes:
        study: with the protocols and seeds wanted.
        place: its file.
        out: folder of all studies: prepared corpora and runs are shared there.
        size, changes: of the recipe, as `row_recipes` has them.
        initial: weights, by name or path, that all rows' encoders start from, by modality.
        chosen: the part to be trained now.
        jobs: runs at a time; None as the machine allows.
        minutes: no epoch begins after so many, preparing counted in; None sets no limit.
        commands: how it is being made, for the report.
    """

    study: Study
    place: Path
    out: Path
    size: str = FULL_SIZE
    changes: Sequence[str] = ()
    initial: Mapping[str, str] = field(default_factory=dict)
    chosen: Chosen = field(default_factory=Chosen)
    jobs: int | None = None
    minutes: float | None = None
    commands: Sequence[str] = ()

    @property
    def folder(self) -> Path:
        """Where the study's table and report lie."""
        return self.out / self.study.name

    @property
    def at_once(self) -> int:
        """How many runs are trained at a time."""
        return self.jobs or default_jobs()


@dataclass(frozen=True)
class Conducted:
    """What came of it.

    Attributes:
        plan: all cells of the study.
        failed: the runs that failed.
        left: how many of the chosen runs are not finished, failed ones among them.
    """

    plan: Plan
    failed: tuple[Ended, ...]
    left: int


def only_in(out: Path) -> AbstractContextManager[None]:
    """Hold the folder of all studies for oneself; MrpnError if another process does."""
    busy = f"{out}: another 'mrpn crossval' is at work here; wait for it, or name another --out"
    return alone(out / LOCK, MrpnError(busy))


def plan_study(request: Request, corpora: Corpora) -> Plan:
    """Return the plan of a study; corpora that are missing are prepared.

    Raises:
        MrpnError: settings that do not fit, weights or clips that are not there or do not fit:
            all that can be known of it before anything is prepared; or clips that cannot be had.
    """
    recipes = _recipes(request, corpora)
    deadline = _deadline(request)
    ready = {name: corpora.make(clip) for name, clip in _ways_of_reading(recipes).items()}
    return _plan(request, corpora, recipes, ready, deadline)


def ready_plan(request: Request, corpora: Corpora) -> Plan | None:
    """Return the plan of a study whose corpora are prepared; None if one is not.

    Writes nothing. Raises MrpnError for all that `plan_study` would refuse without preparing.
    """
    recipes = _recipes(request, corpora)
    found = {name: corpora.find(clip) for name, clip in _ways_of_reading(recipes).items()}
    ready = {name: corpus for name, corpus in found.items() if corpus is not None}
    if len(ready) < len(found):
        return None
    return _plan(request, corpora, recipes, ready, _deadline(request))


def missing_corpora(request: Request, corpora: Corpora) -> list[ClipSettings]:
    """Return the settings with which the corpus is to be prepared yet; raises as `ready_plan`."""
    clips = _ways_of_reading(_recipes(request, corpora)).values()
    wanted = {clip.model_dump_json(): clip for clip in clips}
    return [clip for clip in wanted.values() if corpora.find(clip) is None]


def _recipes(request: Request, corpora: Corpora) -> list[RowRecipe]:
    """Return the rows' recipes, once nothing is seen to be wrong with what they ask for."""
    found = row_recipes(request.study, request.place, size=request.size, changes=request.changes)
    check_inputs(
        request.study, found, corpora.manifest, chosen=request.chosen, initial=request.initial
    )
    return found


def _ways_of_reading(recipes: Iterable[RowRecipe]) -> dict[str, ClipSettings]:
    """Return the settings of clips, by the digest of the preprocessing they are part of."""
    all_of_them = (each.recipe.preprocessing for each in recipes)
    return {preprocessing.digest: preprocessing.clip for preprocessing in all_of_them}


def _deadline(request: Request) -> float | None:
    """Return when no epoch begins any more; what is prepared from now on counts in."""
    return None if request.minutes is None else time.time() + 60 * request.minutes


def _plan(
    request: Request,
    corpora: Corpora,
    recipes: Sequence[RowRecipe],
    ready: Mapping[str, PreparedCorpus],
    deadline: float | None,
) -> Plan:
    return make_plan(
        request.study,
        recipes,
        corpora.manifest,
        ready,
        request.out,
        initial=request.initial,
        threads=threads_of_each(request.at_once),
        deadline=deadline,
    )


def conduct(request: Request, corpora: Corpora) -> Conducted:
    """Train what is chosen of a study and not finished yet; runs that fail stop no others.

    Args:
        request: what is asked.
        corpora: where clips come from; what is missing is prepared.

    Raises:
        MrpnError: settings that do not fit, or another process at work in the folder.
    """
    with only_in(request.out):
        plan = plan_study(request, corpora)
        chosen = plan.choose(request.chosen)
        record = make_record(
            request.folder,
            plan,
            corpora.manifest,
            size=request.size,
            changes=tuple(request.changes),
            commands=tuple(request.commands),
        )
        begin_study(request.folder, record)
        jobs = distinct_jobs(chosen)
        # Every way of reading meets the same files, so one tells what is amiss with them.
        write_problems(PreparedCorpus(jobs[0].prepared), request.folder)
        progress = _Progress(jobs, request.at_once)
        to_do = [job for job in jobs if not is_finished(job)]
        ends = train_jobs(to_do, request.at_once, ended=progress.ended, tick=progress.tick)
    failed = tuple(end for end in ends if end.state == "failed")
    return Conducted(plan, failed, sum(not is_finished(job) for job in jobs))


class _Progress:
    """Says how far all runs are, whenever one has ended and every ten minutes."""

    def __init__(self, jobs: list[Job], at_once: int) -> None:
        self._jobs = jobs
        self._at_once = at_once
        self._said = -_EVERY
        done = sum(map(is_finished, jobs))
        say(f"{done} of {len(jobs)} runs are finished; {at_once} at a time")

    def ended(self, end: Ended) -> None:
        if end.state == "failed":
            job = end.job
            say(
                f"[bold red]failed:[/] {job.strategy} on {job.fold.name}, seed {job.recipe.seed}: "
                f"{escape(end.reason)}"
            )
        if end.state != "stopped":
            self._say()

    def tick(self) -> None:
        if time.monotonic() - self._said > _EVERY and self._left() is not None:
            self._say()  # also as soon as a first epoch tells how long it all takes

    def _left(self) -> float | None:
        return time_left(self._jobs, self._at_once)

    def _say(self) -> None:
        done, left = sum(map(is_finished, self._jobs)), self._left()
        rest = "" if not left else f", about {spoken(left)} left"
        say(f"done {done} of {len(self._jobs)} runs{rest}")
        self._said = time.monotonic()
