"""The paper's recipes, and the page that says how to reproduce it, on imitations of its corpora."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imitations import ALL_OF_RAVDESS, write_crema_d, write_ravdess
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
    out = imitated["ravdess"].parent / "runs"
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
