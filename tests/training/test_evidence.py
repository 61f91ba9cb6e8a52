"""No person, face or voice of the test in what weights learned from, directly or not."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.common.errors import WeightsError
from mrpn.corpora import Manifest, OfficialSplit, Part, drop_duplicates, read_corpus
from mrpn.corpora.folds import Fold
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, train_run
from mrpn.training.contents import material_of
from mrpn.training.evidence import (
    learned_parts,
    prove_apart,
    refuse_seen_actors,
    seen_in_training,
    with_evidence,
)
from mrpn.weights import (
    Material,
    Measured,
    WeightsHeader,
    load_weights,
    read_header,
    save_weights,
)

Make = Callable[..., WeightsHeader]


def of(on: Material) -> Measured:
    """A measurement of some clips; its value does not matter here."""
    return Measured(on=on, clips=1, value=0.5, low=0, high=1, interval="Wilson over clips")


@pytest.fixture(scope="module")
def bare(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Weights of a run."""
    out = tmp_path_factory.mktemp("runs")
    return train_run(recipe, corpus, fold, "am", out) / "weights.safetensors"


@pytest.fixture
def make(bare: Path) -> Make:
    def header(trained: tuple[Material, ...], *held_out: Material) -> WeightsHeader:
        update = {"trained_on": trained, "measured": tuple(of(each) for each in held_out)}
        return read_header(bare).model_copy(update=update)

    return header


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Twelve faces, of which one of the training occurs again in the test."""
    folder = tmp_path_factory.mktemp("faces")
    for part, first in (("train", 0), ("validation", 6), ("test", 12)):
        for place in range(4):
            path = folder / part / "happy" / f"{part}{place}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            grey = 0 if (part, place) == ("test", 0) else 10 * (first + place) + 5 * (place > 0)
            Image.fromarray(np.full((48, 48), grey, np.uint8)).save(path)
    return read_corpus("fer2013", folder)


def test_a_run_says_whom_it_learned_from_and_was_selected_by(bare: Path) -> None:
    found = [(m.corpus, m.part, m.actors, m.through) for m in read_header(bare).trained_on]
    assert found == [
        ("tiny", "train", ("3", "4", "5", "6"), ""),
        ("tiny", "validation", ("2",), ""),
    ]


def test_actors_apart_with_contents_apart_are_proven(make: Make, manifest: Manifest) -> None:
    header = make(
        (material_of(manifest, "train", ("3", "4")), material_of(manifest, "validation", ("2",))),
        material_of(manifest, "test", ("1",)),
    )
    assert prove_apart(header, {"tiny": manifest}) == 6


def test_an_actor_on_both_sides_is_found_without_any_file(make: Make, manifest: Manifest) -> None:
    held_out = material_of(manifest, "test", ("1", "2"), hashed=False)
    header = make((material_of(manifest, "validation", ("2",), hashed=False),), held_out)
    with pytest.raises(WeightsError, match="actors 2 of tiny are both in 'test' and in 'validat"):
        prove_apart(header, {})


def test_an_actor_is_the_same_one_in_a_composite_of_his_voice(
    make: Make, manifest: Manifest
) -> None:
    composite = replace(manifest, name="composite-tiny-faces")
    trained = material_of(composite, "train", ("1",))
    header = make((trained,), material_of(manifest, "test", ("1",)))
    with pytest.raises(WeightsError, match="actors 1 of tiny are both"):
        prove_apart(header, {"tiny": manifest, "composite-tiny-faces": composite})


def test_a_voice_under_another_name_and_actor_is_found_by_its_content(
    make: Make, manifest: Manifest, tmp_path: Path
) -> None:
    shutil.copytree(manifest.root, tmp_path / "copy")
    leak = tmp_path / "copy" / "sad-3.wav"
    shutil.copyfile(manifest.root / "sad-1.wav", leak)
    leaky = replace(manifest, root=tmp_path / "copy")
    header = make((material_of(leaky, "train", ("3", "4")),), material_of(leaky, "test", ("1",)))
    with pytest.raises(WeightsError) as caught:
        prove_apart(header, {"tiny": leaky})
    assert str(caught.value) == (
        "1 contents of the test (tiny, actors 1) are also in 'train' (tiny, actors 3, 4)"
    )


def test_a_face_of_the_test_in_the_training_is_found_unless_it_was_dropped(
    make: Make, faces: Manifest
) -> None:
    clean = drop_duplicates(faces)
    assert len(clean.records) == 11
    test = material_of(faces, "test")
    with pytest.raises(WeightsError, match=r"1 contents of the test \(fer2013, its test part\)"):
        prove_apart(make((material_of(faces, "train"),), test), {"fer2013": faces})
    honest = make((material_of(clean, "train"),), test)
    assert prove_apart(honest, {"fer2013": faces}) == prove_apart(honest, {"fer2013": clean}) == 4


@pytest.mark.parametrize("hide", ["the training", "the corpus", "the digest", "all"])
def test_what_cannot_be_told_is_no_proof(make: Make, manifest: Manifest, hide: str) -> None:
    train, test = material_of(manifest, "train", ("3",)), material_of(manifest, "test", ("1",))
    corpora: Mapping[str, Manifest] = {} if hide == "the corpus" else {"tiny": manifest}
    if hide == "the digest":
        train = material_of(manifest, "train", ("3",), hashed=False)
    header = make(() if hide in ("the training", "all") else (train,), test)
    if hide == "all":
        header = header.model_copy(update={"measured": ()})
    lines = {
        "the corpus": "the corpus tiny is needed",
        "the digest": "the contents of tiny, actors 3 were never compared",
    }
    with pytest.raises(WeightsError, match=lines.get(hide, "do not say what they were trained")):
        prove_apart(header, corpora)


def test_another_edition_of_the_corpus_proves_nothing(
    make: Make, manifest: Manifest, tmp_path: Path
) -> None:
    header = make((material_of(manifest, "train", ("3",)),), material_of(manifest, "test", ("1",)))
    shutil.copytree(manifest.root, tmp_path / "other")
    with (tmp_path / "other" / "sad-3.wav").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(WeightsError, match="does not hold the contents that the weights name"):
        prove_apart(header, {"tiny": replace(manifest, root=tmp_path / "other")})


def test_what_the_start_learned_from_and_its_licence_are_this_networks_too(
    bare: Path, manifest: Manifest, fold: Fold
) -> None:
    header = read_header(bare).model_copy(update={"licence": "CC BY 4.0", "trained_on": ()})
    found = with_evidence(header, manifest, learned_parts(fold), {"audio": bare}, hashed=True)
    assert found.licence == "CC BY 4.0; CC0-1.0"
    parts = [(material.part, material.through, material.contents) for material in found.trained_on]
    through = "audio started from am-seed0/weights.safetensors"
    assert parts == [
        ("train", "", 24),
        ("validation", "", 6),
        ("train", through, 0),
        ("validation", through, 0),
    ]
    assert learned_parts(OfficialSplit()) == {"train": (), "validation": ()}


def test_no_run_starts_from_weights_that_know_its_test_actors(
    recipe: Recipe, corpus: PreparedCorpus, bare: Path, tmp_path: Path
) -> None:
    for test, validation in (("3", "1"), ("2", "1"), ("1", "3")):
        rest = tuple(sorted({"1", "2", "3", "4", "5", "6"} - {test, validation}))
        fold = Fold("X", train=rest, validation=(validation,), test=(test,))
        with pytest.raises(
            WeightsError, match=r"was trained on actors held out here, [23] of tiny"
        ):
            train_run(recipe, corpus, fold, "n0", tmp_path, initial={"audio": bare})
    assert not (tmp_path / "X").exists()


def test_the_same_fold_and_other_corpora_may_start_from_them(
    bare: Path, fold: Fold, recipe: Recipe
) -> None:
    refuse_seen_actors({"audio": bare}, "tiny", fold)
    swapped = Fold("X", train=("1", "2"), validation=("3",), test=("4",))
    refuse_seen_actors({"audio": bare}, "others", swapped)
    refuse_seen_actors({"audio": bare}, "tiny", OfficialSplit())


def test_a_start_that_does_not_say_whom_it_was_trained_on_is_told_once(
    bare: Path, fold: Fold, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network, header = load_weights(bare)
    path = tmp_path / "silent.safetensors"
    save_weights(path, network, header.model_copy(update={"trained_on": ()}))
    for _ in range(2):
        refuse_seen_actors({"audio": path}, "tiny", fold)
    refuse_seen_actors({"audio": bare}, "tiny", fold)
    assert capsys.readouterr().err.splitlines() == [
        f"{path}: does not say whom it was trained on, so nothing can be checked; see for "
        "yourself that it met none of 1 of tiny"
    ]


COMPOSITE = "composite-tiny-fer2013"


@pytest.mark.parametrize(
    ("shown", "trained", "found"),
    [
        (COMPOSITE, ("fer2013", "train", ()), ["trained on the faces of fer2013's train part"]),
        (COMPOSITE, ("fer2013", "test", ()), []),
        (COMPOSITE, ("faces", "train", ()), []),
        ("fer2013", ("fer2013", "train", ()), ["trained on fer2013's train part"]),
        (
            "fer2013",
            (COMPOSITE, "train", ("1", "2")),
            [f"trained on the faces of {COMPOSITE}'s train part"],
        ),
        ("fer2013", (COMPOSITE, "validation", ("1", "2")), []),
        (COMPOSITE, (COMPOSITE, "train", ("2",)), [f"trained on {COMPOSITE}'s actors 2"]),
        # Other voices, with the faces of the same part.
        (
            COMPOSITE,
            (COMPOSITE, "train", ("9",)),
            [f"trained on the faces of {COMPOSITE}'s train part"],
        ),
        (COMPOSITE, ("tiny", "train", ("2", "9")), ["trained on tiny's actors 2"]),
        (COMPOSITE, ("tiny", "train", ("9",)), []),
    ],
)
def test_faces_are_the_same_ones_in_a_composite_of_their_part(
    bare: Path,
    manifest: Manifest,
    shown: str,
    trained: tuple[str, Part, tuple[str, ...]],
    found: list[str],
) -> None:
    records = tuple(replace(record, partition="train") for record in manifest.records)
    scored = replace(manifest, name=shown, records=records)
    name, part, actors = trained
    header = read_header(bare)
    sound = header.network.branches["audio"]
    known = Material(corpus=name, part=part, clips=9, actors=actors)
    on = material_of(scored, "train", hashed=False)
    for modality, expected in (
        ("video", found),
        ("audio", [each for each in found if "faces" not in each]),
    ):
        network = header.network.model_copy(update={"branches": {modality: sound}})
        update = {"network": network, "trained_on": (known,)}
        assert seen_in_training(header.model_copy(update=update), scored, on) == expected
