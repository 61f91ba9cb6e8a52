"""How long runs take, measured on those that were trained, and what is left to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

from mrpn.common.errors import MrpnError
from mrpn.evaluation.history import load_history
from mrpn.training.callbacks import HISTORY
from mrpn.training.jobs import Job
from mrpn.training.studies.plan import is_finished

Key = tuple[Path, str]


@dataclass(frozen=True)
class Measured:
    """Seconds of the epochs a run has behind it."""

    seconds: tuple[float, ...]
    finished: bool


def time_left(jobs: Sequence[Job], at_once: int) -> float | None:
    """Return about how many seconds the unfinished jobs take; None while no epoch was measured.

    An epoch takes as long as those of the same strategy and recipe did; of the same strategy in
    another recipe; or, by modalities, as those of other strategies did. A run has as many
    epochs as finished ones of its kind needed, otherwise all that its recipe allows. Source: ours.

    Args:
        jobs: all, finished ones too: these are measured.
        at_once: how many run at a time, as those did that are measured.
    """
    measured = {job.folder: _measure(job) for job in jobs}
    paces = _Paces([(job, measured[job.folder]) for job in jobs])
    left = [_left(job, measured[job.folder], paces) for job in jobs if not is_finished(job)]
    known = [seconds for seconds in left if seconds is not None]
    if len(known) < len(left):
        return None
    return max(sum(known) / at_once, max(known, default=0.0))


def spoken(seconds: float) -> str:
    """Return a duration in words: "3 h 10 min", "12 min", "40 s"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{minutes} min"


def _left(job: Job, measured: Measured, paces: "_Paces") -> float | None:
    pace = paces.of(job)
    epochs = max(paces.epochs(job) - len(measured.seconds), 0.0)
    return None if pace is None else pace * epochs


def _measure(job: Job) -> Measured:
    try:
        seconds = load_history(job.folder / HISTORY)["seconds"].tolist()
    except (MrpnError, OSError):
        seconds = []
    return Measured(tuple(seconds), is_finished(job))


class _Paces:
    """Seconds of an epoch, by what was measured of whom."""

    def __init__(self, measured: Iterable[tuple[Job, Measured]]) -> None:
        self._same: dict[Key, list[float]] = {}
        self._strategy: dict[str, list[float]] = {}
        self._modality: dict[tuple[str, ...], list[float]] = {}
        self._epochs: dict[Key, list[int]] = {}
        for job, found in measured:
            key = (job.out, job.strategy)
            self._same.setdefault(key, []).extend(found.seconds)
            self._strategy.setdefault(job.strategy, []).extend(found.seconds)
            used = job.recipe.modalities(job.strategy)
            self._modality.setdefault(used, []).extend(found.seconds)
            if found.finished:
                self._epochs.setdefault(key, []).append(len(found.seconds))

    def epochs(self, job: Job) -> float:
        ended = self._epochs.get((job.out, job.strategy))
        return fmean(ended) if ended else job.recipe.optimisation.epochs

    def of(self, job: Job) -> float | None:
        for known in (self._same.get((job.out, job.strategy)), self._strategy.get(job.strategy)):
            if known:
                return median(known)
        return self._by_modalities(job.recipe.modalities(job.strategy))

    def _by_modalities(self, wanted: tuple[str, ...]) -> float | None:
        """Return the sum of what each modality takes: alone where known, else an equal share."""
        alone = {used[0]: median(s) for used, s in self._modality.items() if len(used) == 1 and s}
        shares = [median(s) / len(used) for used, s in self._modality.items() if s]
        if not shares:
            return None
        return sum(alone.get(name, fmean(shares)) for name in wanted)
