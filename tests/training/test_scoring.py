"""Weights measured again: equal to what the run itself found, and to the metrics by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mrpn.common.errors import ConfigError, CorpusError, WeightsError
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import Manifest
from mrpn.evaluation import build_predictions, load_predictions
from mrpn.evaluation.calibration import expected_calibration_error
from mrpn.evaluation.intervals import t_interval
from mrpn.inputs import Preprocessing
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, scoring, train_run
from mrpn.training.contents import material_of
from mrpn.training.plans import check_prepared, choose_plan, prepare_for, same_contents
from mrpn.training.scoring import measure
from mrpn.weights import Plan, load_weights

PROBABILITIES = ["p_calm", "p_happy", "p_sad"]


@pytest.fixture(scope="module")
def run(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An N2 of stills and films, with two jittered views of every still."""
    return train_run(recipe, corpus, fold, "n2", tmp_path_factory.mktemp("runs"))


def plan_of(manifest: Manifest, recipe: Recipe, *actors: str) -> Plan:
    stills = recipe.stills
    on = material_of(manifest, "test", actors)
    return Plan(on=on, views=stills.views, jitter=stills.jitter, seed=recipe.seed)


def test_the_runs_own_predictions_come_out_again(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, recipe: Recipe
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    found, table = measure(network, header, corpus, plan_of(manifest, recipe, "1"))
    own = load_predictions(run / "predictions.parquet")
    assert table is not None
    assert table["clip"].tolist() == own["clip"].tolist()
    np.testing.assert_allclose(table[PROBABILITIES], own[PROBABILITIES], atol=1e-5)
    assert found.value == pytest.approx((own["label"] == own["prediction"]).mean(), abs=1e-6)
    assert (found.clips, found.interval) == (3, "Wilson over clips")


def test_the_way_clips_are_batched_changes_nothing(
    run: Path,
    corpus: PreparedCorpus,
    manifest: Manifest,
    recipe: Recipe,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    plan = plan_of(manifest, recipe, "1", "2", "3")
    tables = []
    for elements in (1, 10, 10_000):
        monkeypatch.setattr(scoring, "ELEMENTS", elements)
        tables.append(measure(network, header, corpus, plan)[1])
    for other in tables[1:]:
        np.testing.assert_allclose(other[PROBABILITIES], tables[0][PROBABILITIES], atol=1e-5)


def test_interval_recall_and_calibration_are_those_of_the_predictions(
    run: Path,
    corpus: PreparedCorpus,
    manifest: Manifest,
    recipe: Recipe,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    plan = plan_of(manifest, recipe, "1", "2", "3")
    few, _ = measure(network, header, corpus, plan)
    assert few.interval == "Wilson over clips"
    monkeypatch.setattr(scoring, "FEWEST_ACTORS", 3)
    found, table = measure(network, header, corpus, plan)
    assert table is not None
    right = table["label"] == table["prediction"]
    low, high = t_interval(list(right.groupby(table["actor"]).mean()))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)
    assert found.interval == "t over actors"
    assert found.uar == pytest.approx(right.groupby(table["label"]).mean().mean(), abs=1e-6)
    truth = table["label"].tolist()
    classes = ("calm", "happy", "sad")
    expected = expected_calibration_error(truth, table[PROBABILITIES], classes)
    assert found.ece == pytest.approx(expected, abs=1e-6)


def test_an_accuracy_with_an_interval_over_actors_is_the_mean_of_their_own(
    manifest: Manifest, recipe: Recipe
) -> None:
    # Nine actors with one clip, recognised, and one with a hundred, of which none is.
    actors = [*"123456789", *["10"] * 100]
    right = np.array([actor != "10" for actor in actors])
    table = build_predictions(
        clips=[str(place) for place in range(len(actors))],
        actors=actors,
        labels=["happy"] * len(actors),
        probabilities=np.stack([right, ~right], axis=1).astype(float),
        classes=("happy", "sad"),
        fold="test",
        strategy="weights",
        seed=0,
    )
    plan = plan_of(manifest, recipe, "1")
    found = scoring._measured(table, plan, people=True)
    assert found.describe() == (
        "90.0 %, mean of the actors' own (95 % interval 67.4 to 100.0, t over actors)"
    )
    pooled = scoring._measured(table, plan, people=False)
    assert pooled.describe() == "8.3 % (95 % interval 4.4 to 15.0, Wilson over clips)"


def test_classes_may_count_as_others_and_unknown_ones_are_refused(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, recipe: Recipe
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    plan = plan_of(manifest, recipe, "1")
    renamed = plan.model_copy(update={"relabelled": {"calm": "sad"}})
    found, table = measure(network, header, corpus, renamed)
    assert table is not None
    assert sorted(table["label"]) == ["happy", "sad", "sad"]
    assert found.relabelled == {"calm": "sad"}
    strange = plan.model_copy(update={"relabelled": {"calm": "bored"}})
    with pytest.raises(WeightsError, match="class 'bored' are none of the weights' classes"):
        measure(network, header, corpus, strange)


def test_speakers_are_told_apart_by_the_features_of_the_voice(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, recipe: Recipe
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    clips = [record.id for record in manifest.records if record.actor in ("1", "2", "3")]
    plan = plan_of(manifest, recipe, "1", "2", "3").model_copy(
        update={"metric": "equal error rate", "seconds": 1.0, "only": tuple(clips[1:])}
    )
    found, table = measure(network, header, corpus, plan)
    assert table is None
    assert (found.clips, found.interval, found.uar) == (8, "bootstrap over actors", None)
    assert 0 <= found.low <= found.value <= found.high <= 1
    # A network whose voices are all alike is right half of the time.
    with torch.no_grad():
        for parameter in network.branches["audio"].parameters():
            parameter.zero_()
    assert measure(network, header, corpus, plan)[0].value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("clips", "lack"),
    [
        (("sad-1", "calm-1", "happy-1"), "the readable clips to score are all of speaker '1'"),
        (("sad-1", "sad-2"), "no speaker has two readable clips to score"),
        (
            ("sad-2",),
            "the readable clips to score are all of speaker '2', and no speaker has two readable "
            "clips to score",
        ),
    ],
)
def test_speakers_without_pairs_of_the_same_and_of_different_ones_are_one_line(
    run: Path,
    corpus: PreparedCorpus,
    manifest: Manifest,
    recipe: Recipe,
    clips: tuple[str, ...],
    lack: str,
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    asked = {"metric": "equal error rate", "seconds": 1.0, "only": clips}
    plan = plan_of(manifest, recipe, "1", "2").model_copy(update=asked)
    with pytest.raises(CorpusError) as caught:
        measure(network, header, corpus, plan)
    assert str(caught.value) == (
        f"corpus 'tiny': {lack}; add recordings, since voices are told apart on pairs of the same "
        "speaker and of different ones"
    )


def test_no_readable_clip_is_one_line(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, recipe: Recipe
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    plan = plan_of(manifest, recipe, "1").model_copy(update={"only": ("gone",)})
    with pytest.raises(CorpusError, match="none of 0 clips to score is readable"):
        measure(network, header, corpus, plan)


def test_the_card_says_what_is_measured_unless_something_else_is_asked(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, recipe: Recipe
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    with pytest.raises(CorpusError, match=r"names no clips of it held out.*--actors 21,22"):
        choose_plan(header, manifest)
    measured, _ = measure(network, header, corpus, plan_of(manifest, recipe, "1"))
    header = header.model_copy(update={"measured": (measured,)})
    assert choose_plan(header, manifest) is measured
    assert choose_plan(header, manifest, actors=("1",)) is measured
    assert choose_plan(header, manifest, relabelled={}) is measured
    other = choose_plan(header, manifest, actors=("1", "2"), relabelled={"calm": "sad"})
    assert type(other) is Plan
    assert (other.on.actors, other.on.clips, other.relabelled) == (("1", "2"), 6, {"calm": "sad"})


def test_other_clips_of_the_cards_corpus_are_shown_as_the_cards_are(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, recipe: Recipe
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    measured, _ = measure(network, header, corpus, plan_of(manifest, recipe, "1", "2"))
    shown = {"views": 3, "jitter": 0.04, "seed": 5, "relabelled": {"calm": "sad"}}
    measured = measured.model_copy(update=shown)
    header = header.model_copy(update={"measured": (measured,)})
    assert choose_plan(header, manifest, actors=("2", "1")) is measured
    part = choose_plan(header, manifest, actors=("2",))
    assert (type(part), part.on.actors) == (Plan, ("2",))
    assert {name: getattr(part, name) for name in shown} == shown
    elsewhere = choose_plan(header, replace(manifest, name="other"), actors=("2",))
    assert (elsewhere.views, elsewhere.jitter, elsewhere.relabelled) == (1, 0.0, {})


def test_speakers_of_another_corpus_are_told_apart_as_the_cards_are(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, recipe: Recipe
) -> None:
    network, header = load_weights(run / "weights.safetensors")
    measured, _ = measure(network, header, corpus, plan_of(manifest, recipe, "1"))
    voices = measured.model_copy(update={"metric": "equal error rate", "seconds": 4.0})
    others = replace(manifest, name="other")
    of_voices = header.model_copy(update={"measured": (voices,)})
    plan = choose_plan(of_voices, others, actors=("2",))
    assert (plan.metric, plan.seconds, plan.on.corpus) == ("equal error rate", 4.0, "other")
    both = header.model_copy(update={"measured": (voices, measured)})
    assert choose_plan(both, others, actors=("2",)).metric == "accuracy"


def test_the_corpus_is_the_cards_or_another_edition_or_nobody_can_tell(
    manifest: Manifest, tmp_path: Path
) -> None:
    named = material_of(manifest, "test", ("1",))
    assert same_contents(manifest, named) is True
    assert same_contents(manifest, named.model_copy(update={"digest": "0" * 64})) is False
    assert same_contents(manifest, material_of(manifest, "test", ("1",), hashed=False)) is None
    gone = replace(manifest, root=tmp_path)
    assert same_contents(gone, named) is None


def test_only_what_is_needed_is_prepared(
    manifest: Manifest, recipe: Recipe, tmp_path: Path
) -> None:
    plan = plan_of(manifest, recipe, "1", "2")
    found = prepare_for(plan, manifest, recipe.preprocessing, ("audio",), tmp_path / "a", 1)
    assert len(found) == 6
    assert not any(clip.has("video") for clip in found.clips)
    silent = tuple(replace(record, audio=None) for record in manifest.records)
    mute = replace(manifest, records=silent)
    with pytest.raises(CorpusError, match="no clip of the 6 to score has audio"):
        prepare_for(plan, mute, recipe.preprocessing, ("audio",), tmp_path / "b", 1)


def test_a_corpus_prepared_otherwise_is_refused_where_it_matters(
    corpus: PreparedCorpus, recipe: Recipe
) -> None:
    base = recipe.preprocessing.model_dump()
    other = Preprocessing.model_validate({**base, "clip": {**base["clip"], "size": 32}})
    check_prepared(corpus, other, ("audio",))
    check_prepared(corpus, recipe.preprocessing, ("audio", "video"))
    with pytest.raises(ConfigError, match="prepared with size = 16, the weights want 32"):
        check_prepared(corpus, other, ("audio", "video"))
