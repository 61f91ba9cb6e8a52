"""How far the probabilities of a trained network may be trusted, found on test clips."""

from collections.abc import Mapping

from mrpn.common.likely import softmax
from mrpn.evaluation.doubt import conformal_thresholds, fit_temperature
from mrpn.inputs import Preprocessing
from mrpn.network import MultiModalNetwork
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.contents import material_of
from mrpn.training.plans import check_prepared
from mrpn.training.scoring import ScoredClips, score_clips
from mrpn.weights import COVERAGES, Calibration, Doubt, Plan, WeightsHeader


def calibrate(
    network: MultiModalNetwork,
    header: WeightsHeader,
    plan: Plan,
    sources: Mapping[str, PreparedCorpus],
) -> Calibration:
    """Return the temperatures and conformal thresholds of a network, by what its answers rest on.

    Args:
        network: in test mode.
        header: its classes and the preprocessing of its input.
        plan: the test clips; in another corpus than the plan's they are its part "test".
        sources: by evidence, as "audio+video", the prepared corpus whose test clips are shown to
            the network with no modality but these.

    Raises:
        ConfigError: a corpus prepared otherwise than the network sees clips.
        CorpusError: none of the clips is readable.
        WeightsError: a class of the corpus that the network does not know.
    """
    doubts, materials = {}, {}
    for name, corpus in sources.items():
        given = name.split("+")
        check_prepared(
            corpus, Preprocessing.model_validate(header.preprocessing), tuple(sorted(given))
        )
        each = plan
        if corpus.name != plan.on.corpus:
            each = plan.model_copy(update={"on": material_of(corpus.manifest, "test"), "only": ()})
        materials[each.on.model_dump_json()] = each.on
        doubts[name] = doubt_of(
            score_clips(network, header, corpus, each, given), header.class_names
        )
    return Calibration(doubts=doubts, on=tuple(materials.values()))


def doubt_of(scored: ScoredClips, classes: tuple[str, ...]) -> Doubt:
    """Return the temperature and the thresholds that scored clips give.

    Args:
        scored: held-out clips.
        classes: in the order of the scores.
    """
    truth = [classes.index(label) for label in scored.labels]
    temperature = fit_temperature(scored.scores, truth)
    likely = softmax(scored.scores, temperature)
    return Doubt(
        temperature=round(temperature, 4),
        thresholds=tuple(
            round(threshold, 6)
            for threshold in conformal_thresholds(
                likely, truth, [coverage / 100 for coverage in COVERAGES]
            )
        ),
        clips=len(truth),
    )
