"""A study of the tiny corpus, six actors in rotated folds, whose networks train in a second."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe
from mrpn.training.studies import Corpora, Request, conduct, load_study

ROWS: list[dict[str, Any]] = [
    {"row": "late", "strategy": "late"},
    {"row": "voice", "strategy": "am", "group": "T", "meaning": "voice alone"},
    {
        "row": "whole",
        "strategy": "am",
        "set": {"augmentation.time": None, "diary.every": 1},
        "group": "NT",
    },
    {"row": "product", "strategy": "product"},
]


def write(folder: Path, recipe: Recipe, name: str = "mine", **changes: Any) -> Path:
    """Write a study and its recipe into a folder; changes are keys of the study."""
    folder.mkdir(exist_ok=True)
    values = {
        "name": name,
        "title": "Mine",
        "question": "Which?",
        "corpus": {"reader": "folder", "title": "Tiny"},
        "recipe": "tiny.yaml",
        "folds": ["A1", "A2"],
        "rows": ROWS,
        **changes,
    }
    tiny = recipe.model_dump(mode="json")
    (folder / "tiny.yaml").write_text(yaml.safe_dump(tiny), encoding="utf-8")
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def short(make_recipe: Callable[..., Recipe]) -> Recipe:
    """One epoch."""
    return make_recipe(optimisation={"epochs": 1})


@pytest.fixture
def write_study(short: Recipe, tmp_path: Path) -> Callable[..., Path]:
    """Write a study and its recipe into `tmp_path/recipes`."""
    return partial(write, tmp_path / "recipes", short)


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., Request]:
    """Ask for a study, one run at a time, into `tmp_path/out`."""

    def make(place: Path, **changes: Any) -> Request:
        values = {"out": tmp_path / "out", "jobs": 1, **changes}
        return Request(load_study(place), place, **values)

    return make


@pytest.fixture
def given(corpus: PreparedCorpus, tmp_path: Path) -> Corpora:
    return Corpora(tmp_path / "out", corpus.manifest, given=corpus)


@pytest.fixture(scope="session")
def done(short: Recipe, corpus: PreparedCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished study, four rows on two folds; to be read only."""
    folder = tmp_path_factory.mktemp("done")
    place = write(folder / "recipes", short)
    request = Request(load_study(place), place, folder / "out", jobs=1)
    assert conduct(request, Corpora(request.out, corpus.manifest, given=corpus)).left == 0
    return request.folder
