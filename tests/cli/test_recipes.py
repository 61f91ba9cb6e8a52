"""Every recipe of the project trains: one step at toy size, on imitations of its corpus."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fer2013 import draw_faces
from imitations import ALL_OF_RAVDESS, write_crema_d, write_ravdess, write_voxceleb
from mrpn.common.config import load_settings
from mrpn.training import Recipe
from mrpn.training.studies import gather, load_study
from mrpn.training.studies.study import Study
from toy_size import (
    BOTH,
    FACE,
    RECIPES,
    SPEAKERS,
    STUDIES,
    TABLES,
    VOICE,
    as_options,
    places,
    starts_of,
)
from untrained import save_untrained

Run = Callable[..., Any]
Prepared = Callable[[str, Path], Path]
COMPOSITE = "composite-ravdess-fer2013"
SIZE = "preprocessing.clip.size"
_shared = {s for p in STUDIES for s in ((p.parent / load_study(p).recipe).resolve(),)}
# What all rows of a study share is trained with it.
PLAIN = [place for place in places("network") if place not in _shared]


def of_modalities(*names: str) -> list[Path]:
    return [p for p in PLAIN if set(load_settings(Recipe, p).network.branches) == set(names)]


def named(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def imitated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with RAVDESS, CREMA-D, FER2013 and VoxCeleb."""
    folder = tmp_path_factory.mktemp("imitated")
    write_ravdess(folder / "RAVDESS")
    write_crema_d(folder / "CREMA-D")
    draw_faces(folder / "FER2013")
    write_voxceleb(folder / "VoxCeleb")
    return folder


def corpus_of(study: Study, folder: Path) -> list[str]:
    if study.corpus.reader == COMPOSITE:
        return [str(folder / "RAVDESS"), "--option", f"faces={folder / 'FER2013'}"]
    return [str(folder / ("CREMA-D" if study.corpus.reader == "crema-d" else "RAVDESS"))]


def test_every_recipe_is_of_a_kind_that_is_tested_here() -> None:
    faces, voices, both = (of_modalities(*n) for n in (("video",), ("audio",), ("audio", "video")))
    sizes = {p.parent / size for p in STUDIES for size in load_study(p).sizes.values()}
    tested = [
        *STUDIES,
        *_shared,
        *faces,
        *voices,
        *both,
        *places("branch"),
        *map(Path.resolve, sizes),
    ]
    assert sorted({p.resolve() for p in tested}) == sorted(RECIPES.rglob("*.yaml"))


@pytest.mark.parametrize("place", of_modalities("video"), ids=named)
def test_faces_alone_are_pretrained(mrpn: Run, imitated: Path, tmp_path: Path, place: Path) -> None:
    how = ("--recipe", place, "--out", tmp_path, "--workers", 1, "--json")
    ran = mrpn("pretrain", "face", imitated / "FER2013", *how, *as_options(FACE))
    assert ran.code == 0, ran.err
    assert (tmp_path / "report").is_dir()
    assert len(json.loads(ran.out)["classes"]) == 7


@pytest.mark.parametrize("place", places("branch"), ids=named)
def test_speakers_are_told_apart(mrpn: Run, imitated: Path, tmp_path: Path, place: Path) -> None:
    how = ("--corpus", "voxceleb", "--recipe", place, "--out", tmp_path, "--workers", 1)
    ran = mrpn("pretrain", "voice", imitated / "VoxCeleb", *how, *as_options(SPEAKERS))
    assert ran.code == 0, ran.err
    assert (tmp_path / "run" / "weights.safetensors").exists()


@pytest.fixture(scope="module")
def prepared(mrpn: Run, imitated: Path) -> Prepared:
    """Prepare a corpus as all recipes read it at toy size, once."""

    def make(corpus: str, place: Path) -> Path:
        folder = imitated / "prepared" / corpus
        if not folder.exists():
            option = ("--option", f"faces={imitated / 'FER2013'}") if corpus == COMPOSITE else ()
            how = ("--corpus", corpus, *option, "--recipe", place, "--out", folder, "--workers", 1)
            size = as_options({k: v for k, v in BOTH.items() if k.startswith("preprocessing")})
            ran = mrpn("prepare", imitated / "RAVDESS", *how, *size)
            assert ran.code == 0, ran.err
        return folder

    return make


@pytest.mark.parametrize("place", of_modalities("audio"), ids=named)
def test_voices_alone_are_trained(
    mrpn: Run, prepared: Prepared, tmp_path: Path, place: Path
) -> None:
    how = ("--data", prepared("ravdess", place), "--out", tmp_path, "--fold", "A9,10", "--jobs", 1)
    scratch = ("--set", "network.branches.audio.initial=null")
    ran = mrpn("train", place, *how, *as_options(VOICE), *scratch)
    assert ran.code == 0, ran.err
    assert (tmp_path / "A9,10" / "am-seed0" / "result.json").exists()


@pytest.mark.parametrize("place", of_modalities("audio", "video"), ids=named)
def test_face_and_voice_are_trained_from_given_encoders(
    mrpn: Run, prepared: Prepared, tmp_path: Path, place: Path
) -> None:
    recipe = load_settings(Recipe, place, [c for c in as_options(BOTH) if c != "--set"])
    corpus = COMPOSITE if load_settings(Recipe, place).preprocessing.clip.whole else "ravdess"
    start = save_untrained(tmp_path / "start.safetensors", recipe)
    initial = ("--initial", f"audio={start}", "--initial", f"video={start}")
    how = ("--data", prepared(corpus, place), "--fold", "A9,10", "--strategy", "n2", "--jobs", 1)
    ran = mrpn("train", place, *how, "--out", tmp_path, *initial, *as_options(BOTH))
    assert ran.code == 0, ran.err
    assert (tmp_path / "A9,10" / "n2-seed0" / "result.json").exists()


@pytest.mark.parametrize(
    ("place", "size"),
    [(p, size) for p in STUDIES if p not in TABLES for size in ("full", *load_study(p).sizes)],
    ids=lambda value: value.stem if isinstance(value, Path) else value,
)
def test_rows_of_every_study_are_trained(
    mrpn: Run, prepared: Prepared, tmp_path: Path, place: Path, size: str
) -> None:
    """All at full size, of others one in the midst and the last; tables have tests of their own."""
    study = load_study(place)
    rows = [row.row for row in study.rows]
    if size != "full":
        rows = [rows[len(rows) // 2], rows[-1]]
    named = [part for row in rows for part in ("--row", row)]
    chosen = (*named, "--fold", "A9,10", "--seed", 0)
    data = prepared(study.corpus.reader, place.parent / study.recipe)
    how = ("--data", data, "--out", tmp_path, "--size", size, "--jobs", 1)
    start = starts_of(place, tmp_path, BOTH, size)
    ran = mrpn("crossval", place, *how, *chosen, *start, *as_options(BOTH))
    assert ran.code == 0, ran.err
    assert set(gather(tmp_path / study.name).predictions["row"]) >= set(rows)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("place", STUDIES, ids=named)
def test_every_fold_of_every_row_takes_a_step(
    mrpn: Run, imitated: Path, tmp_path: Path, place: Path
) -> None:
    """On all actors of RAVDESS; crops have the sizes that rows ask for, where they ask."""
    study = load_study(place)
    if not (imitated / "all" / "RAVDESS").exists():
        write_ravdess(imitated / "all" / "RAVDESS", ALL_OF_RAVDESS)
        for name in ("CREMA-D", "FER2013"):
            (imitated / "all" / name).symlink_to(imitated / name)
    protocols = ("paper", "strict") if place in TABLES else study.protocols
    under = [part for name in protocols for part in ("--protocol", name)]
    toy = dict(BOTH)
    if any(SIZE in row.set for row in study.rows):
        del toy[SIZE]
    given = any("given" in row.initial.values() for row in study.rows)
    start = starts_of(place, tmp_path, toy) if given or place.stem.startswith("composite") else []
    source = corpus_of(study, imitated / "all")
    how = ("--out", tmp_path / "runs", *under, "--seed", 0, *start, *as_options(toy))
    ran = mrpn("crossval", place, *source, *how)
    assert ran.code == 0, ran.err
    found = gather(tmp_path / "runs" / study.name).predictions
    folds = 9 if study.corpus.reader == "crema-d" else 12
    cells = found.groupby(["row", "protocol"])["fold"].nunique()
    assert len(cells) == len(protocols) * len(study.rows)
    assert set(cells) == {folds}
    assert mrpn("report", tmp_path / "runs" / study.name).code == 0
