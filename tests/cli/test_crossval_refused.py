"""`mrpn crossval` says what is wrong with corpus and weights at once, in the dry run too."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imitations import ALL_OF_RAVDESS, NINE, write_crema_d, write_ravdess
from mrpn.media import write_wav
from toy_size import RECIPES

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def wanting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """RAVDESS's voices without its films, and twelve files of CREMA-D, of two actors."""
    folder = tmp_path_factory.mktemp("wanting")
    for actor in ALL_OF_RAVDESS:
        for emotion in range(1, 9):
            name = f"03-01-{emotion:02}-01-01-01-{actor:02}.wav"
            (folder / "voices" / f"Actor_{actor:02}").mkdir(parents=True, exist_ok=True)
            write_wav(folder / "voices" / f"Actor_{actor:02}" / name, np.zeros(99, np.float32))
    return {
        "voices": folder / "voices",
        "few": write_crema_d(folder / "few", NINE[:2]),
        "ravdess": write_ravdess(folder / "RAVDESS"),
    }


@pytest.mark.parametrize("dry", [(), ("--dry-run",)], ids=["", "dry"])
@pytest.mark.parametrize(
    ("table", "source", "how", "line"),
    [
        ("table2", "ravdess", ("--initial", "video=gone.safetensors"), "no such weights file"),
        ("table2", "ravdess", ("--initial", "video=face-small"), "set network.branches.video."),
        ("table2", "ravdess", ("--row", "N9"), "no row 'N9' in this study; there are AM | VM"),
        ("table2", "ravdess", ("--fold", "S1"), "no fold 'S1' in this study; there are A1,2"),
        ("table2", "voices", (), "none of its 192 clips has a picture, which row 'VM' needs"),
        ("table3", "few", (), "2 actors of each sex are needed, there are 1 male, 1 female"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_is_prepared(
    mrpn: Run,
    wanting: dict[str, Path],
    tmp_path: Path,
    dry: tuple[str, ...],
    table: str,
    source: str,
    how: tuple[str, ...],
    line: str,
) -> None:
    place = RECIPES / "paper" / f"{table}.yaml"
    ran = mrpn("crossval", place, wanting[source], "--out", tmp_path / "runs", *how, *dry)
    assert ran.code == 1
    assert line in ran.err.splitlines()[-1]
    assert "preparing" not in ran.err
    assert not (tmp_path / "runs" / "prepared").exists()
    assert "to prepare" not in ran.out


@pytest.mark.parametrize(
    ("command", "recipe", "said"),
    [
        (("crossval",), "own-clips.yaml", "this is a recipe of training; use mrpn train"),
        (("crossval",), "paper/small.yaml", "a size of a study; name it by --size"),
        (("crossval",), "gone.yaml", "cannot read the study: No such file"),
        (("train",), "paper/table2.yaml", "this is a study; use mrpn crossval"),
        (
            ("pretrain", "face", "FER2013", "--recipe"),
            "speakers-small.yaml",
            "this is a recipe of speaker recognition; use mrpn pretrain voice",
        ),
        (
            ("pretrain", "voice", "VoxCeleb", "--recipe"),
            "fer2013-small.yaml",
            "this is a recipe of training; use mrpn train (of faces alone, mrpn pretrain face)",
        ),
    ],
)
def test_a_recipe_of_another_command_is_told_from_a_wrong_one(
    mrpn: Run, tmp_path: Path, command: tuple[str, ...], recipe: str, said: str
) -> None:
    ran = mrpn(*command, RECIPES / recipe, "--out", tmp_path)
    assert ran.code == 1
    assert said in ran.error
