"""Help, wrong usages, exit codes, interruption: what every command has in common."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mrpn import __version__
from mrpn.recognition import Recognizer
from mrpn.training import pool

Run = Callable[..., Any]
VERBS = ["demo", "prepare", "train", "report", "predict", "corpus"]
CORPUS_VERBS = ["list", "check", "synthesize", "compose"]
STOPPED = "stopped; the same command goes on from here"


@pytest.fixture
def handler() -> Iterator[None]:
    """Answer Ctrl-C as a terminal's process does, even where a background job ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("verb", [[v] for v in VERBS] + [["corpus", v] for v in CORPUS_VERBS])
def test_the_help_of_every_verb_shows_an_example(mrpn: Run, verb: list[str]) -> None:
    ran = mrpn(*verb, "--help")
    text = " ".join(ran.out.split())
    assert ran.code == 0
    assert f"Example: mrpn {' '.join(verb)}" in text
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_the_main_help_lists_the_verbs_and_where_to_start(mrpn: Run) -> None:
    ran = mrpn("--help")
    assert ran.code == 0
    assert all(re.search(rf"│ {verb} ", ran.out) for verb in VERBS)
    assert "Start with: mrpn demo" in ran.out
    assert mrpn("-h").out == ran.out


def test_a_group_without_a_verb_shows_its_help(mrpn: Run) -> None:
    for arguments in ((), ("corpus",)):
        ran = mrpn(*arguments)
        assert (ran.code, ran.err) == (2, "")
        assert "Usage: mrpn" in ran.out


def test_the_version_is_said(mrpn: Run) -> None:
    assert mrpn("--version") == (0, f"mrpn {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["sing"], "No such command 'sing'; see 'mrpn --help'"),
        (["corpus", "sing"], "No such command 'sing'; see 'mrpn corpus --help'"),
        (["train", "--nope"], "No such option: --nope; see 'mrpn train --help'"),
        (["train"], "Missing argument 'recipe'; see 'mrpn train --help'"),
        (["predict"], "Missing argument 'files'; see 'mrpn predict --help'"),
        (["demo", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["demo", "--jobs", "many"], "Invalid value for '--jobs'"),
        (["demo", "--out"], "Option '--out' requires an argument"),
        (["corpus", "list", "more"], "unexpected extra argument"),
    ],
)
def test_a_wrong_usage_is_one_line(mrpn: Run, arguments: list[str], line: str) -> None:
    ran = mrpn(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert line in ran.error


def test_a_file_in_the_way_is_one_line_that_names_it(mrpn: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = mrpn("corpus", "synthesize", tmp_path / "file", "--actors", 2)
    assert ran.code == 1
    assert str(tmp_path / "file") in ran.error


def test_debugging_shows_where_an_error_came_from(
    mrpn: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MRPN_DEBUG", "1")
    with pytest.raises(BaseException, match="no finished runs here"):
        mrpn("report", tmp_path)


def test_training_stopped_by_the_keyboard_says_so_and_can_go_on(
    mrpn: Run,
    recipe: Path,
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    handler: None,
) -> None:
    command = ("train", recipe, "--data", prepared, "--out", tmp_path / "r", "--jobs", 1)
    chosen = ("--fold", "A1,2", "--strategy", "am", "--set", "optimisation.epochs=3")
    with monkeypatch.context() as patch:
        patch.setattr(pool, "say", lambda _: os.kill(os.getpid(), signal.SIGINT))
        ran = mrpn(*command, *chosen)
    assert (ran.code, ran.error) == (130, STOPPED)
    again = mrpn(*command, *chosen)
    assert again.code == 0
    assert "epoch   2/3" in again.err
    assert "epoch   1/3" not in again.err
    assert not list(tmp_path.rglob("*.partial*"))


def test_the_keyboard_is_heard_outside_of_training_too(
    mrpn: Run, clip: Path, weights: Path, monkeypatch: pytest.MonkeyPatch, handler: None
) -> None:
    monkeypatch.setattr(
        Recognizer, "predict", lambda *_: os.kill(os.getpid(), signal.SIGINT) or 1 / 0
    )
    ran = mrpn("predict", clip, "--weights", weights)
    assert (ran.code, ran.error) == (130, STOPPED)


def test_a_process_of_its_own_ends_with_the_code_and_the_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mrpn.cli.main", "report", str(tmp_path / "none")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        f"error: {tmp_path / 'none'}: no finished runs here; 'mrpn train' makes them, and resumes\n"
    )


def test_the_package_runs_as_a_module() -> None:
    line = [sys.executable, "-m", "mrpn", "--version"]
    ran = subprocess.run(line, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == f"mrpn {__version__}"
