"""What a finished run of speaker recognition says of itself."""

from collections.abc import Mapping
from collections.abc import Sequence as Many
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from mrpn.common.errors import MrpnError
from mrpn.common.machine import describe_machine
from mrpn.corpora.manifest import Part
from mrpn.network import MultiModalNetwork
from mrpn.network.targets import DEFAULT_TARGET
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.contents import material_of
from mrpn.training.evidence import with_evidence
from mrpn.training.hardware import choose_precision
from mrpn.training.run import RunIdentity
from mrpn.training.speakers.data import SpeakerData
from mrpn.training.speakers.recipe import SpeakerRecipe
from mrpn.training.speakers.split import SpeakerSplit, doubles_of
from mrpn.training.speakers.verification import Trials, measure
from mrpn.weights import Measured, TrainingData, WeightsHeader


def trial_table(trials: Mapping[str, Trials], clips: Many[PreparedClip]) -> pd.DataFrame:
    """Return one row per pair: `one`, `other` (clips), `target`, and the cosine of each network."""
    names = np.array([clip.record.id for clip in clips])
    first = next(iter(trials.values()))
    columns = {"one": names[first.one], "other": names[first.other], "target": first.targets}
    return pd.DataFrame(columns | {name: each.scores.round(6) for name, each in trials.items()})


def same_session_targets(trials: Trials, clips: Many[PreparedClip]) -> int | None:
    """Return how many pairs of one speaker are of one session too; None where none are known."""
    known = [clip.record.extra.get("session") for clip in clips]
    if None in known:
        return None
    sessions = np.array(known)
    return int((trials.targets & (sessions[trials.one] == sessions[trials.other])).sum())


def result_of(
    identity: RunIdentity,
    recipe: SpeakerRecipe,
    corpus: PreparedCorpus,
    split: SpeakerSplit,
    data: SpeakerData,
    network: MultiModalNetwork,
    rows: list[dict[str, Any]],
    trials: Mapping[str, Trials],
) -> dict[str, Any]:
    """Return what result.json says: identity, speakers, errors with intervals, what made them."""
    tested = data.parts["test"].clips
    return {
        **identity.model_dump(),
        "corpus": corpus.name,
        "corpus_kind": corpus.manifest.kind,
        "licence": corpus.manifest.licence,
        "notes": list(corpus.manifest.notes),
        "speakers": {name: list(names) for name, names in split.parts.items()},
        "utterances": {name: len(part) for name, part in data.parts.items()},
        "verification": {
            name: measure(each, recipe.resamples, recipe.seed) for name, each in trials.items()
        },
        "same_session_targets": same_session_targets(trials["trained"], tested),
        "epochs": len(rows),
        "selected": recipe.optimisation.select,
        "parameters": sum(p.numel() for p in network.branches.parameters()),
        "seconds": round(sum(row["seconds"] for row in rows), 1),
        "precision": choose_precision(recipe.optimisation.precision),
        "threads": torch.get_num_threads(),
        "machine": describe_machine(),
    }


def header_of(
    recipe: SpeakerRecipe,
    corpus: PreparedCorpus,
    split: SpeakerSplit,
    tested: Many[PreparedClip],
    network: MultiModalNetwork,
    result: Mapping[str, Any],
) -> WeightsHeader:
    """Return the header of the run's weights file; its classes are the training speakers.

    Raises:
        MrpnError: a network that was built by hand.
    """
    if network.spec is None:
        raise MrpnError("a network without a declaration cannot be saved")
    licence = corpus.manifest.licence or "not stated"
    measured = result["verification"]["trained"]
    metrics = {name: measured[name] for name in ("eer", "eer_low", "eer_high", "min_dcf")}
    learned: dict[Part, tuple[str, ...]] = {"train": split.train}
    if split.validation:
        learned["validation"] = split.validation
    by = "selected by speakers of neither part" if result["selected"] == "best" else "last epoch"
    header = WeightsHeader(
        network=network.spec,
        classes={DEFAULT_TARGET: split.train},
        preprocessing=recipe.preprocessing.model_dump(mode="json"),
        training_data=(
            TrainingData(
                name=corpus.name,
                licence=licence,
                part=f"{len(split.train)} speakers, listed as the classes",
            ),
        ),
        licence=licence,
        protocol=(
            f"strict: {by}; verified once on all pairs of {len(tested)} "
            f"utterances of {len(split.test)} speakers never trained on: {', '.join(split.test)}"
        ),
        metrics=metrics,
        measured=(
            Measured(
                on=material_of(corpus.manifest, "test", split.test, hashed=False),
                metric="equal error rate",
                clips=len(tested),
                value=measured["eer"],
                low=measured["eer_low"],
                high=measured["eer_high"],
                interval="bootstrap over actors",
                only=tuple(clip.record.id for clip in tested),
                seconds=recipe.slices.tested,
            ),
        ),
        notes="Speaker recognition, to start voice encoders from.",
    )
    held_out = (*split.validation, *split.test)
    doubles = {clip.record.id for clip in doubles_of(corpus, held_out)}
    kept = tuple(record for record in corpus.manifest.records if record.id not in doubles)
    manifest = replace(corpus.manifest, records=kept)
    return with_evidence(header, manifest, learned, {}, apart_from=held_out if doubles else ())
