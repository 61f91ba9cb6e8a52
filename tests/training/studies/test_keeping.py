"""What is kept of a study: copied without its runs, joined of seeds that were run apart."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mrpn.common.config import load_settings
from mrpn.common.errors import MrpnError
from mrpn.training.recipe import Recipe
from mrpn.training.studies import (
    Chosen,
    Corpora,
    Request,
    conduct,
    export_study,
    features,
    gather,
    join_studies,
    study_inputs,
)
from mrpn.training.studies.record import read_record

Write = Callable[..., Path]
Ask = Callable[..., Request]
CHOSEN = Chosen(["voice", "product"], ["A1"])


@pytest.fixture
def keep(write_study: Write, ask: Ask, given: Corpora, tmp_path: Path) -> Callable[..., Path]:
    """Run a study of some seeds, as of other sittings, and keep it in a folder of that name."""

    def make(name: str, **changes: object) -> Path:
        request = ask(write_study(**{"folds": ["A1"], **changes}), chosen=CHOSEN)
        conduct(request, given)
        commands = [f"mrpn crossval {name}"]
        export_study(request.folder, tmp_path / name, commands=commands)
        return tmp_path / name

    return make


def test_seeds_run_apart_and_joined_are_the_study_run_at_once(
    keep: Callable[..., Path], tmp_path: Path
) -> None:
    wanted = {"features": {"rows": ["voice"], "folds": ["A1"]}}
    first, second = (keep(f"seed{seed}", seeds=[seed], **wanted) for seed in (0, 1))
    both = keep("both", seeds=[0, 1], **wanted)
    join_studies([first, second], tmp_path / "joined")
    joined, together = gather(tmp_path / "joined"), gather(both)
    assert set(joined.predictions["seed"]) == {0, 1}
    pd.testing.assert_frame_equal(joined.predictions, together.predictions)
    pd.testing.assert_frame_equal(joined.curves, together.curves)
    assert sorted(map(str, joined.results)) == sorted(map(str, together.results))
    found, record = read_record(tmp_path / "joined"), read_record(both)
    assert found.commands == ("mrpn crossval seed0", "mrpn crossval seed1")
    assert found.model_copy(update={"commands": record.commands}) == record
    names = sorted(path.name for path in (tmp_path / "joined").iterdir())
    assert names == sorted(path.name for path in both.iterdir())
    recipes = {path.name for path in (tmp_path / "joined" / "recipes").iterdir()}
    assert recipes == {f"{each['recipe_digest'][:12]}.yaml" for each in together.results}


def test_the_recipes_of_an_exported_study_are_those_of_its_results(
    keep: Callable[..., Path], tmp_path: Path
) -> None:
    kept = keep("kept")
    export_study(kept, tmp_path / "again")
    for folder in (kept, tmp_path / "again"):
        found = {p.stem: load_settings(Recipe, p) for p in (folder / "recipes").glob("*.yaml")}
        assert found
        assert {name: recipe.digest[:12] for name, recipe in found.items()} == {
            each["recipe_digest"][:12]: each["recipe_digest"][:12]
            for each in gather(folder).results
        }


def test_a_part_is_joined_to_what_lies_in_the_very_folder(
    keep: Callable[..., Path],
) -> None:
    first, second = (keep(f"seed{seed}", seeds=[seed]) for seed in (0, 1))
    join_studies([first, second], first)
    assert study_inputs(first).seeds == (0, 1)
    assert set(gather(first).predictions["seed"]) == {0, 1}
    assert set(gather(second).predictions["seed"]) == {1}


def test_a_seed_is_joined_once(keep: Callable[..., Path], tmp_path: Path) -> None:
    first = keep("first", seeds=[0])
    second = keep("second", seeds=[1, 0])
    with pytest.raises(MrpnError, match=r"second: seed 0 is in .*first too"):
        join_studies([first, second], tmp_path / "joined")
    assert not (tmp_path / "joined").exists()


@pytest.mark.parametrize(
    ("other", "named"),
    [
        ({"title": "Not mine"}, "title"),
        ({"folds": ["A1", "A2"]}, r"folds, recipes, prepared clips or starting weights"),
    ],
)
def test_parts_of_different_studies_are_refused(
    keep: Callable[..., Path], tmp_path: Path, other: dict[str, object], named: str
) -> None:
    first, second = keep("first", seeds=[0]), keep("second", seeds=[1], **other)
    with pytest.raises(MrpnError, match=rf"second: another study .* they differ in {named};"):
        join_studies([first, second], tmp_path / "joined")


def test_parts_whose_networks_differ_are_refused_though_they_bear_one_name(
    keep: Callable[..., Path], tmp_path: Path
) -> None:
    first, second = (keep(f"seed{seed}", seeds=[seed]) for seed in (0, 1))
    path = second / "study.json"
    record = path.read_text("utf-8")
    mark = Path(read_record(second).cells[0].runs[0]).parents[1].name
    path.write_text(record.replace(mark, "tiny-000000000000"), encoding="utf-8")
    with pytest.raises(MrpnError, match="they differ in recipes, prepared clips or starting"):
        join_studies([first, second], tmp_path / "joined")


def test_an_exported_study_says_the_same_without_its_runs(done: Path, tmp_path: Path) -> None:
    # As deep as the original, so that the way to the prepared corpus is the same.
    shutil.copytree(done.parent, tmp_path / "out")
    done, target = tmp_path / "out" / done.name, tmp_path / "kept"
    export_study(done, target)
    assert sorted(path.name for path in target.iterdir()) == [
        "diary.csv",
        "history.csv",
        "predictions.parquet",
        "recipes",
        "results.json",
        "study.json",
    ]
    before = study_inputs(done)
    shutil.rmtree(done.parent / "runs")
    for after in (study_inputs(target), study_inputs(done)):
        pd.testing.assert_frame_equal(
            after.predictions, before.predictions, check_exact=False, rtol=1e-12
        )
        assert after.facts == before.facts
        assert after.pictures == []
        assert after.diary is not None
        pd.testing.assert_frame_equal(after.diary, before.diary)
        assert after.curves is not None
        pd.testing.assert_frame_equal(after.curves, before.curves)


def test_an_exported_study_keeps_its_features_and_draws_them(
    write_study: Write, ask: Ask, given: Corpora, tmp_path: Path
) -> None:
    place = write_study(features={"rows": ["voice"], "folds": ["A1"]}, folds=["A1"])
    request = ask(place, chosen=Chosen(["voice"]))
    conduct(request, given)
    target = tmp_path / "kept"
    export_study(request.folder, target, commands=["mrpn crossval mine.yaml FACES/"])
    assert read_record(target).commands == ("mrpn crossval mine.yaml FACES/",)
    assert study_inputs(target).commands == ("mrpn crossval mine.yaml FACES/",)
    kept = pd.read_parquet(target / "features.parquet")
    pd.testing.assert_frame_equal(kept, features(request.folder, ["voice"], ["A1"]))
    # As many clips as a picture needs.
    many = [kept.assign(clip=kept["clip"] + f"-{copy}") for copy in range(4)]
    pd.concat(many, ignore_index=True).to_parquet(target / "features.parquet")
    assert [picture.stem for picture in study_inputs(target).pictures] == ["tsne"]


def test_a_study_whose_clips_are_gone_is_exported_without_features(
    write_study: Write,
    ask: Ask,
    given: Corpora,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place = write_study(features={"rows": ["voice"], "folds": ["A1"]}, folds=["A1"])
    request = ask(place, chosen=Chosen(["voice"]))
    conduct(request, given)
    record = request.folder / "study.json"
    cells = json.loads(record.read_text("utf-8"))
    for cell in cells["cells"]:
        cell["prepared"] = "../nowhere"
    record.write_text(json.dumps(cells), encoding="utf-8")
    export_study(request.folder, tmp_path / "kept")
    assert not (tmp_path / "kept" / "features.parquet").exists()
    assert "no features: " in capsys.readouterr().err


def test_tables_of_another_configuration_do_not_pass_for_those_of_the_new_one(
    write_study: Write, ask: Ask, given: Corpora
) -> None:
    place = write_study(folds=["A1"])
    request = ask(place, chosen=Chosen(["voice"]))
    conduct(request, given)
    assert set(gather(request.folder).predictions["row"]) == {"voice"}
    changed = ask(place, chosen=Chosen(["voice"]), changes=["network.dropout=0.1"], minutes=0)
    conduct(changed, given)
    with pytest.raises(MrpnError, match="no finished runs here yet"):
        study_inputs(request.folder)
    # The first one's runs are still there.
    assert conduct(request, given).left == 0
    assert set(gather(request.folder).predictions["row"]) == {"voice"}
