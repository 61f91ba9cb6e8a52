"""How scripts end: with a line and an exit code, whatever they are given or interrupted by."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripting import load_recipe, run_script

from fer2013 import draw_faces
from mrpn.common.errors import ConfigError, MrpnError
from mrpn.training import Recipe
from mrpn.training.speakers import SpeakerRecipe

Script = Callable[..., Any]
EXPERIMENTS = Path(__file__).parents[2] / "experiments"
MAIN = "__name__ == '__main__'"
SCRIPTS = sorted(
    path
    for place in (EXPERIMENTS, EXPERIMENTS / "baselines")
    for path in place.glob("*.py")
    if "__main__" in path.read_text("utf-8")
)
NOWHERE = "/nowhere"
NO_FOLDER = f"{NOWHERE}: there is no such folder"
BOTH = ("--voices", NOWHERE, "--faces", NOWHERE)


@pytest.mark.parametrize("path", SCRIPTS, ids=[path.stem for path in SCRIPTS])
def test_every_script_hands_its_main_over(path: Path) -> None:
    (last,) = (
        node
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == MAIN
    )
    assert [ast.unparse(line).partition("main")[0] for line in last.body] == ["run_script("]


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("ablations", ("--only-report", "--out", NOWHERE), f"{NOWHERE}: no finished runs here"),
        ("attribution", ("--films", NOWHERE), NO_FOLDER),
        ("cards", (*BOTH, "--speech", NOWHERE), NO_FOLDER),
        ("composite_clarity", BOTH, NO_FOLDER),
        ("composite_ravdess_fer2013", BOTH, NO_FOLDER),
        ("faces_fer2013", ("--faces", NOWHERE), NO_FOLDER),
        ("framing", ("--faces", NOWHERE, "--films", NOWHERE), NO_FOLDER),
        ("fuzziness", ("--only", "report", "--out", NOWHERE), f"{NOWHERE}: no finished runs here"),
        ("keep_study", (NOWHERE,), f"{NOWHERE}: no study here"),
        ("pairings", ("--by-clarity", NOWHERE), f"{NOWHERE}: no finished runs here"),
        ("recognizer", BOTH, NO_FOLDER),
        ("recognizer_measured", (*BOTH, "--weights", "nobody"), "no weights are called 'nobody'"),
        ("speakers", ("--speech", NOWHERE), NO_FOLDER),
        ("voices_choosing", ("--voices", NOWHERE), NO_FOLDER),
        ("voices_ravdess", ("--voices", NOWHERE, "--start", "voice-small"), NO_FOLDER),
        ("voices_report", ("--results", NOWHERE), f"{NOWHERE}: no finished runs here"),
        ("voices", ("--voices", NOWHERE), NO_FOLDER),
        ("table", ("--readme", NOWHERE), f"{NOWHERE}: No such file"),
    ],
)
def test_wrong_input_is_one_line(
    script: Script, tmp_path: Path, name: str, arguments: tuple[str, ...], line: str
) -> None:
    work = ("--work", tmp_path / "work") if name.startswith("composite") else ()
    assert line in script(name, *arguments, *work).error


def test_films_and_pictures_without_a_face_are_one_line(script: Script, tmp_path: Path) -> None:
    assert "0 films, no two of which" in script("attribution", "--films", tmp_path).error
    faces = draw_faces(tmp_path / "faces")
    found = script("framing", "--faces", faces, "--films", tmp_path, "--count", 2).error
    assert found == f"{faces}: no face found in 2 of the test part's pictures"


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        ("statistics_check", ("--studies", 0), "argument --studies: 0 is less than 1"),
        ("ablations", ("--jobs", "many"), "argument --jobs: invalid positive value: 'many'"),
        ("fuzziness", ("--minutes", -1), "argument --minutes: -1 is no number of minutes"),
        ("speakers", ("--speech", ".", "--minutes", "nan"), "nan is no number of minutes"),
        ("recognizer", (), "the following arguments are required: --voices, --faces"),
    ],
)
def test_a_wrong_usage_ends_before_anything_is_begun(
    script: Script, name: str, arguments: tuple[object, ...], line: str
) -> None:
    ran = script(name, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith(f"{name}.py: error: ")
    assert line in ran.err


def test_a_process_of_its_own_ends_likewise_in_the_folder_below() -> None:
    command = [sys.executable, EXPERIMENTS / "baselines" / "table.py", "--readme", NOWHERE]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"error: {NOWHERE}: No such file or directory\n"


@pytest.mark.parametrize(
    ("model", "known"),
    [(Recipe, "fer2013-small"), (SpeakerRecipe, "speakers-small")],
    ids=["recipe", "speakers"],
)
def test_an_unknown_recipe_is_told_with_those_of_its_kind(model: type[Any], known: str) -> None:
    with pytest.raises(ConfigError, match="there is no recipe 'nope'; there are ") as caught:
        load_recipe(model, "nope")
    names = str(caught.value).partition("there are ")[2].split(", ")
    assert known in names
    assert ("speakers-small" in names) is (model is SpeakerRecipe)
    for name in names:
        assert load_recipe(model, name).name == name


def test_changes_are_laid_over_a_recipe() -> None:
    changed = load_recipe(Recipe, "fer2013-small", ["optimisation.epochs=2"])
    assert changed.optimisation.epochs == 2


@pytest.mark.parametrize(
    ("resumes", "line"),
    [(True, "stopped; the same command goes on from here"), (False, "stopped; nothing is kept")],
)
def test_a_script_that_is_stopped_says_whether_it_goes_on(
    capsys: pytest.CaptureFixture[str], resumes: bool, line: str
) -> None:
    def main() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as stop:
        run_script(main, resumes=resumes)
    assert stop.value.code == 130
    assert capsys.readouterr().err == f"error: {line}\n"


def test_errors_of_our_own_making_keep_their_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        run_script(lambda: 1 / 0)


def test_debugging_shows_where_an_error_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    def main() -> None:
        raise MrpnError("wrong")

    monkeypatch.setenv("MRPN_DEBUG", "1")
    with pytest.raises(MrpnError, match="wrong"):
        run_script(main)


@pytest.mark.parametrize("lines", [1, 100_000], ids=["at the end", "on the way"])
def test_nothing_is_said_where_nobody_reads_on(lines: int) -> None:
    code = f"from scripting import run_script; run_script(lambda: print('line\\n' * {lines}))"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=EXPERIMENTS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait() == 1
