"""Studies: what they refuse, and how a row's recipe comes about."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrpn.common.errors import ConfigError
from mrpn.media import ClipSettings
from mrpn.training.studies import load_study
from mrpn.training.studies import recipes as module
from mrpn.training.studies.recipes import RowRecipe, as_changes, row_recipes

Write = Callable[..., Path]
ROW = {"row": "a", "strategy": "am"}


def recipes(place: Path, **how: Any) -> list[RowRecipe]:
    return row_recipes(load_study(place), place, **how)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": [ROW, ROW]}, "rows: name each once"),
        ({"rows": []}, "'rows'"),
        ({"seeds": [1, 1]}, "seeds: name each once"),
        ({"protocols": ["paper", "paper"]}, "protocols: name each once"),
        ({"protocols": ["loose"]}, "'protocols.0'"),
        ({"comparisons": [["late", "n3"]]}, "there is no row 'n3'"),
        ({"features": {"rows": ["n3"]}}, "there is no row 'n3'"),
        ({"rows": [{**ROW, "colour": "red"}]}, "unknown key 'rows.0.colour'"),
        ({"detecting": {"preprocessing.clip.detect_every": 1}}, "detecting: goes with a detector"),
    ],
)
def test_a_study_that_does_not_fit_is_one_line(
    write_study: Write, changes: dict[str, Any], said: str
) -> None:
    place = write_study(**changes)
    with pytest.raises(ConfigError) as error:
        load_study(place)
    assert said in str(error.value)
    assert str(error.value).startswith(f"{place}: ")


def test_every_row_has_a_recipe_under_every_protocol(write_study: Write) -> None:
    found = recipes(write_study(protocols=["paper", "strict"]))
    assert [(each.row.row, each.protocol) for each in found] == [
        (row, protocol)
        for row in ("late", "voice", "whole", "product")
        for protocol in ("paper", "strict")
    ]
    assert all(each.recipe.protocol == each.protocol for each in found)


def test_size_then_row_then_changes_are_laid_over_the_shared_recipe(write_study: Write) -> None:
    rows = [{**ROW, "set": {"network.hidden": 5, "network.dropout": 0.1}}]
    place = write_study(rows=rows, sizes={"small": "small.yaml"})
    small = {"network.hidden": 4, "optimisation.schedule": {"name": "one-cycle", "warm_up": 0.5}}
    (place.parent / "small.yaml").write_text(yaml.safe_dump(small), encoding="utf-8")
    full, size = recipes(place)[0].recipe, recipes(place, size="small")[0].recipe
    assert (full.network.hidden, full.optimisation.schedule.name) == (5, "plateau")
    assert (size.network.hidden, size.optimisation.schedule.warm_up) == (5, 0.5)
    changed = recipes(place, size="small", changes=["network.hidden=6"])[0].recipe
    assert (changed.network.hidden, changed.network.dropout) == (6, 0.1)
    assert recipes(place, size="full")[0].recipe == full


def test_settings_by_name_keep_their_types() -> None:
    given = {"a.b": None, "c": [1, 2], "d": "0.5", "e": {"f": True}}
    assert as_changes(given) == ["a.b=null", "c=[1, 2]", 'd="0.5"', 'e={"f": true}']


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"size": "huge"}, "has no size 'huge'; there are full"),
        ({"changes": ["protocol=strict"]}, "--set protocol=strict: a study says this"),
        ({"changes": ["seed=3"]}, "--set seed=3: a study says this"),
        ({"changes": ["network.width=3"]}, "row 'late': unknown key 'network.width'"),
    ],
)
def test_what_cannot_be_laid_over_is_one_line(
    write_study: Write, how: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        recipes(write_study(), **how)


def test_a_strategy_without_branches_is_refused(write_study: Write) -> None:
    with pytest.raises(ConfigError, match="no strategy 'only-pulse'"):
        recipes(write_study(rows=[{"row": "a", "strategy": "only-pulse"}]))


@pytest.mark.parametrize("installed", [True, False])
def test_the_wished_for_detector_is_taken_where_it_is_installed(
    write_study: Write, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    def detector(settings: ClipSettings) -> None:
        if settings.detector == "dlib" and not installed:
            raise ConfigError("dlib is not installed")

    module._is_installed.cache_clear()
    monkeypatch.setattr(module, "detector_of", detector)
    with_it = {"preprocessing.clip.detector_side": 480, "preprocessing.clip.detect_every": 1}
    place = write_study(detector="dlib", detecting=with_it)

    def clip(*changes: str) -> tuple[str, int, int]:
        found = recipes(place, changes=changes)[0].recipe.preprocessing.clip
        return found.detector, found.detector_side, found.detect_every

    assert clip() == (("dlib", 480, 1) if installed else ("retinaface", 320, 4))
    every = clip("preprocessing.clip.detect_every=2")
    assert every == (("dlib", 480, 2) if installed else ("retinaface", 320, 2))
    assert clip("preprocessing.clip.detector=yunet") == ("yunet", 320, 4)
    module._is_installed.cache_clear()
