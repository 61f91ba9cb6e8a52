"""The paper's recipes, and the page that says how to reproduce it, on imitations of its corpora."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer2013 import draw_faces
from imitations import write_crema_d, write_ravdess, write_voxceleb
from mrpn.cli import download
from mrpn.common.config import load_settings
from mrpn.common.errors import WeightsError
from mrpn.corpora.download import DownloadError
from mrpn.training import Recipe
from mrpn.training.initial import check_starts
from mrpn.training.studies import gather, load_study
from mrpn.weights import find_weights
from toy_size import (
    BOTH,
    FACE,
    SPEAKERS,
    STUDIES,
    TABLES,
    as_options,
    places,
    rows_of,
    starts_of,
)

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reproducing.md"
SMALLEST = as_options(BOTH)
VOICE = ("audio", "am")
SHIPPED = {"face-small": ("video", "vm"), "voice-mel": VOICE, "voice-small": VOICE}


@pytest.fixture(scope="module")
def imitated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An actor of every fold of either corpus, under the name of its reader."""
    folder = tmp_path_factory.mktemp("paper")
    ravdess, crema_d = write_ravdess(folder / "RAVDESS"), write_crema_d(folder / "CREMA-D")
    return {"ravdess": ravdess, "crema-d": crema_d}


@pytest.fixture(scope="module")
def studies(mrpn: Run, imitated: dict[str, Path]) -> Path:
    """One fold of every row of every table, all in one folder."""
    out = imitated["ravdess"].parent / "runs" / "paper"
    for table in TABLES:
        reader = load_study(table).corpus.reader
        fold = "A9,10" if reader == "ravdess" else "S5"
        how = ("--out", out, "--fold", fold, "--jobs", 1, "--workers", 1, *SMALLEST)
        ran = mrpn("crossval", table, imitated[reader], *how)
        assert ran.code == 0, ran.err
    return out


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_one_fold_of_every_row_is_trained_and_scored(studies: Path, table: Path) -> None:
    study = load_study(table)
    found = gather(studies / study.name).predictions
    assert set(found["row"]) == {row.row for row in study.rows}
    clips = 8 if study.corpus.reader == "ravdess" else 6
    assert set(found.groupby("row").size()) == {clips}


def test_rows_that_tables_share_are_trained_once(studies: Path) -> None:
    runs = [path.parent for path in studies.glob("runs/*/*/*/result.json")]
    # Voice, face, N0 without slices; all six with; four other options.
    assert len([run for run in runs if run.parent.name == "A9,10"]) == 3 + 6 + 4
    # All six, four other options.
    assert len([run for run in runs if run.parent.name == "S5"]) == 6 + 4


def test_a_table_is_reported_beside_the_published_one(mrpn: Run, studies: Path) -> None:
    ran = mrpn("report", studies / "table2")
    assert ran.code == 0, ran.err
    folder = studies / "table2" / "report"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "86.5" in page
    assert (folder / "report.md").exists()
    assert any(folder.glob("figures/tsne*.png"))


def smallest(command: list[str]) -> list[str]:
    """Return what makes a command of the page small."""
    kinds = {"face": FACE, "voice": SPEAKERS}
    changes = as_options(kinds[command[1]]) if command[0] == "pretrain" else SMALLEST
    if command[0] == "pretrain":
        return [*changes, "--workers", "1"]
    if command[0] != "crossval":
        return []
    # One fold is enough of a table whose folds are all alike.
    fold = "S5" if "CREMA-D/" in command else "A9,10"
    chosen = [] if {"--fold", "--dry-run"} & set(command) else ["--fold", fold]
    return [*changes, *chosen, "--jobs", "1", "--workers", "1"]


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    lines = "".join(blocks).splitlines()
    assert all(line.startswith("mrpn ") for line in lines)
    return [shlex.split(line)[1:] for line in lines]


def test_every_table_is_on_the_page() -> None:
    named = {Path(part).stem for command in commands() for part in command if "table" in part}
    assert {table.stem for table in TABLES} <= named


def with_tiny_starts(command: list[str], folder: Path) -> list[str]:
    """Return a line whose weights to start from, which other lines make, are tiny ones."""
    if "--initial" not in command:
        return command
    at = [n + k for n, part in enumerate(command) if part == "--initial" for k in (0, 1)]
    size = command[command.index("--size") + 1] if "--size" in command else "full"
    starts = starts_of(ROOT / command[1], folder, BOTH, size)
    return [*(part for n, part in enumerate(command) if n not in at), *starts]


def test_every_study_of_the_page_is_planned_as_its_line_says(
    mrpn: Run, studies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = studies.parents[1]
    monkeypatch.chdir(folder)
    (folder / "recipes").symlink_to(ROOT / "recipes")
    for command in commands():
        if command[0] != "crossval":
            continue
        place = folder / command[command.index("--out") + 1]
        place.mkdir(exist_ok=True)
        if not (place / "prepared").exists():
            (place / "prepared").symlink_to(studies / "prepared")
        ran = mrpn(*with_tiny_starts(command, folder), *SMALLEST, "--dry-run")
        assert ran.code == 0, (command, ran.err)
        assert "runs are finished" in ran.out
        if "runs/both" in command:
            assert "strict" in ran.out
            assert "A23,24/2" in ran.out.replace("\n", "")


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_every_line_of_the_page_does_what_it_says(
    mrpn: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_ravdess(tmp_path / "RAVDESS").parent
    write_crema_d(folder / "CREMA-D")
    draw_faces(folder / "FER2013")
    write_voxceleb(folder / "VoxCeleb")
    monkeypatch.chdir(folder)
    (folder / "recipes").symlink_to(ROOT / "recipes")

    def offline(*_: object, **__: object) -> None:
        raise DownloadError("offline")

    monkeypatch.setattr(download, "Client", offline)
    for command in commands():
        # Weights that ship are too large for a toy; those of other lines are as small as it.
        shipped = any(part.endswith("-small") for part in command)
        line = with_tiny_starts(command, folder) if shipped else command
        ran = mrpn(*line, *smallest(command))
        if command[:2] == ["corpus", "download"]:
            # Names and options are right; fetching is tested with its own server.
            assert ran.err.splitlines()[-1] == "error: offline"
        elif command[:2] == ["corpus", "check"]:
            # Not whole, of course.
            assert (ran.code, "actors" in ran.out) == (1, True), ran.err
        else:
            assert ran.code == 0, (command, ran.err)
    reported = {command[1] for command in commands() if command[0] == "report"}
    assert len(reported) == len(TABLES) + 1
    for place in reported:
        assert (folder / place / "report" / "report.html").exists()
    found = gather(folder / "runs" / "both" / "table2").predictions
    assert set(found["protocol"]) == {"paper", "strict"}
    assert set(found["seed"]) == {0, 1, 2}


def starts_on_the_page() -> dict[tuple[str, str], set[str]]:
    """Which shipped weights start which recipe at which size, as the page has it."""
    lines = re.findall(r"^\| (`.*?) \| (.*?)\| (.*?\|.*?)\|$", PAGE.read_text("utf-8"), re.M)
    return {
        (name, size.strip() or "full"): set(re.findall(r"`(.*?)`", weights))
        for names, size, weights in lines
        for name in re.findall(r"`(.*?)`", names)
    }


def test_the_page_names_all_recipes_that_shipped_weights_start() -> None:
    recipes: dict[tuple[str, str], list[Recipe]] = {
        (place.stem, "full"): [load_settings(Recipe, place)] for place in places("network")
    }
    for place in STUDIES:
        for size in ("full", *load_study(place).sizes):
            rows = rows_of(place, size=size).values()
            started = [each.recipe for each in rows if "none" not in each.row.initial.values()]
            recipes[place.stem, size] = started
    fits = {
        which: {
            name
            for name, (modality, strategy) in SHIPPED.items()
            if all(starts(recipe, modality, strategy, name) for recipe in found)
        }
        for which, found in recipes.items()
    }
    assert starts_on_the_page() == {which: names for which, names in fits.items() if names}


def starts(recipe: Recipe, modality: str, strategy: str, name: str) -> bool:
    if modality not in recipe.network.branches:
        return False
    try:
        check_starts(recipe, strategy, {modality: find_weights(name)})
    except WeightsError:
        return False
    return True
