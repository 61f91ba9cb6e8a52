"""Evidence that weights are measured on nobody and nothing that they were trained on.

A weights file names its clips by `Material`: a corpus's part or its actors, with a digest of all
contents. Whoever has the corpora can compute the digests again, so that the contents compared are
those of the training, and compare them one by one.

Clips that a run was validated on count as if they had selected it, whatever was kept in the end. So
weights of the paper's protocol, which validates on the test's actors, never pass as held out.
"""

from collections.abc import Mapping
from pathlib import Path

from rich.markup import escape

from mrpn.common.errors import WeightsError
from mrpn.common.files import value_digest
from mrpn.common.progress import say
from mrpn.corpora.duplicates import CONTENT, drop_duplicates
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.corpora.kinship import same_faces, same_people
from mrpn.corpora.manifest import Manifest, Part
from mrpn.corpora.naming import natural_key
from mrpn.training.contents import (
    chosen_records,
    contents_of,
    has_people,
    kept_apart,
    material_of,
)
from mrpn.weights import Material, WeightsHeader, read_header

_LEARNED: tuple[Part, ...] = ("train", "validation")
_told: set[Path] = set()


def prove_apart(header: WeightsHeader, manifests: Mapping[str, Manifest]) -> int:
    """Prove that weights are measured, and calibrated, on nobody and nothing they learned from.

    Args:
        header: of the weights, with `trained_on` and `measured`.
        manifests: the corpora by name, as they were read for the training; clips that
            `drop_duplicates` removes may be there still.

    Returns:
        How many contents were compared with those of the training.

    Raises:
        WeightsError: something is on both sides; or it cannot be told, since the header says too
            little, or the manifests hold other clips than it names.
    """
    if not header.trained_on or not header.measured:
        raise WeightsError("the weights do not say what they were trained and measured on")
    contents: dict[str, frozenset[str]] = {}

    def recompute(material: Material) -> frozenset[str]:
        key = material.model_dump_json()
        if key not in contents:
            contents[key] = _recomputed(material, manifests)
        return contents[key]

    tested = [measured.on for measured in header.measured]
    if header.calibration is not None:
        tested += [each for each in header.calibration.on if each not in tested]
    for held_out in tested:
        for trained in header.trained_on:
            _refuse_shared_people(held_out, trained)
    compared = 0
    for held_out in tested:
        for trained in header.trained_on:
            shared = recompute(held_out) & recompute(trained)
            if shared:
                raise WeightsError(
                    f"{len(shared)} contents of the test ({held_out.describe()}) are also in "
                    f"'{trained.part}' ({trained.describe()})"
                )
        compared += len(recompute(held_out))
    return compared


def refuse_seen_actors(files: Mapping[str, Path], corpus: str, fold: Fold | OfficialSplit) -> None:
    """Refuse to start from weights that know actors held out now.

    Those of the test must be in nothing they learned from or were selected by, those of the
    validation in nothing they learned from. Weights that do not say whom they were trained on are
    told, once in a process.

    Args:
        files: weights by modality.
        corpus: name of the corpus that the fold is of.
        fold: whose actors are held out; none are where the corpus fixes its parts.

    Raises:
        WeightsError: naming those who are known.
    """
    if isinstance(fold, OfficialSplit):
        return
    for path in files.values():
        trained_on = read_header(path).trained_on
        if not trained_on and path not in _told:
            _told.add(path)
            say(
                escape(
                    f"{path}: does not say whom it was trained on, so nothing can be checked; "
                    f"see for yourself that it met none of {', '.join(fold.test)} of {corpus}"
                )
            )
        for material in trained_on:
            held_out = {*fold.test, *(fold.validation if material.part == "train" else ())}
            shared = sorted(held_out.intersection(material.actors), key=natural_key)
            if shared and same_people(material.corpus, corpus):
                raise WeightsError(
                    f"{path}: was trained on actors held out here, {', '.join(shared)} of "
                    f"{material.corpus}; start from weights that never met them"
                )


def seen_in_training(header: WeightsHeader, manifest: Manifest, on: Material) -> list[str]:
    """Return what of some clips weights learned from or were selected by, each in a few words.

    By people and parts alone, which takes no reading of files: copies under other names pass.

    Args:
        header: of the weights.
        manifest: the corpus of the clips.
        on: which clips.

    Raises CorpusError where there are none.
    """
    records = chosen_records(manifest, on.part, on.actors)
    parts = {record.partition for record in records}
    people = {record.actor for record in records} if has_people(records) else set()
    sees, found = "video" in header.network.branches, []
    for trained in header.trained_on:
        what = "trained on" if trained.part == "train" else "selected by"
        alike = people if same_people(trained.corpus, manifest.name) else set[str]()
        if shared := sorted(alike.intersection(trained.actors), key=natural_key):
            found.append(f"{what} {trained.corpus}'s actors {', '.join(shared)}")
        elif not trained.actors and trained.part in parts and trained.corpus == manifest.name:
            found.append(f"{what} {trained.corpus}'s {trained.part} part")
        elif sees and trained.part in parts and same_faces(trained.corpus, manifest.name):
            found.append(f"{what} the faces of {trained.corpus}'s {trained.part} part")
    return list(dict.fromkeys(found))


def learned_parts(fold: Fold | OfficialSplit) -> dict[Part, tuple[str, ...]]:
    """Return the parts that a run learns from and is validated on, with their actors."""
    return {part: getattr(fold, part, ()) for part in _LEARNED}


def with_evidence(
    header: WeightsHeader,
    manifest: Manifest,
    learned: Mapping[Part, tuple[str, ...]],
    files: Mapping[str, Path],
    *,
    hashed: bool = False,
    apart_from: tuple[str, ...] = (),
) -> WeightsHeader:
    """Return the header of a run's weights with all that they learned from, directly or not.

    Args:
        header: of the run alone.
        manifest: the run's corpus.
        learned: the parts that it was trained on and selected by, with their actors.
        files: the weights that its encoders started from, by modality, whose data and licences
            are this network's too.
        hashed: whether to give the digests of contents, for which all files are read.
        apart_from: people whose recordings were not trained on, under whatever name.
    """
    own = []
    for part, people in learned.items():
        others = apart_from if part == "train" else ()
        own.append(material_of(manifest, part, people, hashed=hashed, apart_from=others))
    data, licence = list(header.training_data), header.licence
    for modality, path in files.items():
        origin = read_header(path)
        through = f"{modality} started from {path.parent.name}/{path.name}"
        for material in origin.trained_on:
            update = {"through": material.through or through}
            own.append(material.model_copy(update=update))
        data += [each for each in origin.training_data if each not in data]
        licence += "" if origin.licence in licence else f"; {origin.licence}"
    return header.model_copy(
        update={
            "trained_on": tuple(own),
            "training_data": tuple(data),
            "licence": licence,
        }
    )


def _recomputed(material: Material, manifests: Mapping[str, Manifest]) -> frozenset[str]:
    """Return a part's contents, once they are seen to be those of the digest."""
    if not material.digest:
        raise WeightsError(f"the contents of {material.describe()} were never compared")
    if material.corpus not in manifests:
        raise WeightsError(f"the corpus {material.corpus} is needed to prove anything")
    given = manifests[material.corpus]
    kept = all(CONTENT in record.extra for record in given.records)
    for manifest in (given, drop_duplicates(given)) if kept else (given,):
        records = chosen_records(manifest, material.part, material.actors)
        if material.apart_from:
            records = kept_apart(manifest, records, material.apart_from)
        contents = contents_of(manifest, records)
        if value_digest(sorted(contents)) == material.digest:
            return contents
    raise WeightsError(
        f"{given.root}: does not hold the contents that the weights name as "
        f"'{material.part}' ({material.describe()}); is it another edition of the corpus?"
    )


def _refuse_shared_people(one: Material, other: Material) -> None:
    shared = sorted(set(one.actors) & set(other.actors))
    if shared and same_people(one.corpus, other.corpus):
        raise WeightsError(
            f"actors {', '.join(shared)} of {one.corpus} are both in '{one.part}' and in "
            f"'{other.part}'"
        )
