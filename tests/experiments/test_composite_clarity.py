"""Clarity judged by nobody who knows the actor; what a pairing leaves to find; the whole way."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from clarity.estimate import Examples, cross_fit, inner_places
from clarity.features import face_features, voice_features
from clarity.gain import fusion_accuracies, rank_agreement
from clarity.tables import Judges, clarity_of
from composite_clarity import by_clarity, main

from fer2013 import draw_faces
from imitations import write_ravdess
from mrpn.common.errors import CorpusError
from mrpn.corpora import ClipRecord, compose, corpus_folds, drop_duplicates, read_corpus
from mrpn.evaluation import build_predictions

CLASSES = ("happy", "sad", "angry")
SIX = tuple(range(1, 7))


def test_a_louder_voice_differs_in_loudness_alone():
    wave = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    wave *= np.linspace(0.2, 1, 16000, dtype=np.float32)
    quiet, loud = voice_features(wave), voice_features(2 * wave)
    assert quiet.shape == (123,)
    assert loud[-3] - quiet[-3] == pytest.approx(np.log(2), abs=1e-3)
    assert np.delete(loud, -3) == pytest.approx(np.delete(quiet, -3), abs=1e-3)
    assert np.isfinite(voice_features(np.zeros(16000, np.float32))).all()


def test_edges_lie_in_the_bins_of_their_directions():
    upright = np.zeros((48, 48), np.uint8)
    upright[:, 20:] = 200
    histograms = face_features(np.stack([upright, upright.T, np.full_like(upright, 90)]))
    assert histograms.shape == (3, 900)
    by_bin = histograms.reshape(3, 100, 9).sum(axis=1)
    # An upright edge changes along 0 degrees, a level one along 90, between the bins 4 and 5.
    assert np.flatnonzero(by_bin[0]).tolist() == [0]
    assert np.flatnonzero(by_bin[1]).tolist() == [4, 5]
    assert by_bin[1][4] == pytest.approx(by_bin[1][5])
    assert not by_bin[2].any()


def speech(seed: int = 0) -> Examples:
    """Six actors, each of whom says four clips of each class, which can almost be told apart."""
    random = np.random.default_rng(seed)
    actors = np.repeat([str(actor) for actor in SIX], 12)
    labels = np.tile(np.repeat(CLASSES, 4), len(SIX))
    values = random.normal(0, 0.7, (72, 3)) + np.array([CLASSES.index(x) for x in labels])[:, None]
    clips = tuple(f"c{number}" for number in range(72))
    return Examples(clips, tuple(labels), tuple(actors), values.astype(np.float32))


def relabelled(examples: Examples, actor: str) -> Examples:
    turned = {"happy": "sad", "sad": "angry", "angry": "happy"}
    pairs = zip(examples.labels, examples.actors, strict=True)
    return replace(examples, labels=tuple(turned[x] if a == actor else x for x, a in pairs))


@pytest.mark.parametrize("inner", [2, 4])
def test_nobody_has_taught_the_classifier_that_judges_them(inner: int):
    examples = speech()
    judged = cross_fit(examples, CLASSES, {"1", "2", "3", "4"}, inner)
    for actor, teachers in zip(examples.actors, judged.teachers, strict=True):
        assert actor not in teachers
        assert teachers <= {"1", "2", "3", "4"}
        assert len(teachers) == (4 if actor in {"5", "6"} else 4 - 4 // inner)
    assert judged.probabilities.sum(axis=1) == pytest.approx(np.ones(72))
    assert (judged.probabilities.argmax(axis=1) == np.tile(np.repeat(range(3), 4), 6)).mean() > 0.6


def test_an_actors_own_labels_change_nothing_of_how_it_is_judged():
    examples, teachers = speech(), {"1", "2", "3", "4"}
    judged = cross_fit(examples, CLASSES, teachers, 4).probabilities
    own = np.array(examples.actors) == "2"
    changed = cross_fit(relabelled(examples, "2"), CLASSES, teachers, 4).probabilities
    assert (changed[own] == judged[own]).all()
    assert not np.allclose(changed[~own], judged[~own])


def test_those_held_out_change_nothing_of_how_anybody_is_judged():
    examples, teachers = speech(), {"1", "2", "3", "4"}
    judged = cross_fit(examples, CLASSES, teachers, 4).probabilities
    assert (
        cross_fit(relabelled(examples, "6"), CLASSES, teachers, 4).probabilities == judged
    ).all()
    held_out = np.array(examples.actors) == "6"
    values = np.where(held_out[:, None], np.float32(9), examples.values)
    changed = cross_fit(replace(examples, values=values), CLASSES, teachers, 4).probabilities
    assert (changed[~held_out] == judged[~held_out]).all()


def test_actors_are_dealt_evenly_class_by_class():
    label_of = {f"f{n}": "sad" if n < 6 else "happy" for n in range(12)}
    places = inner_places(label_of, 3)
    for label in ("sad", "happy"):
        mine = [places[actor] for actor in label_of if label_of[actor] == label]
        assert sorted(mine) == [0, 0, 1, 1, 2, 2]
    assert sorted(inner_places({"1": "sad", "2": "sad"}, 20).values()) == [0, 1]


def test_too_little_to_learn_from_is_told():
    with pytest.raises(CorpusError, match="1 actors cannot be judged by one another"):
        cross_fit(speech(), CLASSES, {"1"}, 2)
    examples = speech()
    only = tuple(
        "happy" if a != "1" and x == "sad" else x
        for x, a in zip(examples.labels, examples.actors, strict=True)
    )
    with pytest.raises(CorpusError, match="no clip to learn 'sad' from"):
        cross_fit(replace(examples, labels=only), CLASSES, {"1", "2", "3"}, 3)


def table(names: list[str], labels: list[str], probabilities: list[list[float]]) -> pd.DataFrame:
    return build_predictions(
        clips=names,
        actors=["1"] * len(names),
        labels=labels,
        probabilities=probabilities,
        classes=("happy", "sad"),
        fold="f",
        strategy="am",
        seed=0,
    )


def pair(voice: str, face: str, label: str) -> ClipRecord:
    extra = {"voice": voice, "face": face}
    return ClipRecord(f"{voice}+{face}", label, "1", None, "a.png", "a.wav", "test", extra)


def test_clarity_is_the_probability_of_the_true_class():
    judged = table(["a", "b"], ["sad", "happy"], [[0.3, 0.7], [0.25, 0.75]])
    assert clarity_of(judged) == {"a": 0.7, "b": 0.25}


def test_fusions_are_scored_on_the_pairs_that_there_are():
    voices = table(["u", "v"], ["happy", "sad"], [[0.8, 0.2], [0.6, 0.4]])
    faces = table(["x", "y"], ["happy", "sad"], [[0.3, 0.7], [0.1, 0.9]])
    pairs = [pair("u", "x", "happy"), pair("v", "y", "sad")]
    found = fusion_accuracies(pairs, pairs, voices, faces)
    assert (found["voice"], found["face"], found["either"]) == (0.5, 0.5, 1.0)
    # 0.8 x 0.3 > 0.2 x 0.7, and 0.6 x 0.1 < 0.4 x 0.9.
    assert found["product"] == 1.0


def test_what_only_both_together_tell_is_found_by_interactions_alone():
    grades = [[0.8, 0.2], [0.7, 0.3], [0.3, 0.7], [0.2, 0.8]]
    voices = table(list("abcd"), ["happy"] * 4, grades)
    faces = table(list("stuv"), ["happy"] * 4, grades)
    # Happy where both halves say the same, sad where they differ.
    pairs = [
        pair(v, f, "happy" if (v in "ab") == (f in "st") else "sad") for v in "abcd" for f in "stuv"
    ] * 20
    found = fusion_accuracies(pairs, pairs, voices, faces)
    assert found["interactions"] == 1.0
    assert found["voice"] == found["face"] == 0.5
    assert max(found["product"], found["linear"]) <= 0.75


def test_ranks_agree_within_classes():
    pairs = [pair(f"v{n}", f"f{n}", "sad" if n < 3 else "happy") for n in range(6)]
    voices = {f"v{n}": float(n) for n in range(6)}
    falling = {f"f{n}": float(n % 3 == 0) * 9 - n for n in range(6)}
    assert rank_agreement(pairs, voices, {f"f{n}": n**2 / 9 for n in range(6)}) == 1.0
    assert rank_agreement(pairs, voices, falling) == -1.0
    assert np.isnan(rank_agreement(pairs, voices, dict.fromkeys(falling, 1.0)))


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("media")
    return write_ravdess(folder / "voices", SIX), draw_faces(folder / "faces")


def test_each_fold_is_paired_by_what_its_own_training_actors_teach(
    media: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: dict[frozenset[str], dict[str, frozenset[str]]] = {}

    def watched(examples, classes, teachers, inner):
        judged = cross_fit(examples, classes, teachers, inner)
        assert frozenset(teachers) not in taught, "judged twice"
        by_clip = dict(zip(examples.clips, judged.teachers, strict=True))
        taught[frozenset(teachers)] = by_clip
        return judged

    monkeypatch.setattr("clarity.tables.cross_fit", watched)
    faces = drop_duplicates(read_corpus("fer2013", media[1]))
    composite = compose(read_corpus("ravdess", media[0]), faces, seed=0, faces_per_voice=1)
    judges, folds = Judges(composite, faces, tmp_path), corpus_folds(composite)
    for fold in folds:
        for order in ("shared", "opposed"):
            by_clarity(judges, fold, order)
    actor_of = {r.extra["voice"]: r.actor for r in composite.records}
    for fold in folds:
        for clip, teachers in taught.pop(frozenset(fold.train)).items():
            assert teachers <= set(fold.train) - {actor_of[clip]}
    ((of_faces, by_clip),) = taught.items()
    assert of_faces == {r.actor for r in faces.records if r.partition == "train"}
    for record in faces.records:
        assert record.actor not in by_clip[record.id]
        assert by_clip[record.id] <= of_faces


def test_the_whole_way_at_toy_size_in_two_sittings(
    media: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = [f"--{name}={tmp_path / name}" for name in ("work", "out")]
    command = [f"--voices={media[0]}", f"--faces={media[1]}", "--toy", "--jobs=1", *places]
    main([*command, "--minutes=0"])
    out = tmp_path / "out" / "composite-ravdess-fer2013-clarity-toy"
    assert not list(out.glob("*/*/result.json"))
    assert "the time is up; the same command goes on" in capsys.readouterr().err
    main(command)
    results = sorted(out.glob("*/*/result.json"))
    strategies = ["am", "late", "n0", "n1", "n2", "vm"]
    assert [path.parent.name for path in results] == [f"{name}-seed0" for name in strategies]
    result = json.loads(results[0].read_text())
    assert result["corpus"] == "composite-ravdess-fer2013-clarity"
    assert "paired by class and by clarity (shared" in result["notes"][0]
    assert "probability of the true class" in result["notes"][1]
    facts = json.loads((out / "clarity.json").read_text())
    (fold,) = facts["folds"].values()
    assert fold["clarity"]["rank_agreement"] > 0.99
    assert fold["clarity"]["voice"] == fold["class"]["voice"]
    pairs = pd.read_csv(out / results[0].parts[-3] / "pairs.csv")
    predicted = pd.read_csv(results[0].with_name("predictions.csv"))
    assert sorted(pairs["clip"]) == sorted(predicted["clip"])
    times = [path.stat().st_mtime_ns for path in sorted((tmp_path / "work").rglob("result.json"))]
    main(command)
    again = [path.stat().st_mtime_ns for path in sorted((tmp_path / "work").rglob("result.json"))]
    assert again == times
