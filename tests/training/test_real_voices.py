"""Real voices, from the encoder that ships: slices (T) or whole clips (NT), step by step or not.

AO: segments of a second that overlap, one every 0.2 s. WO: one after the other (paper, table 1).
"""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file
from torch import Tensor

from mrpn.common.config import load_settings
from mrpn.common.files import file_digest
from mrpn.corpora import Fold, read_corpus, select
from mrpn.evaluation import load_predictions
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, run, train_run
from mrpn.weights import find_weights, load_weights, read_header

pytestmark = pytest.mark.data
RECIPE = Path(__file__).resolve().parents[2] / "recipes" / "ravdess-voice-small.yaml"
ENCODER = "branches.audio.encoder."
CLASSES = ("calm", "happy", "angry")
FOLD = Fold("A1", train=("3", "4"), validation=("2",), test=("1",))
SETTINGS = {
    "T, AO": (),
    "NT, AO": ("augmentation.time=null",),
    "T, WO": ("preprocessing.spectrogram.step=1.0",),
    "NT, WO": ("augmentation.time=null", "preprocessing.spectrogram.step=1.0"),
}


@dataclass(frozen=True)
class Trained:
    """A finished run, its encoder before the first step, and the segments that it was shown."""

    folder: Path
    recipe: Recipe
    start: dict[str, Tensor]
    learned_from: int
    scored: int


@pytest.fixture(scope="module")
def corpus(data: Path, tmp_path_factory: pytest.TempPathFactory) -> PreparedCorpus:
    """Two recordings of each of three emotions by each of four actors of RAVDESS."""
    folder = data / "ravdess" / "Audio_Speech_Actors_01-24"
    if not folder.is_dir():
        pytest.skip(f"no RAVDESS in {data}")
    manifest = read_corpus("ravdess", folder)
    few = {"intensity": "normal", "repetition": "1"}
    chosen = tuple(
        record
        for record in manifest.records
        if record.actor in FOLD.actors
        and record.label in CLASSES
        and few.items() <= record.extra.items()
    )
    manifest = replace(manifest, classes=CLASSES, records=chosen)
    clip = load_settings(Recipe, RECIPE).preprocessing.clip
    return prepare(manifest, tmp_path_factory.mktemp("real") / "voices", clip, workers=0)


@pytest.fixture(scope="module")
def trained(corpus: PreparedCorpus, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trained]:
    """The voice alone in every setting, one epoch."""
    out = tmp_path_factory.mktemp("runs")
    return {name: train(corpus, changes, out / name) for name, changes in SETTINGS.items()}


def train(corpus: PreparedCorpus, changes: tuple[str, ...], out: Path) -> Trained:
    little = ("optimisation.epochs=1", "optimisation.batch_size=4")
    recipe = load_settings(Recipe, RECIPE, (*changes, *little))
    start: dict[str, Tensor] = {}
    seen: Counter[bool] = Counter()
    fit = run.fit

    def watched(settings: Recipe, network: Any, *rest: Any) -> Any:
        encoder = network.branches["audio"].encoder
        start.update({name: value.clone() for name, value in encoder.state_dict().items()})
        encoder.register_forward_pre_hook(
            lambda module, given: seen.update({module.training: len(given[0])})
        )
        return fit(settings, network, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "fit", watched)
        folder = train_run(recipe, corpus, FOLD, "am", out, initial={"audio": "voice-small"})
    return Trained(folder, recipe, start, seen[True], seen[False])


def segments(corpus: PreparedCorpus, recipe: Recipe, *actors: str) -> int:
    """How many segments the whole clips of some actors have."""
    return sum(
        recipe.preprocessing.segment_count(clip.audio.samples)
        for clip in corpus.clips
        if clip.record.actor in actors and clip.audio is not None
    )


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_encoder_starts_from_the_shipped_one_and_learns_on(
    trained: dict[str, Trained], setting: str
) -> None:
    ran, shipped = trained[setting], find_weights("voice-small")
    theirs = load_weights(shipped)[0].branches["audio"].encoder.state_dict()
    assert ran.start.keys() == theirs.keys()
    assert all(ran.start[name].equal(theirs[name]) for name in theirs)
    weights = load_file(ran.folder / "weights.safetensors")
    assert not weights[f"{ENCODER}conv1.weight"].equal(theirs["conv1.weight"])
    identity = json.loads((ran.folder / "identity.json").read_text("utf-8"))
    assert identity["initial"] == {"audio": file_digest(shipped)}


@pytest.mark.parametrize("setting", SETTINGS)
def test_whoever_is_tested_was_not_learned_from_and_every_clip_of_theirs_is_predicted(
    trained: dict[str, Trained], corpus: PreparedCorpus, setting: str
) -> None:
    folder = trained[setting].folder
    parts = select(corpus.manifest, FOLD)
    assert [len(part) for part in parts] == [12, 6, 6]
    predicted = load_predictions(folder / "predictions.parquet")
    assert sorted(predicted["clip"]) == sorted(record.id for record in parts.test)
    assert {*predicted["actor"]} == {"1"}
    header = read_header(folder / "weights.safetensors")
    learned = {
        actor
        for material in header.trained_on
        for actor in material.actors
        if material.corpus == "ravdess"
    }
    assert learned >= {"3", "4"}
    assert not learned & {"1"}


def test_side_by_side_there_are_fewer_segments_than_with_overlap(
    trained: dict[str, Trained], corpus: PreparedCorpus
) -> None:
    for ran in trained.values():
        assert ran.scored == segments(corpus, ran.recipe, "1", "2")
    for time in ("T", "NT"):
        overlapping, apart = trained[f"{time}, AO"], trained[f"{time}, WO"]
        assert 0 < apart.scored < overlapping.scored / 3
        assert 0 < apart.learned_from < overlapping.learned_from


def test_slices_are_parts_of_what_whole_clips_are_learned_from(
    trained: dict[str, Trained], corpus: PreparedCorpus
) -> None:
    for step in ("AO", "WO"):
        sliced, whole = trained[f"T, {step}"], trained[f"NT, {step}"]
        assert whole.learned_from == segments(corpus, whole.recipe, "3", "4")
        assert 12 <= sliced.learned_from < whole.learned_from
        assert sliced.scored == whole.scored
