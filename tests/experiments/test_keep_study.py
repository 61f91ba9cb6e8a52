"""A study is kept with its report, and without the places of the machine that ran it."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from keep_study import main, renamed

from mrpn.common.config import load_settings
from mrpn.common.errors import MrpnError
from mrpn.evaluation.tables import read_table, write_table
from mrpn.training.recipe import Recipe

KEPT = Path(__file__).parents[2] / "experiments" / "results" / "composite-frozen"


def test_places_become_names_and_the_longest_place_comes_first() -> None:
    names = [("/data", "DATA"), ("/data/faces", "FACES/"), ("out/x", "runs")]
    found = renamed(
        ["mrpn crossval s.yaml /data --option faces=/data/faces", "report out/x"], names
    )
    assert found == ["mrpn crossval s.yaml DATA --option faces=FACES/", "report runs"]


@pytest.mark.parametrize(
    "command",
    ["mrpn report /home/me/x", "mrpn crossval --option faces=/home/me/x", "mrpn '/home/me/x'"],
)
def test_a_place_without_a_name_is_refused(command: str) -> None:
    with pytest.raises(MrpnError, match=r"^/home/me/x: a place of this machine; name it by --name"):
        renamed([command], [])


def test_what_is_kept_is_what_the_report_needs(tmp_path: Path) -> None:
    study = tmp_path / "composite-frozen"
    shutil.copytree(KEPT, study, ignore=shutil.ignore_patterns("report"))
    record = json.loads((study / "study.json").read_text("utf-8"))
    record["commands"] = ["mrpn crossval /home/me/voices"]
    (study / "study.json").write_text(json.dumps(record), encoding="utf-8")
    main([str(study), "--name", "/home/me/voices=RAVDESS/", "--out", str(tmp_path / "out")])
    kept = tmp_path / "out" / "composite-frozen"
    for name in ("predictions.parquet", "features.parquet"):
        pd.testing.assert_frame_equal(pd.read_parquet(kept / name), pd.read_parquet(KEPT / name))
    page = (kept / "report" / "report.html").read_text("utf-8")
    assert "mrpn crossval RAVDESS/" in page
    assert "/home/me" not in page


def test_seeds_run_later_are_laid_beside_those_that_are_kept(tmp_path: Path) -> None:
    study, kept = tmp_path / "composite-frozen", tmp_path / "out" / "composite-frozen"
    for folder, seeds in ((kept, [0]), (study, [1, 2])):
        shutil.copytree(KEPT, folder, ignore=shutil.ignore_patterns("report"))
        only(folder, seeds)
    main([str(study), "--join", "--out", str(tmp_path / "out")])
    again = ["row", "seed", "fold", "clip"]
    found, whole = (
        pd.read_parquet(folder / "predictions.parquet").sort_values(again, ignore_index=True)
        for folder in (kept, KEPT)
    )
    pd.testing.assert_frame_equal(found, whole)
    record, other = (json.loads((f / "study.json").read_text("utf-8")) for f in (kept, KEPT))
    assert record["study"] == other["study"]
    assert (kept / "report" / "report.html").exists()


def only(study: Path, seeds: list[int]) -> None:
    """Leave of a kept study what is of some seeds."""
    path = study / "study.json"
    record = json.loads(path.read_text("utf-8"))
    record["study"]["seeds"] = seeds
    record["cells"] = [cell for cell in record["cells"] if cell["seed"] in seeds]
    path.write_text(json.dumps(record), encoding="utf-8")
    for name in ("predictions.parquet", "diary.csv", "history.csv"):
        table = read_table(study / name, ("clip", "actor", "fold", "row", "protocol"))
        write_table(table[table["seed"].isin(seeds)], study / name)
    results = json.loads((study / "results.json").read_text("utf-8"))
    kept = [result for result in results if result["seed"] in seeds]
    (study / "results.json").write_text(json.dumps(kept), encoding="utf-8")


@pytest.mark.parametrize("name", ["composite", "composite-frozen"])
def test_what_is_kept_has_the_recipes_that_its_results_name(name: str) -> None:
    kept = KEPT.parent / name
    results = json.loads((kept / "results.json").read_text("utf-8"))
    found = {load_settings(Recipe, path).digest for path in (kept / "recipes").glob("*.yaml")}
    assert found == {result["recipe_digest"] for result in results}
