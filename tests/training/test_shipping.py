"""One command from a finished run to weights that ship, and what it refuses."""

import json
import runpy
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from mrpn.common.config import validate
from mrpn.common.errors import WeightsError
from mrpn.common.files import file_digest, write_json
from mrpn.corpora import Manifest
from mrpn.corpora.folds import Fold
from mrpn.media import ClipSettings
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe, packing, shipping, train_run
from mrpn.training.contents import material_of
from mrpn.training.evidence import prove_apart
from mrpn.training.shipping import LIMITS, SPEAKERS_LIMITS, Sources, Texts, ship
from mrpn.training.speakers import SpeakerRecipe, train_speakers, voices_only
from mrpn.training.speakers.split import split_speakers
from mrpn.weights import load_weights, read_header, read_registry, write_registry

TEXTS = Texts("three moods, tiny", notes="For tests alone.")
ONE_CYCLE = {"name": "one-cycle"}
ADD = Path(__file__).resolve().parents[2] / "weights" / "add.py"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package without any weights."""
    write_json(tmp_path / "package" / "registry.json", [])
    return tmp_path / "package"


def test_a_run_becomes_a_file_a_card_and_an_entry_that_agree(
    voice: Path, corpus: PreparedCorpus, package: Path, manifest: Manifest, recipe: Recipe
) -> None:
    entry = ship(voice, "voice-tiny", TEXTS, Sources(corpus), package)
    file = package / "voice-tiny.safetensors"
    assert sorted(path.name for path in package.iterdir()) == [
        "registry.json",
        "voice-tiny.md",
        "voice-tiny.safetensors",
    ]
    assert read_registry(package / "registry.json") == {"voice-tiny": entry}
    assert (entry.sha256, entry.size) == (file_digest(file), file.stat().st_size)
    assert entry.preprocessing == recipe.preprocessing.digest
    assert entry.reproduce.startswith("mrpn train recipes/tiny.yaml --data PREPARED --fold A1 ")
    header = read_header(file)
    assert (header.limits, header.notes, header.metrics) == (LIMITS, "For tests alone.", {})
    (measured,) = header.measured
    assert measured.on.describe() == "tiny, actors 1"
    assert prove_apart(header, {"tiny": manifest}) == 6
    assert measured.describe() in (package / "voice-tiny.md").read_text("utf-8")


def test_it_is_the_halved_file_that_is_measured_and_all_its_parameters_have_16_bits(
    voice: Path, corpus: PreparedCorpus, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    real = shipping.measure

    def spy(network: object, *rest: object) -> object:
        seen.append({k: v.clone() for k, v in network.state_dict().items()})  # type: ignore[attr-defined]
        return real(network, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(shipping, "measure", spy)
    ship(voice, "voice-tiny", TEXTS, Sources(corpus), package)
    file = package / "voice-tiny.safetensors"
    network, _ = load_weights(file)
    whole = load_weights(voice / "weights.safetensors")[0].state_dict()
    shipped = network.state_dict()
    assert all(torch.equal(seen[0][name], shipped[name]) for name in shipped)
    assert not all(torch.equal(whole[name], shipped[name]) for name in shipped)
    parameters = {name for name, _ in network.named_parameters()}
    with safe_open(file, framework="pt") as opened:
        kinds = {name: opened.get_tensor(name).dtype for name in opened.keys()}  # noqa: SIM118
    assert {kinds[name] for name in parameters} == {torch.float16}
    variances = [name for name in kinds if name.endswith("running_var")]
    assert {kinds[name] for name in variances} == {torch.float32}


def test_the_same_name_is_replaced_another_stands_beside(
    voice: Path, corpus: PreparedCorpus, package: Path
) -> None:
    for name, line in (("one", "first"), ("two", "second"), ("one", "third")):
        ship(voice, name, Texts(line), Sources(corpus), package)
    entries = read_registry(package / "registry.json")
    assert {name: entry.line for name, entry in entries.items()} == {
        "one": "third",
        "two": "second",
    }


def test_more_than_there_is_room_for_is_refused_and_nothing_is_written(
    voice: Path, corpus: PreparedCorpus, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ship(voice, "one", TEXTS, Sources(corpus), package)
    monkeypatch.setattr(packing, "LARGEST", first.size * 3 // 2)
    ship(voice, "one", TEXTS, Sources(corpus), package)
    with pytest.raises(WeightsError, match=r"with two .* the weights would be"):
        ship(voice, "two", TEXTS, Sources(corpus), package)
    assert list(read_registry(package / "registry.json")) == ["one"]
    assert not (package / "two.safetensors").exists()


def test_another_corpus_than_the_runs_is_refused(
    voice: Path, manifest: Manifest, package: Path, tmp_path: Path
) -> None:
    kept = tuple(r for r in manifest.records if r.actor != "6")
    settings = ClipSettings(faces="whole", size=16)
    other = prepare(replace(manifest, records=kept), tmp_path / "other", settings, workers=1)
    with pytest.raises(WeightsError, match="is not the corpus that"):
        ship(voice, "voice-tiny", TEXTS, Sources(other), package)


def test_the_same_clips_prepared_by_another_version_are_the_runs(
    voice: Path, corpus: PreparedCorpus, package: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(voice, run)
    result = json.loads((run / "result.json").read_text("utf-8"))
    write_json(run / "result.json", result | {"corpus_digest": "0" * 64})
    assert ship(run, "voice-tiny", TEXTS, Sources(corpus), package).name == "voice-tiny"
    write_json(run / "result.json", result | {"corpus_digest": "0", "training_classes": {}})
    with pytest.raises(WeightsError, match="is not the corpus that"):
        ship(run, "voice-tiny", TEXTS, Sources(corpus), package)


def test_a_test_voice_that_was_also_trained_on_keeps_weights_from_shipping(
    recipe: Recipe, manifest: Manifest, fold: Fold, package: Path, tmp_path: Path
) -> None:
    shutil.copytree(manifest.root, tmp_path / "media")
    shutil.copyfile(tmp_path / "media" / "sad-1.wav", tmp_path / "media" / "sad-4.wav")
    leaky = replace(manifest, root=tmp_path / "media")
    corpus = prepare(leaky, tmp_path / "p", ClipSettings(faces="whole", size=16), workers=1)
    run = train_run(recipe, corpus, fold, "am", tmp_path / "runs")
    with pytest.raises(WeightsError, match="1 contents of the test"):
        ship(run, "voice-tiny", TEXTS, Sources(corpus), package)
    assert not (package / "voice-tiny.safetensors").exists()


def test_what_a_run_started_from_must_be_known_and_is_proven_too(
    make_recipe: Callable[..., Recipe],
    voice: Path,
    corpus: PreparedCorpus,
    manifest: Manifest,
    fold: Fold,
    package: Path,
    tmp_path: Path,
) -> None:
    start = voice / "weights.safetensors"
    run = train_run(make_recipe(), corpus, fold, "n2", tmp_path, initial={"audio": start})
    with pytest.raises(WeightsError, match="its audio encoder started from weights of the sha256"):
        ship(run, "both", TEXTS, Sources(corpus), package)
    with pytest.raises(WeightsError, match="were never compared"):
        ship(run, "both", TEXTS, Sources(corpus, [start]), package)
    ship(run, "both", TEXTS, Sources(corpus, [start], {"tiny": manifest}), package)
    trained = read_header(package / "both.safetensors").trained_on
    assert [bool(material.through) for material in trained] == [False, False, True, True]
    assert all(material.digest for material in trained)
    # What ships is found by its digest, without being named.
    ship(voice, "voice-tiny", TEXTS, Sources(corpus), package)
    shipped = package / "voice-tiny.safetensors"
    again = train_run(make_recipe(seed=1), corpus, fold, "n2", tmp_path, initial={"audio": shipped})
    ship(again, "both", TEXTS, Sources(corpus), package)
    (first, *_) = [m for m in read_header(package / "both.safetensors").trained_on if m.through]
    assert first.through == "audio started from package/voice-tiny.safetensors"


def test_an_unfinished_run_is_named(corpus: PreparedCorpus, package: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=f"^{tmp_path}: no finished run here"):
        ship(tmp_path, "voice-tiny", TEXTS, Sources(corpus), package)


@pytest.mark.parametrize("name", ["Face_Small", "-face", "face.small", "", "face\n"])
def test_a_wrong_name_is_refused_before_anything_is_read(
    corpus: PreparedCorpus, package: Path, tmp_path: Path, name: str
) -> None:
    with pytest.raises(WeightsError, match=r"^'[^']*' is no name for weights; take small letters"):
        ship(tmp_path, name, TEXTS, Sources(corpus), package)


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("recipe.yaml", None, "cannot read the run's recipe: No such file or directory"),
        ("recipe.yaml", "a: [", "not the recipe of a run: while parsing"),
        ("recipe.yaml", "a list", "not the recipe of a run"),
        ("result.json", "{", "not JSON, so not the result of a run"),
        ("result.json", "{}", "not the result of a run; name the folder of one"),
    ],
)
def test_a_run_that_lacks_what_it_is_told_by_is_one_line(
    voice: Path,
    corpus: PreparedCorpus,
    package: Path,
    tmp_path: Path,
    file: str,
    text: str | None,
    line: str,
) -> None:
    run = tmp_path / "run"
    shutil.copytree(voice, run)
    (run / file).unlink()
    if text is not None:
        (run / file).write_text(text, "utf-8")
    with pytest.raises(WeightsError) as caught:
        ship(run, "voice-tiny", TEXTS, Sources(corpus), package)
    assert str(caught.value).startswith(f"{run / file}: {line}")
    assert "\n" not in str(caught.value)


def test_one_command_adds_a_run(
    voice: Path,
    corpus: PreparedCorpus,
    package: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def add(*more: str) -> None:
        argv = [str(voice), "--name", "voice-tiny", "--data", str(corpus.folder)]
        argv += ["--line", "tiny", "--notes", "By command.", "--out", str(package), *more]
        monkeypatch.setattr(sys, "argv", ["add.py", *argv])
        runpy.run_path(str(ADD), run_name="__main__")

    add("--limits", "None known.")
    header = read_header(package / "voice-tiny.safetensors")
    assert (header.notes, header.limits) == ("By command.", "None known.")
    with pytest.raises(SystemExit) as stop:
        add("--data", str(package))
    assert stop.value.code == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"error: {package}: no finished")


def speaker_recipe(recipe: Recipe) -> SpeakerRecipe:
    """A tiny recipe of speaker recognition, for the input of another recipe."""
    base = recipe.model_dump(mode="json")
    values = {
        "name": "tiny-speakers",
        "title": "Tiny",
        "preprocessing": base["preprocessing"],
        "branch": {**base["network"]["branches"]["audio"]},
        "split": {"test": 2, "validation": 0, "utterances": 2},
        "slices": {"shortest": 0.8, "longest": 1.0, "tested": 1.2},
        "optimisation": {**base["optimisation"], "select": "last", "schedule": ONE_CYCLE},
    }
    for ours in ("initial", "frozen", "encoded"):
        del values["branch"][ours]
    return validate(SpeakerRecipe, values, "tests")


def test_speakers_ship_with_their_error_rate_on_the_very_utterances_of_the_run(
    make_recipe: Callable[..., Recipe],
    corpus: PreparedCorpus,
    package: Path,
    tmp_path: Path,
    manifest: Manifest,
) -> None:
    recipe = speaker_recipe(make_recipe())
    run = train_speakers(recipe, corpus, tmp_path / "speakers")
    ship(run, "speakers-tiny", TEXTS, Sources(corpus), package)
    header = read_header(package / "speakers-tiny.safetensors")
    result = json.loads((run / "result.json").read_text("utf-8"))
    (measured,) = header.measured
    assert measured.metric == "equal error rate"
    assert (measured.clips, len(measured.only), measured.seconds) == (4, 4, 1.2)
    assert measured.value == pytest.approx(result["verification"]["trained"]["eer"], abs=0.01)
    assert set(measured.on.actors) == set(result["speakers"]["test"])
    assert header.limits == SPEAKERS_LIMITS
    assert header.reproduce == (
        "mrpn pretrain voice FOLDER --corpus folder --recipe recipes/tiny-speakers.yaml --out RUNS"
    )
    assert header.metrics["min_dcf"] == result["verification"]["trained"]["min_dcf"]
    assert prove_apart(header, {"tiny": manifest}) == measured.on.contents


def test_a_recording_of_a_tested_speaker_that_was_not_trained_on_is_no_evidence_of_it(
    make_recipe: Callable[..., Recipe], manifest: Manifest, package: Path, tmp_path: Path
) -> None:
    recipe = speaker_recipe(make_recipe())
    counts = Counter(record.actor for record in manifest.records)
    split = split_speakers(counts, recipe.split)
    media = tmp_path / "media"
    shutil.copytree(manifest.root, media)
    shutil.copyfile(media / f"sad-{split.test[0]}.wav", media / f"sad-{split.train[0]}.wav")
    doubled = replace(manifest, root=media)
    corpus = prepare(voices_only(doubled), tmp_path / "p", ClipSettings(), workers=1)
    run = train_speakers(recipe, corpus, tmp_path / "speakers")
    (told,) = read_header(run / "weights.safetensors").trained_on
    assert (told.clips, told.apart_from, told.digest) == (11, split.test, "")
    ship(run, "speakers-tiny", TEXTS, Sources(corpus), package)
    header = read_header(package / "speakers-tiny.safetensors")
    (trained,) = header.trained_on
    assert (trained.clips, trained.contents, trained.apart_from) == (11, 11, split.test)
    assert prove_apart(header, {"tiny": corpus.manifest}) == 6
    # That it was left out must be said: by the digest of all there is, it was trained on.
    whole = material_of(corpus.manifest, "train", split.train)
    with pytest.raises(WeightsError, match="1 contents of the test"):
        prove_apart(header.model_copy(update={"trained_on": (whole,)}), {"tiny": corpus.manifest})


def test_the_remarks_on_former_weights_are_dropped_and_that_is_said(
    voice: Path, corpus: PreparedCorpus, package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = ship(voice, "voice-tiny", TEXTS, Sources(corpus), package)
    assert "remarks" not in capsys.readouterr().err
    write_registry(package / "registry.json", [entry.model_copy(update={"remarks": "Old."})])
    assert ship(voice, "voice-tiny", TEXTS, Sources(corpus), package).remarks == ""
    assert capsys.readouterr().err.splitlines()[-1] == (
        "voice-tiny: the remarks on the former weights are dropped; what holds of these too is "
        'written again by: python weights/remark.py voice-tiny "..."'
    )
