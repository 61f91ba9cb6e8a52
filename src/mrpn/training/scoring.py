"""Trained weights measured again on held-out clips, the way their card measured them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from mrpn.common.errors import CorpusError, WeightsError
from mrpn.common.likely import softmax
from mrpn.common.progress import track
from mrpn.common.words import few
from mrpn.evaluation import (
    accuracy,
    build_predictions,
    unweighted_average_recall,
    wilson_interval,
)
from mrpn.evaluation.calibration import expected_calibration_error
from mrpn.evaluation.intervals import t_interval
from mrpn.evaluation.predictions import classes_of, probability_columns
from mrpn.inputs import Preprocessing
from mrpn.network import MultiModalNetwork, Sequence
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.contents import chosen_records, has_people
from mrpn.training.dataset import ClipDataset, Sample
from mrpn.training.hardware import arrange_channels_last
from mrpn.training.recipe import Stills
from mrpn.training.sampling import Draw
from mrpn.training.speakers.verification import all_pairs
from mrpn.training.speakers.verification import measure as measure_trials
from mrpn.weights import Measured, Plan, WeightsHeader, evidence

# Faces or segments that go through an encoder together: more are no faster, and need more memory.
ELEMENTS = 64
# Of fewer, Student's interval over actors is chance itself: four may happen to agree.
FEWEST_ACTORS = 10
RESAMPLES = 1000
_OF_SPEAKERS = "equal error rate"


@torch.inference_mode()
def measure(
    network: MultiModalNetwork, header: WeightsHeader, corpus: PreparedCorpus, plan: Plan
) -> tuple[Measured, pd.DataFrame | None]:
    """Measure a network by a plan, in 32 bits; its probabilities as its calibration has them.

    Args:
        network: in test mode; its kernels are put into the order that is faster.
        header: its classes and the preprocessing of its input.
        corpus: holds the clips, prepared as the header's preprocessing says.
        plan: which clips, what is measured, how they are shown.

    Returns:
        What was measured, and for an accuracy the predictions table. With an interval over actors
        the accuracy is the mean of the actors' own, which it speaks of.

    Raises:
        CorpusError: none of the clips is readable; or, for speakers, there are no pairs of one, or
            of two.
        WeightsError: a class of the corpus that the weights do not know, or speakers' features
            wanted of a network without a voice.
    """
    if plan.metric == _OF_SPEAKERS:
        return _measure_speakers(network, header, corpus, plan), None
    scored = score_clips(network, header, corpus, plan)
    doubts = {} if header.calibration is None else header.calibration.doubts
    doubt = doubts.get(evidence(network.modalities))
    predictions = build_predictions(
        clips=[clip.record.id for clip in scored.clips],
        actors=[clip.record.actor for clip in scored.clips],
        labels=scored.labels,
        probabilities=softmax(scored.scores, doubt.temperature if doubt else 1.0),
        classes=header.class_names,
        fold=plan.on.part,
        strategy="weights",
        seed=plan.seed,
    )
    people = has_people(clip.record for clip in scored.clips)
    return _measured(predictions, plan, people=people), predictions


@dataclass(frozen=True)
class ScoredClips:
    """Clips with what a network makes of them.

    Attributes:
        clips: those that were scored, N.
        labels: their classes, by the names that the network knows.
        scores: before any softmax, float64 [N, classes].
    """

    clips: list[PreparedClip]
    labels: list[str]
    scores: NDArray[np.float64]


@torch.inference_mode()
def score_clips(
    network: MultiModalNetwork,
    header: WeightsHeader,
    corpus: PreparedCorpus,
    plan: Plan,
    modalities: Collection[str] | None = None,
) -> ScoredClips:
    """Score the clips of a plan, in 32 bits.

    Args:
        network, header, corpus, plan: as of `measure`.
        modalities: the only ones that the network gets; all it has if None. Clips without any of
            them are left out.

    Raises:
        CorpusError: none of the clips is readable.
        WeightsError: a class of the corpus that the weights do not know.
    """
    preprocessing = Preprocessing.model_validate(header.preprocessing)
    given = [name for name in network.modalities if modalities is None or name in modalities]
    clips = _clips(corpus, plan, given)
    arrange_channels_last(network, "32-true")
    labels = [plan.relabelled.get(clip.record.label, clip.record.label) for clip in clips]
    check_classes(header, labels)
    samples = ClipDataset(
        corpus,
        clips,
        preprocessing=preprocessing,
        stills=Stills(views=plan.views, jitter=plan.jitter),
        augmentation=None,
        seed=plan.seed,
        modalities=network.modalities,
    )
    drawn = (samples[Draw(place, 0)] for place in range(len(clips)))
    withheld = [name for name in network.modalities if name not in given]
    found = [
        network(batch).fused.float()
        for batch in _batches((_without(sample, withheld) for sample in drawn), len(clips), network)
    ]
    return ScoredClips(clips, labels, torch.cat(found).cpu().numpy().astype(np.float64))


def check_classes(header: WeightsHeader, labels: Iterable[str]) -> None:
    """Refuse, by WeightsError, classes that weights do not know, or weights that know speakers."""
    if header.measured and all(each.metric == _OF_SPEAKERS for each in header.measured):
        raise WeightsError(
            "these weights tell speakers apart and know no emotion; a network may start from them: "
            "mrpn train --initial audio=WEIGHTS"
        )
    if unknown := sorted(set(labels) - set(header.class_names)):
        raise WeightsError(
            f"clips of class '{unknown[0]}' are none of the weights' classes "
            f"{few(header.class_names)}; count them as one of these: "
            f"--relabel {unknown[0]}={header.class_names[0]}"
        )


def _without(sample: Sample, withheld: Iterable[str]) -> Sample:
    empty = {name: sample.inputs[name][:0] for name in withheld}
    return Sample({**sample.inputs, **empty}, sample.label, sample.clip)


def _clips(corpus: PreparedCorpus, plan: Plan, modalities: Collection[str]) -> list[PreparedClip]:
    records = chosen_records(corpus.manifest, plan.on.part, plan.on.actors)
    wanted = set(plan.only) or {record.id for record in records}
    found = [corpus.find(record.id) for record in records if record.id in wanted]
    clips = [clip for clip in found if any(map(clip.has, modalities))]
    if not clips:
        raise CorpusError(f"{corpus.folder}: none of {len(found)} clips to score is readable")
    return clips


def _batches(
    samples: Iterator[Sample], count: int, network: MultiModalNetwork
) -> Iterator[dict[str, Sequence]]:
    """Yield batches of as many whole clips as have `ELEMENTS` elements together."""
    device = next(network.parameters()).device
    waiting: list[dict[str, Tensor]] = []

    def batch() -> dict[str, Sequence]:
        return {
            name: Sequence.from_list([inputs[name] for inputs in waiting]).to(device)
            for name in waiting[0]
        }

    for sample in track(samples, "scoring", count):
        waiting.append(sample.inputs)
        if sum(len(values) for inputs in waiting for values in inputs.values()) >= ELEMENTS:
            yield batch()
            waiting = []
    if waiting:
        yield batch()


def _measured(predictions: pd.DataFrame, plan: Plan, *, people: bool) -> Measured:
    truth, guess = list(predictions["label"]), list(predictions["prediction"])
    classes = classes_of(predictions)
    right = (predictions["label"] == predictions["prediction"]).groupby(predictions["actor"])
    by_actor = [float(share) for share in right.mean()]
    if over_actors := people and len(by_actor) >= FEWEST_ACTORS:
        value, (low, high) = fmean(by_actor), t_interval(by_actor)
    else:
        value = accuracy(truth, guess)
        low, high = wilson_interval(value * len(truth), len(truth))
    posterior = predictions[probability_columns(classes)].to_numpy()
    return Measured(
        **plan.model_dump(include=set(Plan.model_fields)),
        clips=len(truth),
        value=round(value, 6),
        low=round(low, 6),
        high=round(high, 6),
        interval="t over actors" if over_actors else "Wilson over clips",
        uar=round(unweighted_average_recall(truth, guess), 6),
        ece=round(expected_calibration_error(truth, posterior, classes), 6),
    )


def _measure_speakers(
    network: MultiModalNetwork,
    header: WeightsHeader,
    corpus: PreparedCorpus,
    plan: Plan,
) -> Measured:
    if "audio" not in network.modalities:
        raise WeightsError("speakers are told apart by a voice, and the network has no such branch")
    preprocessing = Preprocessing.model_validate(header.preprocessing)
    clips = _clips(corpus, plan, network.modalities)
    actors = [clip.record.actor for clip in clips]
    _check_pairs(corpus.name, actors)
    arrange_channels_last(network, "32-true")
    interval = None if plan.seconds is None else (0.0, plan.seconds)
    sounds = (
        Sample({"audio": preprocessing.audio(corpus.read(clip).audio, interval)}, 0, place)
        for place, clip in enumerate(clips)
    )
    features = [
        network(batch, features=True).features["audio"].float().cpu()
        for batch in _batches(sounds, len(clips), network)
    ]
    places = np.unique(np.array(actors, dtype=object), return_inverse=True)[1]
    trials = all_pairs(torch.cat(features).numpy().astype(np.float64), places.astype(np.intp))
    found = measure_trials(trials, RESAMPLES, plan.seed)
    return Measured(
        **plan.model_dump(include=set(Plan.model_fields)),
        clips=len(clips),
        value=found["eer"],
        low=found["eer_low"],
        high=found["eer_high"],
        interval="bootstrap over actors",
    )


def _check_pairs(corpus: str, speakers: list[str]) -> None:
    """Refuse utterances, by their speakers, among which there are no pairs of one, or of two."""
    lacks = []
    if len(set(speakers)) == 1:
        lacks.append(f"the readable clips to score are all of speaker '{speakers[0]}'")
    if len(set(speakers)) == len(speakers):
        lacks.append("no speaker has two readable clips to score")
    if lacks:
        raise CorpusError(
            f"corpus '{corpus}': {', and '.join(lacks)}; add recordings, since voices are told "
            "apart on pairs of the same speaker and of different ones"
        )
