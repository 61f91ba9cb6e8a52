"""`mrpn prepare`, from good, odd and broken media."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrpn.preparation import PreparedCorpus

Run = Callable[..., Any]


@pytest.fixture
def prepare(mrpn: Run, recipe: Path, tmp_path: Path) -> Run:
    """Prepare a source into `tmp_path/out`."""

    def run(source: Path, *more: object, settings: Path = recipe, quiet: bool = False) -> Any:
        how = ("--recipe", settings, "--out", tmp_path / "out", "--workers", 1)
        return mrpn(*(["--quiet"] if quiet else []), "prepare", source, *how, *more)

    return run


def test_a_prepared_corpus_is_not_prepared_again(
    mrpn: Run, recipe: Path, drawn: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its name in the package is that of its function.
    module = sys.modules["mrpn.preparation.prepare"]
    monkeypatch.setattr(module, "run_isolated", lambda *_, **__: pytest.fail("a clip was read"))
    how = ("--corpus", "synthetic", "--recipe", recipe, "--out", prepared)
    assert mrpn("--quiet", "prepare", drawn, *how) == (0, "", "")
    summary = json.loads(mrpn("prepare", drawn, *how, "--json").out)
    assert (summary["clips"], summary["usable"], summary["problems"]) == (12, 12, {})


def test_unusual_sound_is_prepared_without_a_word(
    prepare: Run, odd_sounds: Path, tmp_path: Path
) -> None:
    ran = prepare(odd_sounds.parent, "--corpus", "folder")
    assert ran.code == 0
    assert ran.err.splitlines()[0].startswith("4 of 4 clips of ")
    corpus = PreparedCorpus(tmp_path / "out")
    lengths = {clip.record.id: len(corpus.read(clip).audio) for clip in corpus.clips}
    assert len(lengths) == 4
    assert all(abs(length - 16000) <= 2 for length in lengths.values())


def test_bad_files_are_told_and_the_rest_is_prepared(
    prepare: Run, bad_media: Path, clip: Path, tmp_path: Path
) -> None:
    source = tmp_path / "corpus"
    shutil.copytree(bad_media, source / "happy")
    shutil.copy(clip, source / "happy" / "good.mp4")
    ran = prepare(source, "--corpus", "folder", "--json")
    assert (ran.code, ran.err) == (0, "")
    summary = json.loads(ran.out)
    assert (summary["clips"], summary["usable"]) == (8, 4)
    for name, why in (
        ("cut.mp4", "no picture of it can be decoded"),
        ("text.wav", "not a media file"),
        ("zero.mp4", "the file is empty"),
        ("empty-room.mp4", "no face found in 4 pictures"),
    ):
        (line,) = [problem for problem in summary["problems"] if name in problem]
        assert why in line
        assert "\n" not in line
    assert summary["problems"]["no face"] == summary["problems"]["silence"] == 1
    assert not list(tmp_path.rglob("*.partial*"))


def test_a_corpus_of_bad_files_alone_is_an_error_with_the_first_reason(
    prepare: Run, tmp_path: Path
) -> None:
    (tmp_path / "corpus" / "happy").mkdir(parents=True)
    (tmp_path / "corpus" / "happy" / "zero.mp4").touch()
    ran = prepare(tmp_path / "corpus", "--corpus", "folder")
    assert ran.code == 1
    assert "none of 1 clips could be read; first: " in ran.error
    assert "zero.mp4: the file is empty (0 bytes)" in ran.error


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1", "not valid YAML"),
        ("- a\n- b\n", "a recipe is a mapping of settings, not list"),
        ("colour: red", "unknown key 'colour'"),
        ("title: [1]", "'title': Input should be a valid string (got [1])"),
        ("optimisation: {epochs: many}", "'optimisation.epochs': Input should be a valid integer"),
        ("network: {branches: {Smell: {in_channels: 1}}}", "'network.branches.Smell"),
    ],
)
def test_a_wrong_recipe_is_one_line_that_names_file_and_key(
    prepare: Run, recipe: Path, drawn: Path, tmp_path: Path, text: str, line: str
) -> None:
    wrong = tmp_path / "wrong.yaml"
    values = yaml.safe_load(recipe.read_text("utf-8"))
    known = line.startswith(("not valid", "a recipe"))
    wrong.write_text(text if known else yaml.safe_dump({**values, **yaml.safe_load(text)}))
    ran = prepare(drawn, "--corpus", "synthetic", settings=wrong)
    assert (ran.code, ran.out) == (1, "")
    assert ran.error.startswith(f"{wrong}: ")
    assert line in ran.error
    assert not (tmp_path / "out").exists()


def test_a_recipe_that_is_not_there_is_named(prepare: Run, drawn: Path, tmp_path: Path) -> None:
    ran = prepare(drawn, "--corpus", "synthetic", settings=tmp_path / "gone.yaml")
    assert (
        ran.error == f"{tmp_path / 'gone.yaml'}: cannot read the recipe: No such file or directory"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["{drawn}"], "{drawn}: say what this folder is, --corpus NAME"),
        (["{drawn}", "--corpus", "ravdes"], "no corpus is called 'ravdes'"),
        (["{tmp}/gone"], "{tmp}/gone: there is no such folder or manifest"),
        (["{recipe}"], "{recipe}: a manifest is kept as .json or .parquet"),
        (["{recipe}", "--option", "channel=song"], "--option channel=song: is for a folder"),
    ],
)
def test_a_source_that_cannot_be_read_is_one_line(
    prepare: Run, drawn: Path, recipe: Path, tmp_path: Path, arguments: list[str], line: str
) -> None:
    def fill(text: str) -> str:
        for name, value in (("drawn", drawn), ("tmp", tmp_path), ("recipe", recipe)):
            text = text.replace(f"{{{name}}}", str(value))
        return text

    ran = prepare(*map(fill, arguments))
    assert ran.code == 1
    assert fill(line) in ran.error
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(
    prepare: Run, drawn: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "diary.txt").write_text("mine")
    ran = prepare(drawn, "--corpus", "synthetic")
    assert ran.code == 1
    assert "holds other files (diary.txt, ...)" in ran.error
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["diary.txt"]
