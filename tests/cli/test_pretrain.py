"""`mrpn pretrain`: end to end on voices of numbers, drawn and real faces; what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from fer2013 import draw_faces, unpack_faces
from mrpn.common.files import write_json
from mrpn.media import write_wav
from mrpn.preparation import PreparedCorpus
from mrpn.training.shipping import Sources, Texts, ship

Run = Callable[..., Any]
RATE = 16000


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five speakers of three utterances each, in folders: `read/SPEAKER/NUMBER.wav`."""
    folder = tmp_path_factory.mktemp("voices [mine]")
    rng = np.random.default_rng(0)
    for speaker in range(1, 6):
        for number in range(3):
            tone = 0.4 * np.sin(2 * np.pi * 600 * speaker * np.arange(RATE) / RATE)
            path = folder / "read" / f"s{speaker}" / f"{number}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(path, (tone + rng.normal(0, 0.05, RATE)).astype("f4"))
    return folder


@pytest.fixture(scope="module")
def speakers_recipe(recipe: Path) -> Path:
    """The voice branch of the tiny recipe, on speakers."""
    given = yaml.safe_load(recipe.read_text("utf-8"))
    values = {
        **{name: given[name] for name in ("name", "title", "preprocessing", "optimisation")},
        "branch": given["network"]["branches"]["audio"],
        "split": {"test": 2, "validation": 0},
        "slices": {"shortest": 0.8, "longest": 0.8},
    }
    path = recipe.parent / "speakers.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pretrain(mrpn: Run, voices: Path, speakers_recipe: Path) -> Run:
    def start(out: Path, *more: object, source: Path = voices) -> Any:
        how = ("--corpus", "folder", "--recipe", speakers_recipe, "--out", out, "--workers", 1)
        return mrpn("pretrain", "voice", source, *how, *more)

    return start


@pytest.fixture(scope="module")
def done(pretrain: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    out = tmp_path_factory.mktemp("done") / "out"
    return out, pretrain(out)


def test_the_error_is_shown_and_the_weights_named(done: tuple[Path, Any]) -> None:
    out, ran = done
    assert ran.code == 0, ran.err
    assert "epoch   1/1" in ran.err
    assert "trained" in ran.out
    assert "untrained" in ran.out
    weights = Path(ran.out.splitlines()[-1])
    assert weights == out / "run" / "weights.safetensors"
    assert weights.is_file()
    assert f"--initial audio={weights}" in ran.err


def test_a_finished_run_is_not_repeated_and_can_be_read_by_programs(
    done: tuple[Path, Any], pretrain: Run
) -> None:
    again = pretrain(done[0], "--json")
    assert (again.code, again.err) == (0, "")
    result = json.loads(again.out)
    assert result["utterances"] == {"train": 9, "validation": 0, "test": 6}
    assert result["verification"]["trained"]["target_trials"] == 6
    assert result["verification"]["trained"]["other_trials"] == 9


def test_the_weights_start_the_voice_branch_of_a_fusion(
    done: tuple[Path, Any], mrpn: Run, recipe: Path, prepared: Path, tmp_path: Path
) -> None:
    weights = done[0] / "run" / "weights.safetensors"
    how = ("--data", prepared, "--out", tmp_path / "runs", "--jobs", 1, "--fold", "A1,2")
    ran = mrpn("train", recipe, *how, "--strategy", "n2", "--initial", f"audio={weights}")
    assert ran.code == 0, ran.err
    identity = tmp_path / "runs" / "A1,2" / "n2-seed0" / "identity.json"
    assert list(json.loads(identity.read_text("utf-8"))["initial"]) == ["audio"]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (["--set", "split.test=4"], "1 of 5 speakers are left to train on"),
        (["--set", "split.test=6"], "set split.test between 2 and 5"),
        (["--set", "optimisation.select=best"], "no validation speakers"),
        (["--set", "branch.width=0"], "'branch.width'"),
        (["--set", "network.width=2"], "unknown key 'network'"),
    ],
)
def test_a_wrong_setting_is_one_line_and_trains_nothing(
    pretrain: Run, tmp_path: Path, changes: list[str], line: str
) -> None:
    ran = pretrain(tmp_path, *changes)
    assert (ran.code, ran.out) == (1, "")
    assert line in ran.error
    assert not (tmp_path / "run").exists()


def test_a_folder_without_sound_is_one_line(pretrain: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = pretrain(tmp_path / "out", source=tmp_path / "empty")
    assert ran.code == 1
    assert ran.error.startswith(f"{tmp_path / 'empty'}: no labelled clips")


@pytest.fixture(scope="module")
def faces_recipe(recipe: Path) -> Path:
    """The face branch of the tiny recipe, on whole pictures."""
    values = yaml.safe_load(recipe.read_text("utf-8"))
    values["preprocessing"]["clip"] = {"faces": "whole", "size": 32}
    values["network"]["branches"] = {"video": values["network"]["branches"]["video"]}
    path = recipe.parent / "faces.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def pretrain_face(mrpn: Run, faces_recipe: Path) -> Run:
    def start(source: Path, out: Path, *more: object) -> Any:
        how = ("--recipe", faces_recipe, "--out", out, "--workers", 1)
        return mrpn("pretrain", "face", source, *how, *more)

    return start


@pytest.fixture(scope="module")
def faces_done(
    pretrain_face: Run, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, Any]:
    source = draw_faces(tmp_path_factory.mktemp("faces [mine]"))
    out = tmp_path_factory.mktemp("faces") / "out"
    return source, out, pretrain_face(source, out)


def test_a_face_encoder_is_reported_with_and_without_repeated_faces(
    faces_done: tuple[Path, Path, Any],
) -> None:
    _, out, ran = faces_done
    assert ran.code == 0, ran.err
    assert "epoch   1/1" in ran.err
    assert " of 14 faces; macro recall " in ran.out
    assert "Without the 2 faces that the training part held as well" in ran.out
    *_, report, weights = map(Path, ran.out.splitlines())
    assert report == out / "report"
    assert (report / "confusion.png").is_file()
    assert weights == out / "runs" / "official" / "vm-seed0" / "weights.safetensors"
    assert f"--initial video={weights}" in ran.err


def test_a_finished_face_encoder_is_only_reported_again(
    faces_done: tuple[Path, Path, Any], pretrain_face: Run
) -> None:
    source, out, _ = faces_done
    again = pretrain_face(source, out, "--json")
    assert (again.code, again.err) == (0, "")
    found = json.loads(again.out)
    assert (found["whole"]["faces"], found["unseen"]["faces"], found["repeated"]) == (14, 12, 2)
    assert found == json.loads((out / "report" / "faces.json").read_text("utf-8"))


def test_its_weights_start_the_face_branch_of_a_fusion(
    faces_done: tuple[Path, Path, Any], mrpn: Run, recipe: Path, prepared: Path, tmp_path: Path
) -> None:
    weights = faces_done[1] / "runs" / "official" / "vm-seed0" / "weights.safetensors"
    how = ("--data", prepared, "--out", tmp_path / "runs", "--jobs", 1, "--fold", "A1,2")
    ran = mrpn("train", recipe, *how, "--strategy", "n2", "--initial", f"video={weights}")
    assert ran.code == 0, ran.err
    identity = tmp_path / "runs" / "A1,2" / "n2-seed0" / "identity.json"
    assert list(json.loads(identity.read_text("utf-8"))["initial"]) == ["video"]


@pytest.mark.parametrize("kind", ["voice", "face"])
def test_what_ships_of_it_gives_its_cards_value_again(
    done: tuple[Path, Any],
    faces_done: tuple[Path, Path, Any],
    voices: Path,
    mrpn: Run,
    tmp_path: Path,
    kind: str,
) -> None:
    run, prepared, source, corpus, metric = {
        "voice": (done[0] / "run", done[0], voices, "folder", "equal error rate"),
        "face": (
            faces_done[1] / "runs" / "official" / "vm-seed0",
            faces_done[1],
            faces_done[0],
            "fer2013",
            "accuracy",
        ),
    }[kind]
    write_json(tmp_path / "registry.json", [])
    sources = Sources(PreparedCorpus(prepared / "prepared"))
    entry = ship(run, kind, Texts("tiny"), sources, tmp_path)
    assert entry.reproduce.startswith(f"mrpn pretrain {kind} FOLDER --corpus {corpus} --recipe ")
    how = ("--corpus", corpus, "--workers", 1, "--json")
    ran = mrpn("evaluate", tmp_path / entry.file, source, *how)
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["measured"]["metric"] == metric
    assert found["measured"]["value"] == found["card"]
    assert (found["agrees"], found["same_contents"]) == (True, True)


@pytest.mark.data
def test_real_faces_are_trained_on_at_the_size_of_a_films_crops(
    pretrain_face: Run, data: Path, tmp_path: Path
) -> None:
    source = unpack_faces(data / "fer2013" / "fer2013.tar.xz", tmp_path / "faces", every=200)
    ran = pretrain_face(source, tmp_path / "out", "--set", "preprocessing.clip.size=64", "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["whole"]["faces"] == len([*source.glob("test/*/*")])
    assert sum(map(sum, found["confusion"])) == found["whole"]["faces"]
    assert len(found["classes"]) == 7


def test_photographs_in_other_pixels_leave_training_on_request(
    pretrain_face: Run, tmp_path: Path
) -> None:
    source = draw_faces(tmp_path / "faces")
    with Image.open(source / "test" / "angry" / "0.png") as picture:
        brighter = picture.point(lambda value: value + 50)
    brighter.save(source / "train" / "sad" / "brighter.png")
    ran = pretrain_face(source, tmp_path / "out", "--alike")
    assert ran.code == 0, ran.err
    left = {record.id for record in PreparedCorpus(tmp_path / "out" / "prepared").manifest.records}
    assert "train-sad-0" in left
    assert "train-sad-brighter" not in left


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (["--set", "network.branches.video.width=0"], "network.branches.video.width"),
        (["--set", "preprocessing.channels=3"], "preprocessing makes video of 3"),
        (["--corpus", "faces"], "faces"),
    ],
)
def test_a_wrong_setting_of_faces_is_one_line_and_prepares_nothing(
    pretrain_face: Run,
    faces_done: tuple[Path, Path, Any],
    tmp_path: Path,
    changes: list[str],
    line: str,
) -> None:
    ran = pretrain_face(faces_done[0], tmp_path / "out", *changes)
    assert (ran.code, ran.out) == (1, "")
    assert line in ran.error
    assert not (tmp_path / "out").exists()
