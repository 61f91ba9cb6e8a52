"""Scripts import one another by their bare names; so do their tests, which run them in here."""

import contextlib
import importlib
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
sys.path[:0] = [str(EXPERIMENTS), str(EXPERIMENTS / "baselines")]


class Ran(NamedTuple):
    """What a script left behind: its exit code and what it wrote to either stream."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The line that it ended with, without its mark; fails where it ended otherwise."""
        assert (self.code, self.out) == (1, ""), self.err
        assert self.err.count("error: ") == 1, self.err
        assert "Traceback" not in self.err
        last = self.err.splitlines()[-1]
        assert last.startswith("error: "), self.err
        return last.removeprefix("error: ")


Script = Callable[..., Ran]


def _run(name: str, *arguments: object) -> Ran:
    from scripting import run_script

    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        _signals(),
        mock.patch.object(sys, "argv", [f"{name}.py", *map(str, arguments)]),
        mock.patch.dict(os.environ, {"MRPN_QUIET": "", "COLUMNS": "80"}),
        mock.patch.object(os, "nice"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            run_script(importlib.import_module(name).main)
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Ran(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Answer Ctrl-C as a terminal's process does; leave timer and handlers as they were."""
    timer = signal.getitimer(signal.ITIMER_REAL)
    before = {each: signal.getsignal(each) for each in (signal.SIGALRM, signal.SIGINT)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        signal.setitimer(signal.ITIMER_REAL, *timer)


@pytest.fixture(scope="session")
def script() -> Script:
    """Run a script, such as `script("speakers", "--speech", folder)`."""
    return _run


@pytest.fixture(scope="module")
def undisturbed(train: Script, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """What a script leaves that nothing stops, and what it said; `train` is the module's own."""
    place = tmp_path_factory.mktemp("undisturbed")
    ran = train(place)
    assert ran.code == 0, ran.err
    return place, ran
