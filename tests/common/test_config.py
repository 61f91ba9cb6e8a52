"""Recipes from YAML: what is wrong is named by file and key, in one line."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, ValidationError

from mrpn.common.config import Settings, apply_changes, load_settings, validate
from mrpn.common.errors import ConfigError


class Inner(Settings):
    rate: float = Field(1.0, gt=0)
    name: str = "x"


class Outer(Settings):
    inner: Inner = Inner()
    count: int = 3


def load(tmp_path: Path, text: str, *changes: str) -> Outer:
    path = tmp_path / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(Outer, path, changes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour: red", "unknown key 'colour'"),
        ("inner: {rat: 1}", "unknown key 'inner.rat'"),
        ("count: many", "'count': .*integer.*got 'many'"),
        ("inner: {rate: -1}", "'inner.rate': .*greater than 0.*got -1"),
        ("inner: 5", "'inner': .*got 5"),
        ("[1, 2]", "a recipe is a mapping of settings, not list"),
        ("a: [1", "not valid YAML"),
        ("count: " + "9" * 90 + "x", r"got '9+\.\.\.\)"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=f"recipe.yaml: .*{said}") as error:
        load(tmp_path, text)
    assert "\n" not in str(error.value)


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'colour'.*; .*'count'|'count'.*; .*'colour'"):
        load(tmp_path, "colour: red\ncount: many")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent.yaml: cannot read the recipe: No such file"):
        load_settings(Outer, tmp_path / "absent.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"bytes.yaml: not valid YAML"):
        load_settings(Outer, tmp_path / "bytes.yaml")


class Study(Settings):
    """Rows tell a study."""

    rows: int


class Training(Settings):
    """A network tells a recipe of training."""

    network: int


class Speakers(Settings):
    """A branch tells a recipe of speaker recognition."""

    branch: int


@pytest.mark.parametrize(
    ("model", "text", "said"),
    [
        (Study, "network: 1", "this is a recipe of training; use mrpn train .*, or give a study"),
        (Training, "rows: 1", "this is a study; use mrpn crossval, or give a recipe of training"),
        (Training, "branch: 1", "this is a recipe of speaker recognition; use mrpn pretrain voice"),
        (Speakers, "network: 1", "this is a recipe of training; use .* mrpn pretrain face"),
        (Study, "a.b: 1\nc.d: 2", "these are settings laid over a recipe, .* name it by --size"),
        (Study, "name: x", "'rows' is missing; unknown key 'name'"),
        (Study, "- 1", "a study is a mapping of settings, not list"),
    ],
)
def test_another_kind_of_file_is_said_to_be_one(
    tmp_path: Path, model: type[Settings], text: str, said: str
) -> None:
    path = tmp_path / "it.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"^{re.escape(str(path))}: {said}"):
        load_settings(model, path)


def test_a_study_that_cannot_be_read_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent.yaml: cannot read the study: No such file"):
        load_settings(Study, tmp_path / "absent.yaml")


def test_an_empty_recipe_is_all_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Outer()


def test_changes_are_laid_over_the_file(tmp_path: Path) -> None:
    found = load(tmp_path, "inner: {name: a}", "inner.rate=2.5", "count = 7", "inner.name=b=c")
    assert found == Outer(inner=Inner(rate=2.5, name="b=c"), count=7)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("count", "--set count: write it as key.sub=value"),
        ("=3", "--set =3: write it as key.sub=value"),
        ("count.deep=3", "'count' is a value, not a group of settings"),
        ("count=[1", "the value is not valid YAML"),
        ("inner.rat=1", "unknown key 'inner.rat'"),
    ],
)
def test_wrong_changes_are_named(tmp_path: Path, change: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        load(tmp_path, "count: 3", change)
    assert "\n" not in str(error.value)


def test_changes_leave_the_given_values_alone() -> None:
    values: dict[str, Any] = {"a": {"b": 1}}
    assert apply_changes(values, ["a.b=2", "a.c=[1, 2]"]) == {"a": {"b": 2, "c": [1, 2]}}
    assert values == {"a": {"b": 1}}


def test_settings_do_not_change_once_made() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        validate(Outer, {}, "test").count = 4  # type: ignore[misc]


def test_a_group_that_is_off_is_switched_on_by_a_change() -> None:
    assert apply_changes({"diary": None}, ["diary.every=2"]) == {"diary": {"every": 2}}
