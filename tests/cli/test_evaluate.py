"""`mrpn evaluate`: from a corpus's folder or a prepared one, against the card."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.common.files import write_json
from mrpn.evaluation import load_predictions, wilson_interval
from mrpn.preparation import PreparedCorpus
from mrpn.training import scoring
from mrpn.training.shipping import Sources, Texts, ship
from mrpn.weights import load_weights, save_weights

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def shipped(runs: Path, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The late fusion as it would ship: halved, with its accuracy on the card."""
    folder = tmp_path_factory.mktemp("package")
    write_json(folder / "registry.json", [])
    ship(
        runs / "A1,2" / "late-seed0",
        "late",
        Texts("late"),
        Sources(PreparedCorpus(prepared)),
        folder,
    )
    return folder / "late.safetensors"


@pytest.fixture
def boasting(shipped: Path, tmp_path: Path) -> Path:
    """The same, but that its card promises what it does not keep."""
    network, header = load_weights(shipped)
    (measured,) = header.measured
    other = measured.value + (0.25 if measured.value < 0.5 else -0.25)
    header = header.model_copy(update={"measured": (measured.model_copy(update={"value": other}),)})
    save_weights(tmp_path / "boasting.safetensors", network, header, half=True)
    return tmp_path / "boasting.safetensors"


def test_the_card_comes_out_again_from_the_corpus_and_from_a_prepared_one(
    mrpn: Run, shipped: Path, drawn: Path, prepared: Path, runs: Path
) -> None:
    whole = mrpn("evaluate", shipped, drawn, "--corpus", "synthetic", "--workers", 1, "--json")
    ready = mrpn("evaluate", shipped, "--data", prepared, "--json")
    assert (whole.code, ready.code) == (0, 0)
    results = [json.loads(ran.out) for ran in (whole, ready)]
    assert results[0] == results[1]
    (result, _) = results
    assert result["agrees"] is True
    assert result["same_contents"] is True
    assert result["measured"]["value"] == result["card"]
    assert result["measured"]["on"]["actors"] == ["1", "2"]
    own = load_predictions(runs / "A1,2" / "late-seed0" / "predictions.parquet")
    right = own["label"] == own["prediction"]
    assert result["recalls"] == right.groupby(own["label"]).mean().to_dict()


def test_the_result_is_readable_and_says_what_its_interval_is_of(
    mrpn: Run, shipped: Path, prepared: Path
) -> None:
    ran = mrpn("evaluate", shipped, "--data", prepared)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == f"{shipped}  4 clips of synthetic, actors 1, 2"
    for place, start in enumerate(
        ("accuracy: ", "unweighted average recall: ", "expected calibration error: "), start=1
    ):
        assert lines[place].startswith(start)
    assert "Wilson over clips)" in lines[1]
    assert lines[-1].startswith("the card says ")


def test_the_interval_over_clips_beside_that_over_actors_is_of_all_clips_together(
    mrpn: Run, shipped: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "FEWEST_ACTORS", 2)
    asked = ("evaluate", shipped, "--data", prepared)
    found = json.loads(mrpn(*asked, "--json").out)["measured"]
    low, high = (100 * each for each in wilson_interval(round(4 * found["value"]), 4))
    lines = mrpn(*asked).out.splitlines()
    value = f"{100 * found['value']:.1f} %"
    assert lines[1].startswith(f"accuracy: {value}, mean of the actors' own (95 % interval ")
    assert lines[2] == f"  of clips of the same people: {value} ({low:.1f} to {high:.1f})"


def test_a_card_that_promises_more_is_an_error(mrpn: Run, boasting: Path, prepared: Path) -> None:
    ran = mrpn("evaluate", boasting, "--data", prepared)
    assert ran.code == 1
    assert ran.error.startswith(f"{boasting}: ")
    assert "% here, its card says" in ran.error
    told = mrpn("evaluate", boasting, "--data", prepared, "--json")
    assert told.code == 1
    assert json.loads(told.out)["agrees"] is False


def test_other_clips_than_the_cards_are_scored_and_not_compared(
    mrpn: Run, boasting: Path, prepared: Path
) -> None:
    for asked, actors in (
        (("--actors", "3,4,5"), ["3", "4", "5"]),
        (("--fold", "A5,6"), ["5", "6"]),
    ):
        ran = mrpn("evaluate", boasting, "--data", prepared, *asked, "--allow-seen", "--json")
        result = json.loads(ran.out)
        assert (ran.code, result["card"], result["agrees"]) == (0, None, None)
        assert result["measured"]["on"]["actors"] == actors
        assert result["measured"]["clips"] == 2 * len(actors)
    relabelled = ("--relabel", "angry=happy")
    result = json.loads(mrpn("evaluate", boasting, "--data", prepared, *relabelled, "--json").out)
    assert result["recalls"]["angry"] is None
    assert result["card"] is None


def test_clips_of_the_training_are_refused_or_named_in_the_result(
    mrpn: Run, shipped: Path, prepared: Path
) -> None:
    refused = mrpn("evaluate", shipped, "--data", prepared, "--actors", "1,5,6")
    assert refused.code == 1
    assert "was trained on synthetic's actors 5, 6; choose clips that it never" in refused.error
    selecting = mrpn("evaluate", shipped, "--data", prepared, "--actors", "3")
    assert "was selected by synthetic's actors 3; " in selecting.error
    asked = ("--actors", "1,5,6", "--allow-seen")
    told = json.loads(mrpn("evaluate", shipped, "--data", prepared, *asked, "--json").out)
    assert told["seen_in_training"] == ["trained on synthetic's actors 5, 6"]
    text = mrpn("evaluate", shipped, "--data", prepared, *asked)
    assert "no measure of what is new to them: trained on synthetic's actors 5, 6" in text.out
    apart = mrpn("evaluate", shipped, "--data", prepared, "--actors", "2", "--json")
    assert json.loads(apart.out)["seen_in_training"] == []


def test_weights_of_speakers_are_asked_for_speakers_whoever_they_are(
    mrpn: Run, shipped: Path, drawn: Path, tmp_path: Path
) -> None:
    network, header = load_weights(shipped)
    (measured,) = header.measured
    of_speakers = measured.model_copy(update={"metric": "equal error rate"})
    header = header.model_copy(update={"measured": (of_speakers,)})
    save_weights(tmp_path / "speakers.safetensors", network, header)
    asked = ("--corpus", "synthetic", "--actors", "2")
    ran = mrpn("evaluate", tmp_path / "speakers.safetensors", drawn, *asked)
    assert ran.code == 1
    assert (
        "are all of speaker '2'; add recordings, since voices are told apart on pairs" in ran.error
    )


def test_weights_without_a_card_are_scored_on_what_is_asked(
    mrpn: Run, weights: Path, prepared: Path
) -> None:
    ran = mrpn("evaluate", weights, "--data", prepared, "--actors", "1,2")
    assert (ran.code, ran.err) == (0, "")
    assert "the card says" not in ran.out
    ran = mrpn("evaluate", weights, "--data", prepared)
    assert ran.code == 1
    assert "the card names no clips of it held out from the training" in ran.error


def test_what_was_prepared_can_be_kept(
    mrpn: Run, shipped: Path, drawn: Path, tmp_path: Path
) -> None:
    how = ("--corpus", "synthetic", "--workers", 1, "--work", tmp_path / "kept")
    assert mrpn("evaluate", shipped, drawn, *how).code == 0
    assert len(PreparedCorpus(tmp_path / "kept")) == 4


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["{w}"], "give either the folder of a corpus, or --data and a prepared one"),
        (["{w}", "{d}", "--data", "{p}"], "give either the folder of a corpus, or --data"),
        (["nobody", "--data", "{p}"], "no weights are called 'nobody'; "),
        (["x/gone", "--data", "{p}"], "x/gone: no such weights file to load"),
        (["{w}", "{d}"], "{d}: say what this folder is, --corpus NAME"),
        (["{w}", "--data", "{d}"], "{d}: no finished prepared corpus here"),
        (["{w}", "--data", "{p}", "--part", "exam"], "--part exam: is none of train, validation"),
        (["{w}", "--data", "{p}", "--actors", "77"], "no clips of the actors 77 for 'test'"),
        (["{w}", "--data", "{p}", "--fold", "A9"], "no fold 'A9' in 'rotating'"),
        (["{w}", "--data", "{p}", "--relabel", "angry"], "--relabel angry: write it as class="),
        (["{w}", "--data", "{p}", "--relabel", "angry=calm"], "class 'calm' are none of the"),
    ],
)
def test_what_cannot_be_scored_is_one_line(
    mrpn: Run, shipped: Path, drawn: Path, prepared: Path, arguments: list[str], line: str
) -> None:
    places = {"w": shipped, "d": drawn, "p": prepared}
    ran = mrpn("evaluate", *(text.format(**places) for text in arguments))
    assert (ran.code, ran.out) == (1, "")
    assert line.format(**places) in ran.error
