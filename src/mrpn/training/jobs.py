"""One run as it is handed to the process that trains it, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from mrpn.common.errors import MrpnError
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.training.recipe import Recipe
from mrpn.training.run import RunPlace

State = Literal["finished", "failed", "stopped"]


@dataclass(frozen=True)
class Job:
    """One run, as it is sent to the process that trains it.

    Attributes:
        recipe: the experiment; its seed is the run's.
        prepared: folder of the prepared corpus.
        fold: who trains, validates and tests.
        strategy: one of `recipe.possible`.
        out: folder of the recipe's runs.
        threads: of the run.
        initial: weights, by name or path, that encoders start from, by modality.
        deadline: no epoch begins after it, in seconds since 1970; None sets none.
    """

    recipe: Recipe
    prepared: Path
    fold: Fold | OfficialSplit
    strategy: str
    out: Path
    threads: int = 1
    initial: Mapping[str, Path | str] = field(default_factory=dict)
    deadline: float | None = None

    @property
    def folder(self) -> Path:
        """Where the run lies."""
        return self._place.folder(self.strategy)

    @property
    def needs(self) -> tuple[Path, ...]:
        """Where the runs lie that it builds on."""
        return tuple(map(self._place.folder, self.recipe.needs(self.strategy)))

    def of(self, strategy: str) -> "Job":
        """Return the job of another strategy, the same in all else."""
        return replace(self, strategy=strategy)

    @property
    def _place(self) -> RunPlace:
        return RunPlace(self.out, self.fold.name, self.recipe.seed)


@dataclass(frozen=True)
class Ended:
    """How a job came to its end: finished, failed by an error, or stopped by its deadline."""

    job: Job
    state: State
    error: Exception | None = None

    @property
    def reason(self) -> str:
        """What went wrong, in one line; empty where nothing did."""
        if self.error is None:
            return ""
        text = " ".join(str(self.error).split())
        known = isinstance(self.error, MrpnError)
        return text if known else f"{type(self.error).__name__}: {text}"


class OutOfTimeError(MrpnError):
    """The deadline has passed; the run's last whole epoch is kept."""
