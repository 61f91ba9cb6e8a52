"""The paper's recipes, and the page that says how to reproduce it, on imitations of its corpora."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer2013 import draw_faces
from imitations import ALL_OF_RAVDESS, write_crema_d, write_ravdess, write_voxceleb
from mrpn.cli import download
from mrpn.corpora.download import DownloadError
from mrpn.training.studies import gather, load_study
from mrpn.training.studies.recipes import RowRecipe, row_recipes

Run = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
PAPER = ROOT / "recipes" / "paper"
TABLES = sorted(PAPER.glob("table*.yaml"))
PAGE = ROOT / "docs" / "reproducing.md"
# One step of the smallest networks on the smallest input, everything else as it is.
TOY = {
    "preprocessing.clip.faces": "whole",
    "preprocessing.clip.size": 16,
    "preprocessing.clip.frame_rate": 4,
    "preprocessing.spectrogram.window": 64,
    "preprocessing.spectrogram.bins": 32,
    "preprocessing.spectrogram.frames": 32,
    "preprocessing.spectrogram.hop": 320,
    "network.branches.audio.width": 4,
    "network.branches.audio.features": 8,
    "network.branches.video.width": 4,
    "network.branches.video.features": 8,
    "network.hidden": 8,
    "optimisation.epochs": 1,
    "optimisation.batch_size": 8,
    "optimisation.clips_per_epoch": 8,
    "optimisation.loader_workers": 0,
    "optimisation.precision": "32-true",
    "optimisation.channels_last": "false",
}
SMALLEST = [part for name, value in TOY.items() for part in ("--set", f"{name}={value}")]


def recipes(table: Path, **how: Any) -> dict[str, RowRecipe]:
    return {each.row.row: each for each in row_recipes(load_study(table), table, **how)}


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


def test_the_recipes_have_the_papers_sizes() -> None:
    for table in TABLES:
        for each in recipes(table).values():
            recipe = each.recipe
            sound = recipe.preprocessing.spectrogram
            assert (sound.window, sound.hop, sound.bins, sound.frames) == (512, 64, 256, 250)
            assert recipe.preprocessing.clip.rate == 16000
            assert recipe.preprocessing.shapes()["video"] == (3, 112, 112)
            assert {branch.width for branch in recipe.network.branches.values()} == {64}
            assert recipe.optimisation.schedule.model_dump() == {
                "name": "plateau",
                "patience": 10,
                "factor": 0.5,
                "stop_after": 25,
            }
            assert recipe.protocol == "paper"


def test_rows_differ_from_one_another_in_what_their_names_say() -> None:
    first = recipes(PAPER / "table1.yaml")
    assert all((each.recipe.augmentation.time is None) == ("NT" in n) for n, each in first.items())
    for corpus in ("ravdess", "crema-d"):
        rows = recipes(PAPER / f"table4-{corpus}.yaml")
        steps = {name: each.recipe.preprocessing.spectrogram.step for name, each in rows.items()}
        assert {name for name, step in steps.items() if step == 1.0} == {
            "N0 IA",
            "N0 IA, NT",
            "N0 VA+WO",
        }
        drawn = {n for n, r in rows.items() if r.recipe.augmentation.spatial.per == "frame"}
        assert drawn == {"N0 IA", "N0 IA, NT"}
        other = {
            name
            for name, each in rows.items()
            if {b.aggregator for b in each.recipe.network.branches.values()} != {"lstm"}
        }
        assert other == {"N2 Transformer VA+AO"}


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_the_small_size_is_small_and_keeps_what_rows_say(table: Path) -> None:
    small, full = recipes(table, size="small"), recipes(table)
    for name, each in small.items():
        assert each.recipe.preprocessing.clip.size == 64
        assert each.recipe.optimisation.epochs == 8
        assert each.recipe.optimisation.schedule.name == "one-cycle"
        assert each.recipe.augmentation == full[name].recipe.augmentation
        kept = full[name].recipe.preprocessing.spectrogram
        assert each.recipe.preprocessing.spectrogram == kept


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_fold_of_every_row_takes_a_step(
    mrpn: Run, imitated: dict[str, Path], table: Path, tmp_path: Path
) -> None:
    study = load_study(table)
    source = imitated[study.corpus.reader]
    if study.corpus.reader == "ravdess":
        source = write_ravdess(tmp_path / "RAVDESS", ALL_OF_RAVDESS)
    protocols = ("--protocol", "paper", "--protocol", "strict")
    how = ("--out", tmp_path / "runs", *protocols, *SMALLEST)
    ran = mrpn("crossval", table, source, *how)
    assert ran.code == 0, ran.err
    found = gather(tmp_path / "runs" / study.name).predictions
    folds = 12 if study.corpus.reader == "ravdess" else 9
    cells = found.groupby(["row", "protocol"])["fold"].nunique()
    assert len(cells) == 2 * len(study.rows)
    assert set(cells) == {folds}
    assert mrpn("report", tmp_path / "runs" / study.name).code == 0


FACES = {
    "preprocessing.clip.size": 16,
    "network.branches.video.width": 4,
    "network.branches.video.features": 8,
    "network.hidden": 8,
    "optimisation.epochs": 1,
    "optimisation.batch_size": 8,
    "optimisation.loader_workers": 0,
    "optimisation.precision": "32-true",
    "optimisation.channels_last": "false",
}
SPEAKERS = {
    "preprocessing.spectrogram.window": 64,
    "preprocessing.spectrogram.bins": 32,
    "preprocessing.spectrogram.frames": 32,
    "preprocessing.spectrogram.hop": 320,
    "branch.width": 4,
    "branch.features": 8,
    "split.test": 2,
    "split.validation": 2,
    "optimisation.epochs": 1,
    "optimisation.batch_size": 8,
    "optimisation.clips_per_epoch": "null",
    "optimisation.loader_workers": 0,
    "optimisation.channels_last": "false",
}


def smallest(command: list[str]) -> list[str]:
    """Return what makes a command of the page small."""
    kinds = {"face": FACES, "voice": SPEAKERS}
    settings = kinds[command[1]] if command[0] == "pretrain" else TOY
    changes = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
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
        if place != studies:
            (place / "prepared").symlink_to(studies / "prepared")
        # The weights to start from are made by other lines.
        starts = [n + k for n, part in enumerate(command) if part == "--initial" for k in (0, 1)]
        plain = [part for n, part in enumerate(command) if n not in starts]
        ran = mrpn(*plain, *SMALLEST, "--dry-run")
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
        ran = mrpn(*command, *smallest(command))
        if command[:2] == ["corpus", "download"]:
            # Names and options are right; fetching is tested with its own server.
            assert ran.err.splitlines()[-1] == "error: offline"
        elif command[:2] == ["corpus", "check"]:
            # Not whole, of course.
            assert (ran.code, "actors" in ran.out) == (1, True), ran.err
        else:
            assert ran.code == 0, (command, ran.err)
    for study in ("table1", "table2", "table3", "table4-ravdess", "table4-crema-d"):
        assert (folder / "runs" / "paper" / study / "report" / "report.html").exists()
    found = gather(folder / "runs" / "both" / "table2").predictions
    assert set(found["protocol"]) == {"paper", "strict"}
    assert set(found["seed"]) == {0, 1, 2}
