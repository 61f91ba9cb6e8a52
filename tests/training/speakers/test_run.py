"""Runs of speaker recognition: what they leave, that they resume, what starts from them."""

import json
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from killing import dying_at_rename, in_a_child
from mrpn.common.errors import ConfigError, CorpusError, MrpnError, WeightsError
from mrpn.evaluation.history import load_history
from mrpn.network import BranchSpec, NetworkSpec, Sequence, build_network
from mrpn.preparation import PreparedCorpus
from mrpn.training.initial import load_encoders
from mrpn.training.speakers import SpeakerRecipe, read_result, read_trials, train_speakers
from mrpn.weights import load_weights

LEFT = {
    "history.csv",
    "identity.json",
    "recipe.yaml",
    "result.json",
    "trials.parquet",
    "weights.safetensors",
}
# Files renamed into place: 2 at the start, 2 or 3 in each of three epochs, 3 at the end.
RENAMES = range(2 + 2 * 3 + 3, 2 + 3 * 3 + 3 + 1)


@pytest.fixture(scope="module")
def run(
    recipe: SpeakerRecipe, corpus: PreparedCorpus, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return train_speakers(recipe, corpus, tmp_path_factory.mktemp("run") / "speakers")


def assert_same(found: Path, expected: Path) -> None:
    curves = [load_history(f / "history.csv").drop(columns="seconds") for f in (found, expected)]
    pd.testing.assert_frame_equal(*curves, check_exact=True)
    pd.testing.assert_frame_equal(read_trials(found), read_trials(expected), check_exact=True)
    one, other = (load_file(f / "weights.safetensors") for f in (found, expected))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert {p.name for p in found.iterdir()} == {p.name for p in expected.iterdir()} == LEFT


def test_a_run_leaves_its_curve_trials_result_and_weights(
    run: Path, recipe: SpeakerRecipe, corpus: PreparedCorpus
) -> None:
    assert {path.name for path in run.iterdir()} == LEFT
    curve = load_history(run / "history.csv")
    assert curve["epoch"].tolist() == [1, 2, 3]
    assert curve["validation_loss"].between(0, 1).all()
    result = read_result(run)
    assert (result["recipe_digest"], result["corpus_digest"]) == (recipe.digest, corpus.digest)
    assert result["utterances"]["train"] == sum(
        clip.record.actor in result["speakers"]["train"] for clip in corpus.clips
    )
    tested = result["utterances"]["test"]
    trials = read_trials(run)
    assert len(trials) == tested * (tested - 1) // 2
    for network in ("trained", "untrained"):
        found = result["verification"][network]
        assert found["target_trials"] == trials["target"].sum()
        assert 0 <= found["eer_low"] <= found["eer_high"] <= 1
    assert (trials["trained"] != trials["untrained"]).all()


def test_no_tested_speaker_is_trained_on(run: Path, corpus: PreparedCorpus) -> None:
    result = read_result(run)
    parts = [set(result["speakers"][part]) for part in ("train", "validation", "test")]
    assert sum(map(len, parts)) == len(set.union(*parts)) == 7
    actors = {clip.record.id: clip.record.actor for clip in corpus.clips}
    trials = read_trials(run)
    assert {actors[clip] for clip in (*trials["one"], *trials["other"])} == parts[2]


def test_pairs_of_one_session_are_counted(run: Path) -> None:
    trials = read_trials(run)
    same = trials[trials["target"]]
    # Every speaker's last utterance is of another session than the rest.
    last = same.groupby(same["one"].str[0])["other"].transform("max")
    assert read_result(run)["same_session_targets"] == int((same["other"] != last).sum())


def test_the_trials_are_the_cosines_of_the_saved_networks_features(
    run: Path, recipe: SpeakerRecipe, corpus: PreparedCorpus
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    assert header.preprocessing == recipe.preprocessing.model_dump(mode="json")
    row = read_trials(run).iloc[0]
    features = []
    for clip in (row["one"], row["other"]):
        wave = corpus.read(corpus.find(clip)).audio
        heard = recipe.preprocessing.audio(wave, (0.0, recipe.slices.tested))
        with torch.no_grad():
            scores = network({"audio": Sequence.from_list([heard])}, features=True)
        features.append(scores.features["audio"][0].numpy())
    cosine = np.dot(*features) / np.prod([np.linalg.norm(f) for f in features])
    assert row["trained"] == pytest.approx(float(cosine), abs=2e-6)


def test_the_weights_say_whom_they_know_and_start_a_voice_branch(
    run: Path, recipe: SpeakerRecipe
) -> None:
    source, header = load_weights(run / "weights.safetensors")
    result = read_result(run)
    assert list(header.class_names) == result["speakers"]["train"]
    assert header.metrics["eer"] == result["verification"]["trained"]["eer"]
    assert header.training_data[0].licence == header.licence == "CC0-1.0"
    assert all(speaker in header.protocol for speaker in result["speakers"]["test"])
    assert {m.part: list(m.actors) for m in header.trained_on} == {
        part: result["speakers"][part] for part in ("train", "validation")
    }
    (measured,) = header.measured
    assert list(measured.on.actors) == result["speakers"]["test"]
    assert (measured.clips, measured.seconds) == (result["utterances"]["test"], 1.5)
    trials = read_trials(run)
    assert set(measured.only) == {*trials["one"], *trials["other"]}

    def mrpn(width: int) -> Any:
        voice = recipe.branch.model_copy(update={"width": width})
        face = BranchSpec(in_channels=1, width=4, stem_stride=1, features=6)
        targets = {"class": {"size": 3}}
        values = {"branches": {"audio": voice, "video": face}, "targets": targets, "seed": 9}
        return build_network(NetworkSpec.model_validate(values))

    network = mrpn(4)
    load_encoders(network, {"audio": run / "weights.safetensors"}, recipe.preprocessing)
    ours = network.branches["audio"].encoder.state_dict()
    theirs = source.branches["audio"].encoder.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    with pytest.raises(WeightsError, match="another shape"):
        load_encoders(mrpn(8), {"audio": run / "weights.safetensors"}, recipe.preprocessing)


def test_a_finished_run_is_not_repeated_and_another_recipes_is_refused(
    run: Path,
    recipe: SpeakerRecipe,
    make_recipe: Callable[..., SpeakerRecipe],
    corpus: PreparedCorpus,
) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in run.iterdir()}
    reported: list[dict[str, Any]] = []
    assert train_speakers(recipe, corpus, run, report=reported.append) == run
    assert {path.name: path.stat().st_mtime_ns for path in run.iterdir()} == before
    assert reported == []
    with pytest.raises(MrpnError, match="holds a run with another recipe digest"):
        train_speakers(make_recipe(seed=1), corpus, run)


@pytest.mark.parametrize("count", [4, 5, 8, RENAMES.start, RENAMES.start + 1])
def test_a_killed_run_goes_on_and_ends_the_same(
    run: Path, recipe: SpeakerRecipe, corpus: PreparedCorpus, tmp_path: Path, count: int
) -> None:
    work = partial(train_speakers, recipe, corpus, tmp_path / "speakers")
    assert in_a_child(partial(dying_at_rename, work, count)) == -signal.SIGKILL
    assert_same(work(), run)


def test_a_sitting_that_its_report_ends_goes_on_in_the_next(
    run: Path, recipe: SpeakerRecipe, corpus: PreparedCorpus, tmp_path: Path
) -> None:
    def stop(_: dict[str, Any]) -> None:
        raise TimeoutError

    for _ in range(3):
        with pytest.raises(TimeoutError):
            train_speakers(recipe, corpus, tmp_path / "speakers", report=stop)
    assert not (tmp_path / "speakers" / "result.json").exists()
    assert_same(train_speakers(recipe, corpus, tmp_path / "speakers", report=stop), run)


@pytest.mark.parametrize("kind", ["softmax", "am"])
def test_without_validation_the_last_epoch_of_a_fixed_schedule_is_kept(
    make_recipe: Callable[..., SpeakerRecipe], corpus: PreparedCorpus, tmp_path: Path, kind: str
) -> None:
    fixed = {"select": "last", "average": 0.9, "epochs": 2}
    recipe = make_recipe(split={"validation": 0}, optimisation=fixed, loss={"kind": kind})
    folder = train_speakers(recipe, corpus, tmp_path)
    assert load_history(folder / "history.csv")["validation_loss"].isna().all()
    assert json.loads((folder / "result.json").read_text("utf-8"))["selected"] == "last"


@pytest.mark.parametrize(
    "optimisation", [{"select": "best"}, {"select": "last", "schedule": {"name": "plateau"}}]
)
def test_selection_without_validation_speakers_is_refused(
    make_recipe: Callable[..., SpeakerRecipe],
    corpus: PreparedCorpus,
    tmp_path: Path,
    optimisation: dict[str, Any],
) -> None:
    recipe = make_recipe(split={"test": 5, "validation": 2}, optimisation=optimisation)
    with pytest.raises(ConfigError, match="no validation speakers"):
        train_speakers(recipe, corpus, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_too_few_speakers_to_test_are_refused(
    make_recipe: Callable[..., SpeakerRecipe], corpus: PreparedCorpus, tmp_path: Path
) -> None:
    with pytest.raises(CorpusError, match=r"set split\.test between 2 and 5"):
        train_speakers(make_recipe(split={"test": 6}), corpus, tmp_path / "run")


def test_voices_that_differ_in_pitch_alone_are_learnt(
    make_recipe: Callable[..., SpeakerRecipe], corpus: PreparedCorpus, tmp_path: Path
) -> None:
    long = {"epochs": 8, "clips_per_epoch": 40, "batch_size": 8, "select": "last"}
    plain = {"sounds": None, "masks": None, "split": {"validation": 0}}
    recipe = make_recipe(optimisation=long, loss={"margin": 0.1, "scale": 10}, **plain)
    curve = load_history(train_speakers(recipe, corpus, tmp_path) / "history.csv")
    assert curve["train_accuracy"].iloc[-1] > 0.9
