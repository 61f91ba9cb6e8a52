"""The recipes of the paper's tables and claims: sizes, rows, and what can be settled by them."""

from pathlib import Path
from typing import Any

import pytest

from mrpn.corpora import crema_d_folds, ravdess_folds
from mrpn.evaluation.statistics import holm, sign_flip_test
from mrpn.evaluation.study import StudyRow, default_pairs
from mrpn.training.studies import load_study
from toy_size import RECIPES, STUDIES, TABLES, rows_of

PAPER = RECIPES / "paper"
FOLDS = {"crema-d": len(crema_d_folds("paper"))}
CLAIMS = RECIPES / "side-claims.yaml"


@pytest.mark.parametrize("place", STUDIES, ids=lambda path: path.stem)
def test_as_many_comparisons_are_made_as_the_folds_can_settle(place: Path) -> None:
    """Where one network is better on every fold by the same, that is settled."""
    study = load_study(place)
    rows = [StudyRow(row.row, row.strategy, row.group) for row in study.rows]
    pairs = study.comparisons or default_pairs(rows)
    folds = len(study.folds) or FOLDS.get(study.corpus.reader, len(ravdess_folds()))
    least = float(sign_flip_test([1.0] * folds))
    assert holm([least] * len(pairs))[0] < 0.05


@pytest.mark.parametrize("name", ["table2", "table3"])
def test_the_papers_claim_is_among_the_comparisons(name: str) -> None:
    """N2 (MRPN) against late fusion, N0 and N1."""
    pairs = load_study(PAPER / f"{name}.yaml").comparisons
    assert {against for row, against in pairs if row == "N2"} == {"late", "N0", "N1"}


def test_both_columns_of_table_4_compare_what_the_paper_speaks_of() -> None:
    ours = [
        load_study(PAPER / f"table4-{name}.yaml").comparisons for name in ("ravdess", "crema-d")
    ]
    assert ours[0] == ours[1]
    assert len(ours[0]) == 7


def test_the_recipes_have_the_papers_sizes() -> None:
    for table in TABLES:
        for each in rows_of(table).values():
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
    first = rows_of(PAPER / "table1.yaml")
    assert all((each.recipe.augmentation.time is None) == ("NT" in n) for n, each in first.items())
    for corpus in ("ravdess", "crema-d"):
        rows = rows_of(PAPER / f"table4-{corpus}.yaml")
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
    small, full = rows_of(table, size="small"), rows_of(table)
    for name, each in small.items():
        assert each.recipe.preprocessing.clip.size == 64
        assert each.recipe.optimisation.epochs == 8
        assert each.recipe.optimisation.schedule.name == "one-cycle"
        assert each.recipe.augmentation == full[name].recipe.augmentation
        kept = full[name].recipe.preprocessing.spectrogram
        assert each.recipe.preprocessing.spectrogram == kept


def test_the_side_claims_compare_one_thing_at_a_time() -> None:
    study = load_study(CLAIMS)
    for size in ("full", "small"):
        rows = rows_of(CLAIMS, size=size)
        runs = {
            (each.row.strategy, each.recipe.digest, *each.row.initial.values())
            for each in rows.values()
        }
        assert len(runs) == len(rows)
        for one, other in study.comparisons:
            first, second = rows[one], rows[other]
            changed = differences(first.recipe.model_dump(), second.recipe.model_dump())
            same_start = first.row.initial == second.row.initial
            same = first.row.strategy == second.row.strategy
            pixels, summing = changed == {"size"}, changed == {"aggregator"}
            # From scratch the rate is another, but that of the small size is the one for it.
            start = not same_start and changed <= {"rate"}
            assert [not same and not changed and same_start, pixels, summing, start].count(
                True
            ) == 1


def differences(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The innermost names of what two recipes differ in."""
    found: set[str] = set()
    for name, value in one.items():
        if isinstance(value, dict):
            found |= differences(value, other[name])
        elif value != other[name]:
            found.add(name)
    return found
