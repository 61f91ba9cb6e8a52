"""Checking a command that is not run: its options, its values, the files of the project."""

import argparse
import re
import runpy
import sys
import tomllib
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import typer

from docs.blocks import ROOT
from mrpn.cli.app import app

PARSED = "the command line is right"


def check(words: list[str]) -> None:
    """Check a line that is not run: the command, its options, the files of the project."""
    match words:
        case ["mrpn", *rest]:
            parse(rest)
        case ["make", target]:
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        case ["python", script, *rest]:
            parse_script(ROOT / script, rest)
        case ["pip", verb, *rest]:
            assert verb in ("install", "download", "wheel"), words
            check_packages(rest)
        case _:
            assert words[0] in ("python3", "."), words
    for part in words:
        if part.startswith(("recipes/", "examples/", "experiments/")):
            assert (ROOT / part).exists(), words


def parse(words: list[str]) -> None:
    """Have the real commands parse a line; wrong options, verbs and values raise."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("mrpn", words)
    while hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = command.make_context(name, list(rest), parent=context)


def parse_script(script: Path, words: list[str]) -> None:
    """Have a script read its command line, and end it there; wrong options fail.

    A recipe that is named has to be one of the project.
    """
    if "ArgumentParser" not in script.read_text(encoding="utf-8"):
        assert not [word for word in words if word.startswith("-")], (script, words)
        return
    really = argparse.ArgumentParser.parse_args

    def read(parser: argparse.ArgumentParser, *given: Any, **named: Any) -> argparse.Namespace:
        found = really(parser, *given, **named)
        recipe = getattr(found, "recipe", None)
        assert recipe is None or (ROOT / "recipes" / f"{recipe}.yaml").exists(), words
        raise SystemExit(PARSED)

    with (
        mock.patch.object(sys, "argv", [str(script), *words]),
        mock.patch.object(sys, "path", [str(script.parent), *sys.path]),
        mock.patch.object(argparse.ArgumentParser, "parse_args", read),
        pytest.raises(SystemExit) as ended,
    ):
        runpy.run_path(str(script), run_name="__main__")
    assert ended.value.code == PARSED, (script, words)


def check_packages(words: list[str]) -> None:
    """Check what pip is given: folders and extras of the project, or packages that it pins."""
    parser = argparse.ArgumentParser()
    for name in ("--no-deps", "--no-index"):
        parser.add_argument(name, action="store_true")
    for name in ("--only-binary", "--python-version", "--platform", "-d", "-w"):
        parser.add_argument(name)
    parser.add_argument("-c", type=Path)
    parser.add_argument("wanted", nargs="+")
    given = parser.parse_args(words)
    assert given.c is None or (ROOT / given.c).exists(), words
    pinned = re.findall(r"^[\w.-]+(?===)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    names = {name.replace("_", "-").lower() for name in pinned}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    # What an earlier line puts into wheels/ is nothing of the project.
    for wanted in (each for each in given.wanted if each != "wheels/*.whl"):
        folder, _, extra = wanted.strip("]").partition("[")
        assert (ROOT / folder).exists() or folder in names, words
        assert not extra or extra in project["optional-dependencies"], words
