"""What is wrong with a study is said before a clip is prepared, whichever way it is planned."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mrpn.common.errors import ConfigError, CorpusError, MrpnError, WeightsError
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, train_run
from mrpn.training.studies import Chosen, Corpora, Request, conduct, plan_study, ready_plan
from mrpn.training.studies.conduct import missing_corpora
from untrained import save_untrained

Write = Callable[..., Path]
Ask = Callable[..., Request]
Make = Callable[..., Recipe]
Refused = Callable[..., None]
VOICE = {"row": "voice", "strategy": "am"}
BOTH = {"row": "N2", "strategy": "n2"}
PUBLISHED = {"published": "table2", "folds": [], "corpus": {"reader": "ravdess"}}


@pytest.fixture
def refused(write_study: Write, ask: Ask, manifest: Manifest, tmp_path: Path) -> Refused:
    """Expect an error of a study, before anything is written, from all that plans or conducts."""

    def expect(
        error: type[MrpnError],
        line: str,
        study: dict[str, Any],
        clips: Manifest = manifest,
        **request: Any,
    ) -> None:
        asked = ask(write_study(**study), **request)
        for plan in (plan_study, ready_plan, missing_corpora, conduct):
            with pytest.raises(error, match=line):
                plan(asked, Corpora(tmp_path / "out", clips, workers=0))
        assert not (tmp_path / "out" / "prepared").exists()

    return expect


def without(manifest: Manifest, **changes: None) -> Manifest:
    return replace(manifest, records=tuple(replace(r, **changes) for r in manifest.records))


def of(manifest: Manifest, wanted: Callable[[ClipRecord], bool]) -> Manifest:
    return replace(manifest, records=tuple(r for r in manifest.records if wanted(r)))


@pytest.mark.parametrize(
    ("chosen", "line"),
    [
        (Chosen(rows=["N9"]), "no row 'N9' in this study; there are voice"),
        (Chosen(folds=["A9"]), r"no fold 'A9' in this study; there are A1 \| A2"),
    ],
)
def test_rows_and_folds_that_are_not_there(refused: Refused, chosen: Chosen, line: str) -> None:
    refused(ConfigError, line, {"rows": [VOICE]}, chosen=chosen)


def test_folds_that_the_corpus_cannot_have(refused: Refused, manifest: Manifest) -> None:
    refused(CorpusError, "no fold 'A9'", {"rows": [VOICE], "folds": ["A9"]})
    two = of(manifest, lambda record: record.actor in ("1", "2"))
    refused(CorpusError, "3 actors of each sex are needed, there are 2", {"rows": [VOICE]}, two)


def test_folds_that_are_not_those_of_a_published_table(
    refused: Refused, manifest: Manifest
) -> None:
    sexes = ("female", "male")
    few = replace(
        manifest,
        name="ravdess",
        records=tuple(replace(r, sex=sexes[int(r.actor) % 2]) for r in manifest.records),
    )
    line = "its 6 actors are too few for the folds of the published table2; give the whole corpus"
    refused(CorpusError, line, {"rows": [VOICE], **PUBLISHED}, few)


def test_a_class_that_training_lacks(refused: Refused, manifest: Manifest) -> None:
    only = of(manifest, lambda record: record.label != "sad" or record.actor == "1")
    study = {"rows": [VOICE], "folds": ["A1"]}
    refused(CorpusError, "fold 'A1' of 'tiny': no training clips of class sad", study, only)


@pytest.mark.parametrize("strategy", ["vm", "late", "n2", "product"])
def test_pictures_that_a_row_needs_and_no_clip_has(
    refused: Refused, manifest: Manifest, strategy: str
) -> None:
    study = {"rows": [{"row": "it", "strategy": strategy}]}
    line = "corpus 'tiny': none of its 18 clips has a picture, which row 'it' needs"
    refused(CorpusError, line, study, without(manifest, video=None))


def test_sound_that_training_lacks(refused: Refused, manifest: Manifest) -> None:
    heard = tuple(r if r.actor == "1" else replace(r, audio=None) for r in manifest.records)
    study = {"rows": [BOTH], "folds": ["A1"]}
    line = "fold A1 has no training clip with sound"
    refused(CorpusError, line, study, replace(manifest, records=heard))


def test_a_test_part_in_which_nothing_can_be_scored(refused: Refused, manifest: Manifest) -> None:
    mute = tuple(replace(r, audio=None) if r.actor == "1" else r for r in manifest.records)
    study = {"rows": [VOICE], "folds": ["A1"]}
    refused(CorpusError, "fold A1, test: no clip has sound", study, replace(manifest, records=mute))


def test_a_corpus_of_voices_alone_serves_rows_of_voices(
    write_study: Write, ask: Ask, manifest: Manifest, tmp_path: Path
) -> None:
    voices = Corpora(tmp_path / "out", without(manifest, video=None), workers=0)
    rows = ask(write_study(rows=[VOICE, BOTH]), chosen=Chosen(rows=["voice"]))
    assert len(missing_corpora(rows, voices)) == 1


def test_weights_that_are_not_there(refused: Refused) -> None:
    line = r"^gone\.safetensors: no such weights file to start from"
    for row in (VOICE, {**VOICE, "initial": {"audio": "gone.safetensors"}}):
        given = {} if "initial" in row else {"initial": {"audio": "gone.safetensors"}}
        refused(WeightsError, line, {"rows": [row]}, **given)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"width": 8}, "width 8 and not 4; set network.branches.video.width=8"),
        ({"stem_stride": 1}, "stem_stride 1 and not 2"),
    ],
)
def test_weights_of_another_shape(
    refused: Refused, make_recipe: Make, tmp_path: Path, change: dict[str, int], line: str
) -> None:
    video = {"in_channels": 1, "width": 4, "stem_stride": 2, "features": 8, **change}
    other = make_recipe(network={"branches": {"video": video}})
    start = save_untrained(tmp_path / "face.safetensors", other, "vm")
    refused(WeightsError, line, {"rows": [BOTH]}, initial={"video": str(start)})


def test_weights_of_other_channels(refused: Refused, make_recipe: Make, tmp_path: Path) -> None:
    values = {**make_recipe().preprocessing.model_dump(), "channels": 3}
    video = {"in_channels": 3, "width": 4, "stem_stride": 2, "features": 8}
    other = make_recipe(preprocessing=values, network={"branches": {"video": video}})
    start = save_untrained(tmp_path / "face.safetensors", other, "vm")
    line = "in_channels 3 and not 1"
    refused(WeightsError, line, {"rows": [BOTH]}, initial={"video": str(start)})


def test_weights_that_know_an_actor_held_out(
    refused: Refused, recipe: Recipe, corpus: PreparedCorpus, fold: Fold, tmp_path: Path
) -> None:
    start = train_run(recipe, corpus, fold, "am", tmp_path / "before") / "weights.safetensors"
    study, initial = {"rows": [VOICE], "folds": ["A4"]}, {"audio": str(start)}
    refused(WeightsError, "was trained on actors held out here, 4", study, initial=initial)


def test_an_encoder_frozen_at_random_values(refused: Refused) -> None:
    row = {**VOICE, "set": {"network.branches.audio.frozen": True, "optimisation.average": 0.5}}
    refused(ConfigError, "the audio encoder is frozen at random values", {"rows": [row]})


def test_weights_of_a_row_that_is_not_chosen_need_not_fit(
    write_study: Write, ask: Ask, given: Corpora, make_recipe: Make, tmp_path: Path
) -> None:
    video = {"in_channels": 1, "width": 8, "stem_stride": 2, "features": 8}
    other = make_recipe(network={"branches": {"video": video}})
    start = save_untrained(tmp_path / "face.safetensors", other, "vm")
    rows = ask(
        write_study(rows=[VOICE, BOTH]),
        chosen=Chosen(rows=["voice"]),
        initial={"video": str(start)},
    )
    assert len(plan_study(rows, given).runs) == 4
