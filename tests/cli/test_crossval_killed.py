"""`mrpn crossval` killed at work, and given again, ends in the tables of an undisturbed run."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

MRPN = (sys.executable, "-m", "mrpn.cli.main")
ROWS = [
    {"row": "voice", "strategy": "am"},
    {"row": "late", "strategy": "late"},
    {"row": "N2", "strategy": "n2", "set": {"diary.every": 1}},
    {"row": "product", "strategy": "product"},
]
Started = Callable[[Path], subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def start(recipe: Path, drawn: Path) -> Started:
    """Start the command in a process of its own, for a folder of results."""
    values = {
        "name": "killed",
        "title": "Killed",
        "corpus": {"reader": "synthetic"},
        "recipe": recipe.name,
        "rows": ROWS,
    }
    place = recipe.parent / "killed.yaml"
    place.write_text(yaml.safe_dump(values), encoding="utf-8")

    def begin(out: Path) -> subprocess.Popen[bytes]:
        how = ("--out", out, "--workers", "2", "--jobs", "2", "--set", "optimisation.epochs=3")
        command = (*MRPN, "--quiet", "crossval", place, drawn, *how)
        return subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"})

    return begin


def tables(out: Path) -> dict[str, bytes]:
    """Write the report; return its tables."""
    subprocess.run((*MRPN, "--quiet", "report", out / "killed"), check=True)
    folder = out / "killed" / "report" / "tables"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def undisturbed(start: Started, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("undisturbed")
    assert start(out).wait() == 0
    found = tables(out)
    assert {"differences.csv", "estimates.csv"} <= set(found)
    return found


def prepared(out: Path) -> int:
    """How many clips are read."""
    return sum(len(path.read_bytes().splitlines()) for path in out.glob("prepared/*/journal.jsonl"))


def trained(out: Path) -> int:
    """How many runs are finished."""
    return len(list(out.glob("runs/*/*/*/result.json")))


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("moments", [(prepared,), (trained,), (prepared, trained, trained)])
def test_killed_and_given_again_the_tables_are_the_same(
    start: Started,
    undisturbed: dict[str, bytes],
    moments: tuple[Callable[[Path], int], ...],
    tmp_path: Path,
) -> None:
    """Each time it is killed when two more clips, or two more runs, are done."""
    for done in moments:
        before = done(tmp_path)
        process = start(tmp_path)
        while process.poll() is None and done(tmp_path) < before + 2:
            time.sleep(0.001)
        assert process.poll() is None, "it ended before it was killed"
        process.kill()
        process.wait()
    assert start(tmp_path).wait() == 0
    assert tables(tmp_path) == undisturbed
