import json
from pathlib import Path

import numpy as np
import pytest
from features import COMPARE, Features, FeatureSet, extract
from fer_faces import prepared
from linear import standardised, svm_scores, temperature, tune_and_predict
from packages import need
from scoring import fold_scores, save, scores_of
from table import tables
from voices import measure

from mrpn.common.errors import MrpnError
from mrpn.corpora import EMOTIONS, ClipRecord, Manifest, ravdess_folds
from mrpn.evaluation import build_predictions, concat_predictions, load_predictions
from mrpn.media import write_wav
from mrpn.training.faces_report import repeated_faces


def face(name, part, content):
    extra = {"content": content}
    return ClipRecord(name, "sad", content, None, f"{name}.png", None, part, extra)


@pytest.fixture
def voices(tmp_path: Path) -> Manifest:
    """24 actors, each of whom says two clips of every emotion; no sound files."""
    records = [
        ClipRecord(f"{actor}-{label}-{take}", label, str(actor), None, None, f"{actor}.wav")
        for actor in range(1, 25)
        for label in EMOTIONS
        for take in (1, 2)
    ]
    return Manifest("ravdess", tmp_path, EMOTIONS, tuple(records))


def test_the_temperature_makes_scores_as_sure_as_they_are_right():
    scores = np.array([[4.0, 0.0]] * 3 + [[0.0, 4.0]])
    labels = np.zeros(4, dtype=np.int64)
    # Three of four right: the softmax is best at 3/4, where the scores differ by log 3.
    assert temperature(scores, labels) == pytest.approx(4 / np.log(3), rel=1e-3)


def test_the_machine_separates_three_classes_and_its_scores_favour_them():
    train = np.array([[0.0, 1.0], [1.0, 0.0], [-1.0, -1.0]])
    scores = svm_scores(train, np.arange(3), train * 0.9, [10.0])[10.0]
    assert scores.shape == (3, 3)
    assert scores.argmax(axis=1).tolist() == [0, 1, 2]


def test_standardising_knows_the_training_part_alone():
    train, test = standardised(np.array([[0.0], [2.0]]), np.array([[101.0]]))
    assert train.ravel().tolist() == [-1.0, 1.0]
    assert test.ravel().tolist() == [100.0]


def test_tuning_holds_whole_actors_out():
    # Nothing but who speaks can be told from these features, and it decides the class.
    actors = np.repeat(np.arange(15), 6)
    labels = (actors % 3).astype(np.int64)
    train = np.eye(15)[actors]
    tuned = tune_and_predict("svm", train, labels, [str(actor) for actor in actors], train)
    assert tuned.inner_accuracy <= 0.5
    assert (tuned.probabilities.argmax(axis=1) == labels).all()


def test_features_are_computed_once_until_a_file_changes(tmp_path):
    heard = []

    def extractor():
        def mean(wave):
            heard.append(len(wave))
            return np.array([wave.mean()], np.float32)

        return mean

    rate = 16000
    for actor, value in (("1", 0.25), ("2", -0.5)):
        write_wav(tmp_path / f"{actor}.wav", np.full(rate, value, np.float32), rate)
    clips = [ClipRecord(a, "sad", a, None, None, f"{a}.wav") for a in ("1", "2")]
    manifest = Manifest("two", tmp_path, ("sad",), tuple(clips))
    features = FeatureSet("mean", "mean", "numpy", "numpy", extractor)
    first = extract(manifest, features, tmp_path / "work")
    assert first.values.ravel() == pytest.approx([0.25, -0.5], abs=1e-4)
    again = extract(manifest, features, tmp_path / "work")
    assert (again.media, len(heard)) == (first.media, 2)
    write_wav(tmp_path / "2.wav", np.full(rate, 0.5, np.float32), rate)
    changed = extract(manifest, features, tmp_path / "work")
    assert changed.values.ravel() == pytest.approx([0.25, 0.5], abs=1e-4)
    assert changed.media != first.media
    assert len(heard) == 3


def test_a_missing_package_is_named_with_what_to_install():
    with pytest.raises(MrpnError, match=r"'no-such' is not installed; .*no-such==1\.0"):
        need("no_such_module", "no-such==1.0")
    with pytest.raises(MrpnError, match=r"'numpy' is there in version .*numpy==0\.1"):
        need("numpy", "numpy==0.1")


def test_test_faces_that_occur_elsewhere_are_found_by_their_pixels(tmp_path):
    records = [
        face("a", "train", "1"),
        face("b", "validation", "2"),
        face("c", "test", "1"),
        face("d", "test", "2"),
        face("e", "test", "3"),
        face("f", "test", "3"),
    ]
    manifest = Manifest("fer2013", tmp_path, ("sad",), tuple(records))
    assert repeated_faces(manifest) == {"c"}
    assert repeated_faces(manifest, ("train", "validation")) == {"c", "d"}


def test_a_face_is_enlarged_and_scaled_as_the_network_takes_it():
    halves = np.zeros((48, 48), np.uint8)
    halves[:, 24:] = 255
    values = prepared(halves)
    assert values.shape == (1, 64, 64, 1)
    assert values.dtype == np.float32
    assert values[0, :, :31].max() == -1.0
    assert values[0, :, 33:].min() == 1.0


def test_all_folds_are_scored_and_what_made_them_is_saved(voices, tmp_path):
    labels = np.array([EMOTIONS.index(record.label) for record in voices.records])
    noise = np.random.default_rng(0).normal(0, 0.1, (len(labels), 8))
    features = Features((np.eye(8)[labels] + noise).astype(np.float32), "media")
    table, result = measure(voices, features, "svm-compare", "svm", COMPARE, "strict")
    assert result["accuracy"] == 1.0
    assert result["accuracy_interval_actors"] == [1.0, 1.0]
    assert len(table) == 24 * 16
    digests = {name: fold["fold_digest"] for name, fold in result["folds"].items()}
    assert digests == {fold.name: fold.digest for fold in ravdess_folds("strict")}
    save(tmp_path / "ravdess-strict" / "svm-compare", table, result)
    kept = tmp_path / "ravdess-strict" / "svm-compare"
    assert load_predictions(kept / "predictions.csv").equals(table)
    assert json.loads((kept / "result.json").read_text())["settings"]["model"] == "svm"
    assert "| A23,24 | 100.0 |" in tables(tmp_path)


def test_spread_is_over_folds_and_the_interval_over_actors():
    labels = ["sad", "sad", "happy", "happy"] * 2
    guesses = ["sad", "sad", "happy", "sad", "sad", "happy", "sad", "happy"]
    probabilities = [[float(guess == name) for name in ("sad", "happy")] for guess in guesses]
    halves = [
        build_predictions(
            clips=[f"{fold}{i}" for i in range(4)],
            actors=[fold] * 4,
            labels=labels[:4],
            probabilities=probabilities[start : start + 4],
            classes=("sad", "happy"),
            fold=fold,
            strategy="s",
            seed=0,
        )
        for fold, start in (("1", 0), ("2", 4))
    ]
    assert scores_of(halves[0])["recall"] == {"sad": 1.0, "happy": 0.5}
    spread = fold_scores(concat_predictions(halves))
    assert spread["accuracy_folds"] == {"mean": 0.625, "deviation": 0.176777}
    # 0.625 +- 12.7062 * 0.125, within what a share can be.
    assert spread["accuracy_interval_actors"] == [0.0, 1.0]
