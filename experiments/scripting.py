"""What the scripts share: how they end, recipes by their names, numbers of the command line."""

import argparse
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from mrpn.cli.main import GOES_ON, answered
from mrpn.common.config import Settings, load_settings
from mrpn.common.errors import ConfigError
from mrpn.common.progress import say

RECIPES = Path(__file__).resolve().parent.parent / "recipes"
CHANGES = "optimisation.epochs=2 ..., with a --work and an --out of their own"
# A timer of 0 would never ring.
AT_ONCE = 1e-6
S = TypeVar("S", bound=Settings)


def run_script(main: Callable[[], object], *, resumes: bool = True) -> None:
    """Run a script's `main`; what a user can put right is one line, as of the `mrpn` command.

    The exit code is 1 for an error, 2 for a wrong usage, 130 when stopped, and 1 without a line
    where nobody reads the output any more.

    Args:
        main: reads the command line.
        resumes: whether the same command goes on where it was stopped.
    """
    with answered(GOES_ON if resumes else "stopped; nothing is kept"):
        try:
            main()
            sys.stdout.flush()
        except BrokenPipeError:
            # The interpreter writes what is left when it ends: to nobody, then.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


def load_recipe(model: type[S], name: str, changes: Sequence[str] = ()) -> S:
    """Return a recipe of `recipes/` by its name, with `key.sub=value` changes laid over it.

    Raises:
        ConfigError: there is none of that name; or what is in it, or changed, is wrong.
    """
    path = RECIPES / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in RECIPES.glob("*.yaml") if _fits(model, p)))
        raise ConfigError(f"{path}: there is no recipe '{name}'; there are {known}")
    return load_settings(model, path, changes)


def _fits(model: type[Settings], path: Path) -> bool:
    try:
        load_settings(model, path)
    except ConfigError:
        return False
    return True


class TimeUpError(Exception):
    """The sitting is over."""


def sitting(minutes: float | None, work: Callable[[], object]) -> None:
    """Work for so many minutes at most, and end quietly when they are over; None is for ever."""
    signal.signal(signal.SIGALRM, _stop)
    try:
        if minutes is not None:
            signal.setitimer(signal.ITIMER_REAL, max(60 * minutes, AT_ONCE))
        work()
    except TimeUpError:
        say("the time is up; the same command goes on")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def end_of_sitting(minutes: float | None) -> Callable[[int, int], None]:
    """Return what ends a sitting of so many minutes between two epochs; None lasts for ever.

    It is called with the epoch that is over and the last one, and raises TimeUpError where the time
    is up and epochs are left.
    """
    deadline = math.inf if minutes is None else time.monotonic() + 60 * minutes

    def over(epoch: int, last: int) -> None:
        if epoch < last and time.monotonic() > deadline:
            raise TimeUpError

    return over


def _stop(*_: object) -> None:
    raise TimeUpError


def positive(text: str) -> int:
    """Read a whole number of at least one, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is less than 1")
    return value


def minutes(text: str) -> float:
    """Read how long a sitting lasts, for argparse."""
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number of minutes")
    return value
