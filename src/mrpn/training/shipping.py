"""From a finished run to weights that ship: halved, measured, proven apart, with card and entry."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mrpn.common.errors import WeightsError
from mrpn.common.files import atomic_path, file_digest
from mrpn.common.progress import say
from mrpn.corpora.manifest import Manifest, Part
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.calibrating import calibrate
from mrpn.training.contents import material_of
from mrpn.training.evidence import prove_apart, with_evidence
from mrpn.training.packing import check_place, shared_encoders
from mrpn.training.provenance import (
    check_corpus,
    command_of,
    people_of,
    plan_of,
    read_recipe,
    read_result,
)
from mrpn.training.run import WEIGHTS
from mrpn.training.scoring import measure
from mrpn.training.speakers.split import doubles_of
from mrpn.weights import (
    Material,
    ShippedWeights,
    WeightsHeader,
    load_weights,
    preprocessing_of,
    read_registry,
    save_weights,
    shipped_weights,
    write_card,
    write_registry,
)
from mrpn.weights.card import kind_of
from mrpn.weights.registry import INDEX, check_name

INTENDED_USE = (
    "Research on emotion recognition: as it is on pictures and sounds like those it was trained "
    "on, and as a start for other networks."
)
LIMITS = (
    "Learned posed and acted expressions, not what anyone feels; not for decisions about people."
)
SPEAKERS_INTENDED_USE = "Research: as the start of voice branches that learn to recognise emotion."
SPEAKERS_LIMITS = (
    "Learned to tell voices apart, knows no emotion; not for finding out who somebody is."
)


@dataclass(frozen=True)
class Texts:
    """What people say of the weights.

    Args:
        line: what they are good for, one line.
        notes: anything else, one paragraph.
        intended_use, limits: of the card; by default what is true of all networks of its kind.
        reproduce: the command that makes them again; by default from the recipe.
    """

    line: str
    notes: str = ""
    intended_use: str = ""
    limits: str = ""
    reproduce: str = ""


@dataclass(frozen=True)
class Sources:
    """What a run was made from.

    Args:
        corpus: the prepared corpus that it was trained on.
        started_from: files of weights that it started from, other than shipped ones.
        manifests: by name, the corpora that those were trained on.
        calibration: by evidence, as "audio+video", the prepared corpora whose test clips tell how
            far the probabilities may be trusted; none leaves them as they are.
    """

    corpus: PreparedCorpus
    started_from: Sequence[Path] = ()
    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    calibration: Mapping[str, PreparedCorpus] = field(default_factory=dict)


def ship(run: Path, name: str, texts: Texts, sources: Sources, folder: Path) -> ShippedWeights:
    """Add the weights of a finished run to a package, or put them in the place of former ones.

    They are stored in half precision, and it is these that are measured, on the run's test clips.

    Args:
        run: folder of the run.
        name: by which they are to be loaded: small letters, digits, `-`.
        texts: for card and registry.
        sources: what the run was made from.
        folder: of the package, with its `registry.json`.

    Returns:
        The entry of the registry.

    Raises:
        MrpnError: no name for weights; no finished run; another corpus than the run's; contents or
            actors of the test in what was learned from; what the run started from is unknown; no
            more room in the package; others of it have their encoder in the file to be replaced.
    """
    check_name(name)
    result, recipe = read_result(run), read_recipe(run)
    check_corpus(run, result, sources.corpus)
    entries = read_registry(folder / INDEX)
    network, header = load_weights(run / WEIGHTS)
    origins = _origins(run, result, sources, folder)
    header = _evident(header, result, sources, origins)
    plan = plan_of(run, result, recipe, sources.corpus.manifest)
    intended_use, limits = _usual_texts(result)
    header = header.model_copy(
        update={
            "metrics": {k: v for k, v in header.metrics.items() if k != "accuracy"},
            "notes": texts.notes or header.notes,
            "intended_use": texts.intended_use or intended_use,
            "limits": texts.limits or limits,
            "reproduce": texts.reproduce or command_of(result, recipe),
        }
    )
    with TemporaryDirectory(prefix="mrpn-") as temporary:
        half = Path(temporary) / f"{name}.safetensors"
        save_weights(half, network, header, half=True)
        network, _ = load_weights(half)
        if sources.calibration:
            calibration = calibrate(network, header, plan, sources.calibration)
            header = header.model_copy(update={"calibration": calibration})
        measured, _ = measure(network, header, sources.corpus, plan)
        header = header.model_copy(update={"measured": (measured,)})
        prepared = (*sources.calibration.values(), sources.corpus)
        manifests = {**sources.manifests, **{each.name: each.manifest for each in prepared}}
        compared = prove_apart(header, manifests)
        say(f"{name}: {measured.metric} {measured.describe()}")
        say(f"  {compared} contents of the test compared: none is in what was trained on")
        shared = shared_encoders(network, recipe, origins, folder / half.name)
        header = header.model_copy(update={"shared": shared})
        save_weights(half, network, header, half=True)
        entry = ShippedWeights(
            name=name,
            file=half.name,
            sha256=file_digest(half),
            kind=f"{kind_of(network.spec or header.network)}: {', '.join(network.modalities)}",
            line=texts.line,
            licence=header.licence,
            data="; ".join(f"{d.name} ({d.part or 'all'})" for d in header.training_data),
            preprocessing=preprocessing_of(half, header).digest,
            size=half.stat().st_size,
            reproduce=header.reproduce,
        )
        check_place(folder, entry, entries)
        with atomic_path(folder / entry.file) as partial:
            shutil.copyfile(half, partial)
    write_card(folder / f"{name}.md", header, name)
    write_registry(folder / INDEX, {**entries, name: entry}.values())
    if name in entries and entries[name].remarks:
        say(
            f"{name}: the remarks on the former weights are dropped; what holds of these too is "
            f'written again by: python weights/remark.py {name} "..."'
        )
    return entry


def _usual_texts(result: Mapping[str, Any]) -> tuple[str, str]:
    """Return intended use and limits of emotions' networks, or of speakers'."""
    if "speakers" in result:
        return SPEAKERS_INTENDED_USE, SPEAKERS_LIMITS
    return INTENDED_USE, LIMITS


def _evident(
    header: WeightsHeader, result: Mapping[str, Any], sources: Sources, origins: Mapping[str, Path]
) -> WeightsHeader:
    people = people_of(result)
    learned: dict[Part, tuple[str, ...]] = {}
    for part in ("train", "validation"):
        if part in people:
            learned[part] = people[part]
    held_out: tuple[str, ...] = ()
    if "speakers" in result:
        held_out = (*people.get("validation", ()), *people["test"])
    apart_from = held_out if doubles_of(sources.corpus, held_out) else ()
    header = with_evidence(
        header, sources.corpus.manifest, learned, origins, hashed=True, apart_from=apart_from
    )
    complete = tuple(_hashed(material, sources) for material in header.trained_on)
    return header.model_copy(update={"trained_on": complete})


def _hashed(material: Material, sources: Sources) -> Material:
    """Return what another network learned from with its digest, where its corpus is at hand."""
    manifest = sources.manifests.get(material.corpus)
    if material.digest or manifest is None:
        return material
    found = material_of(manifest, material.part, material.actors, apart_from=material.apart_from)
    return found.model_copy(update={"through": material.through})


def _origins(
    run: Path, result: Mapping[str, Any], sources: Sources, folder: Path
) -> dict[str, Path]:
    """Return the files that the run started from, found by their digests."""
    known = {entry.sha256: path for entry, path in shipped_weights().values()}
    known |= {e.sha256: folder / e.file for e in read_registry(folder / INDEX).values()}
    known |= {file_digest(path): path for path in sources.started_from}
    for modality, digest in result["initial"].items():
        if digest not in known:
            raise WeightsError(
                f"{run}: its {modality} encoder started from weights of the sha256 {digest[:12]}, "
                "whose data must be known; name the file with --started-from"
            )
    return {modality: known[digest] for modality, digest in result["initial"].items()}
