"""Doubt found on test clips: of both modalities, of each alone, and never of training clips."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mrpn.common.errors import ConfigError, WeightsError
from mrpn.common.files import write_json
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import Manifest
from mrpn.media import ClipSettings
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, train_run
from mrpn.training.calibrating import calibrate, doubt_of
from mrpn.training.contents import material_of
from mrpn.training.evidence import prove_apart
from mrpn.training.scoring import ScoredClips, measure, score_clips
from mrpn.training.shipping import Sources, Texts, ship
from mrpn.weights import Plan, load_weights, read_header

FILE = "weights.safetensors"


@pytest.fixture(scope="module")
def run(
    recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return train_run(recipe, corpus, fold, "n2", tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def plan(manifest: Manifest, recipe: Recipe) -> Plan:
    stills = recipe.stills
    on = material_of(manifest, "test", ("1", "2"))
    return Plan(on=on, views=stills.views, jitter=stills.jitter, seed=recipe.seed)


def test_a_withheld_modality_is_as_if_the_clips_had_none(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, plan: Plan, tmp_path: Path
) -> None:
    network, header = load_weights(run / FILE)
    deaf = tuple(replace(record, audio=None) for record in manifest.records)
    settings = ClipSettings(faces="whole", size=corpus.settings.size)
    deaf_too = replace(manifest, records=deaf)
    silent = prepare(deaf_too, tmp_path / "deaf", settings, workers=0, form="raw")
    withheld = score_clips(network, header, corpus, plan, ["video"])
    absent = score_clips(network, header, silent, plan)
    np.testing.assert_allclose(withheld.scores, absent.scores, atol=1e-5)
    whole = score_clips(network, header, corpus, plan)
    assert np.abs(whole.scores - withheld.scores).max() > 1e-3


def test_temperature_and_thresholds_are_those_of_the_scores() -> None:
    scores = np.log(np.array([[0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0.8, 0.2], [0.8, 0.2]]))
    doubt = doubt_of(ScoredClips([], ["a", "a", "a", "a", "b"], scores), ("a", "b"))
    assert doubt.temperature == pytest.approx(1.0, abs=1e-3)
    assert doubt.clips == 5
    assert doubt.thresholds[0] == pytest.approx(0.8, abs=1e-3)
    # Five clips cannot promise 90 %: every class is in the set.
    assert doubt.thresholds[40] == 0.0


def test_a_calibration_has_each_evidence_and_measures_with_its_temperature(
    run: Path, corpus: PreparedCorpus, plan: Plan
) -> None:
    network, header = load_weights(run / FILE)
    given = {"audio+video": corpus, "audio": corpus, "video": corpus}
    found = calibrate(network, header, plan, given)
    assert list(found.doubts) == list(given)
    assert found.on == (plan.on,)
    assert [doubt.clips for doubt in found.doubts.values()] == [6, 6, 6]
    calibrated = header.model_copy(update={"calibration": found})
    _, table = measure(network, calibrated, corpus, plan)
    _, plain = measure(network, header, corpus, plan)
    assert table is not None
    assert plain is not None
    values, before = (t[["p_calm", "p_happy", "p_sad"]].to_numpy() for t in (table, plain))
    sharper = before ** (1 / found.doubts["audio+video"].temperature)
    np.testing.assert_allclose(values, sharper / sharper.sum(1, keepdims=True), atol=1e-6)


def test_another_preparation_than_the_networks_is_refused(
    run: Path, manifest: Manifest, plan: Plan, tmp_path: Path
) -> None:
    network, header = load_weights(run / FILE)
    settings = ClipSettings(faces="whole", size=20)
    other = prepare(manifest, tmp_path / "other", settings, workers=1)
    with pytest.raises(ConfigError, match="prepared with size = 20"):
        calibrate(network, header, plan, {"video": other})


def test_what_ships_carries_its_doubt_and_is_proven_apart_from_it(
    run: Path, corpus: PreparedCorpus, manifest: Manifest, tmp_path: Path
) -> None:
    package = tmp_path / "package"
    write_json(package / "registry.json", [])
    sources = Sources(corpus, calibration={"audio+video": corpus, "video": corpus})
    ship(run, "both-tiny", Texts("three moods"), sources, package)
    header = read_header(package / "both-tiny.safetensors")
    assert header.calibration is not None
    card = (package / "both-tiny.md").read_text("utf-8")
    assert "| audio and video | 3 | " in card
    assert prove_apart(header, {"tiny": manifest}) > 0
    seen = material_of(manifest, "test", ("1", "3"))
    leaking = header.calibration.model_copy(update={"on": (seen,)})
    with pytest.raises(WeightsError, match="3"):
        prove_apart(header.model_copy(update={"calibration": leaking}), {"tiny": manifest})
