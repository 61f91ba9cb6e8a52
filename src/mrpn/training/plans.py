"""What to measure weights on: as their card says, or as asked; and preparing just those clips."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mrpn.common.errors import ConfigError, CorpusError
from mrpn.corpora.manifest import ClipRecord, Manifest, Part
from mrpn.inputs import Preprocessing
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training.contents import chosen_records, material_of
from mrpn.weights import Material, Plan, WeightsHeader


def choose_plan(
    header: WeightsHeader,
    manifest: Manifest,
    *,
    part: Part | None = None,
    actors: tuple[str, ...] = (),
    relabelled: Mapping[str, str] | None = None,
) -> Plan:
    """Return what to measure: where the card has just that, the card's own `Measured`.

    Args:
        header: of the weights.
        manifest: the corpus at hand.
        part: of the corpus; by default that of the card, else the test.
        actors: only these; by default those of the card, where no part is asked for either.
        relabelled: classes that count as others; by default as on the card.

    Raises:
        CorpusError: there are no such clips; or neither card nor corpus names any held out.
    """
    asked = part is not None or bool(actors)
    for measured in header.measured:
        on = measured.on
        same = (on.part, set(on.actors)) == (part or "test", set(actors))
        if on.corpus == manifest.name and (same or not asked):
            if relabelled in (None, measured.relabelled):
                return measured
            values = measured.model_dump(include=set(Plan.model_fields))
            return Plan(**{**values, "relabelled": relabelled})
    if not asked and all(record.partition is None for record in manifest.records):
        raise CorpusError(
            f"corpus '{manifest.name}': the card names no clips of it held out from the training; "
            "say which are, --actors 21,22 or --fold A1,2"
        )
    on = material_of(manifest, part or "test", actors, hashed=False)
    return _as_on_the_card(header, on, relabelled)


def _as_on_the_card(
    header: WeightsHeader, on: Material, relabelled: Mapping[str, str] | None
) -> Plan:
    """Return a plan for other clips than the card's, shown and measured as the card's were.

    Those of the card's own corpus in all; others by the metric alone, where the weights have but
    one: speakers are told apart, of whatever corpus.
    """
    cards = [each for each in header.measured if each.on.corpus == on.corpus]
    shown = {"relabelled", "views", "jitter", "seed", "seconds", "metric"}
    if not cards:
        cards, shown = list(header.measured), {"seed", "seconds", "metric"}
    values = cards[0].model_dump(include=shown) if cards else {}
    if cards and any(each.metric != cards[0].metric for each in header.measured):
        values.pop("metric")
    given = {} if relabelled is None else {"relabelled": dict(relabelled)}
    return Plan(on=on, **(values | given))


def plan_labels(plan: Plan, manifest: Manifest) -> set[str]:
    """Return the classes of a plan's clips as they count in it."""
    records = chosen_records(manifest, plan.on.part, plan.on.actors)
    wanted = set(plan.only) or {record.id for record in records}
    labels = {record.label for record in records if record.id in wanted}
    return {plan.relabelled.get(label, label) for label in labels}


def same_contents(manifest: Manifest, named: Material) -> bool | None:
    """Return whether a corpus has the very contents that a card names; None if it cannot be told.

    It cannot where the card has no digest, or where files are gone that were prepared before.
    """
    if not named.digest:
        return None
    try:
        found = material_of(manifest, named.part, named.actors)
    except CorpusError:
        return None
    return found.digest == named.digest


def prepare_for(
    plan: Plan,
    manifest: Manifest,
    preprocessing: Preprocessing,
    modalities: tuple[str, ...],
    folder: Path,
    workers: int | None = None,
) -> PreparedCorpus:
    """Prepare the clips of a plan, and of them only what a network takes, at `folder`."""
    records = chosen_records(manifest, plan.on.part, plan.on.actors)
    only = set(plan.only) or {record.id for record in records}
    needed = [_reduced(record, modalities) for record in records if record.id in only]
    kept = tuple(r for r in needed if r is not None)
    if not kept:
        raise CorpusError(
            f"corpus '{manifest.name}': no clip of the {len(records)} to score has "
            f"{' or '.join(modalities)}"
        )
    return prepare(replace(manifest, records=kept), folder, preprocessing.clip, workers)


def check_prepared(
    corpus: PreparedCorpus, preprocessing: Preprocessing, modalities: tuple[str, ...]
) -> None:
    """Refuse, by ConfigError, a corpus that was prepared otherwise than a network sees clips.

    A network of voices alone does not care how faces were cropped.
    """
    wanted, found = preprocessing.clip.model_dump(), corpus.settings.model_dump()
    names = ["rate"] if "video" not in modalities else list(wanted)
    for name in names:
        if wanted[name] != found[name]:
            raise ConfigError(
                f"{corpus.folder}: prepared with {name} = {found[name]}, the weights want "
                f"{wanted[name]}; give the corpus's folder instead, and it is prepared for them"
            )


def _reduced(record: ClipRecord, modalities: tuple[str, ...]) -> ClipRecord | None:
    """Return a record without what the network does not take; None where nothing is left."""
    if set(modalities) - {"audio", "video"}:
        return record
    video = record.video if "video" in modalities else None
    audio = record.audio if "audio" in modalities else None
    return None if video is audio is None else replace(record, video=video, audio=audio)
