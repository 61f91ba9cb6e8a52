"""The composite corpus: real voices and real faces, paired by class."""

import hashlib
import os
from collections import defaultdict
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path, PurePosixPath

from mrpn.common.errors import CorpusError
from mrpn.corpora.duplicates import drop_duplicates
from mrpn.corpora.fer2013 import read_fer2013
from mrpn.corpora.labels import order_classes
from mrpn.corpora.manifest import PARTS, ClipRecord, Manifest, Part
from mrpn.corpora.naming import natural_key
from mrpn.corpora.ravdess import read_ravdess

FACES_PER_VOICE = 8
INDEPENDENCE = (
    "composite: voice and face are paired by class alone, so they are independent given the "
    "class; the product of their posteriors is then the best fusion there is, and no gain from "
    "cross-modal learning can show; report results under this corpus's own name only"
)


def read_composite(
    folder: Path,
    *,
    faces: Path,
    seed: int = 0,
    faces_per_voice: int = FACES_PER_VOICE,
    calm_joins_neutral: bool = True,
) -> Manifest:
    """Read RAVDESS's speech in `folder` and FER2013 in `faces`, and compose them.

    The options are those of `compose`.

    Raises CorpusError as `read_ravdess`, `read_fer2013` and `compose` do.
    """
    return compose(
        read_ravdess(folder),
        read_fer2013(faces),
        seed=seed,
        faces_per_voice=faces_per_voice,
        calm_joins_neutral=calm_joins_neutral,
    )


def compose(
    voices: Manifest,
    faces: Manifest,
    *,
    seed: int,
    faces_per_voice: int = FACES_PER_VOICE,
    calm_joins_neutral: bool = True,
) -> Manifest:
    """Pair every voice with faces of its class (ours: real signals where no real pairs are).

    Each voice makes `faces_per_voice` clips of partition "train", one of "validation" and one of
    "test", with faces of that part of the face corpus; a face picture never stands in two parts.
    Faces are dealt without replacement within class and part while they last, then in rounds, to
    the voices in the actors' order, so that reuse falls as far apart as can be. The pairing
    depends on the seed and the ids alone, not on the order of files.

    Args:
        voices: corpus with sound; clips without are left out.
        faces: corpus with pictures, partitions and content hashes, such as FER2013.
        seed: another seed deals other faces.
        faces_per_voice: faces each voice meets in training, at least 1.
        calm_joins_neutral: count RAVDESS's calm voices as neutral, since no face is calm.

    Raises:
        CorpusError: a class of the voices has no faces in some part; faces without partition or
            content hash; `faces_per_voice` under 1; roots without a common folder.
    """
    if faces_per_voice < 1:
        raise CorpusError(f"faces_per_voice is {faces_per_voice}; it is at least 1")
    root = _common_root(voices, faces)
    voices, faces = _rebased(voices, root), drop_duplicates(_rebased(faces, root))
    decks = _decks(faces, seed)
    heard = _voices_by_class(voices, calm_joins_neutral)
    records: list[ClipRecord] = []
    notes: list[str] = []
    for label in order_classes(heard):
        for part in PARTS:
            deck = decks[part, label]
            if not deck:
                raise CorpusError(
                    f"corpus '{faces.name}' has no faces of class '{label}' in '{part}' to pair "
                    f"with the voices of '{voices.name}'"
                )
            each = faces_per_voice if part == "train" else 1
            needed = each * len(heard[label])
            if needed > len(deck):
                notes.append(f"{part}: {needed} {label} clips share {len(deck)} faces, in rounds")
            dealt = cycle(deck)
            for voice in heard[label]:
                for number, face in enumerate(islice(dealt, each), start=1):
                    suffix = f"{part}-{number}" if part == "train" else part
                    name = f"{voice.id}+{suffix}"
                    records.append(_pair(name, label, part, voice, face))
    return Manifest(
        name=f"composite-{voices.name}-{faces.name}",
        root=root,
        classes=order_classes(heard),
        records=tuple(sorted(records, key=lambda record: record.id)),
        licence=f"{voices.name}: {voices.licence}; {faces.name}: {faces.licence}",
        notes=(INDEPENDENCE, *voices.notes, *faces.notes, *notes),
        kind="composite",
    )


def _voices_by_class(voices: Manifest, calm_joins_neutral: bool) -> dict[str, list[ClipRecord]]:
    heard: dict[str, list[ClipRecord]] = defaultdict(list)
    for voice in sorted(voices.records, key=lambda v: (natural_key(v.actor), v.id)):
        if voice.audio is not None:
            joins = calm_joins_neutral and voice.label == "calm"
            heard["neutral" if joins else voice.label].append(voice)
    if not heard:
        raise CorpusError(f"corpus '{voices.name}': no clip has sound to pair with faces")
    return heard


def _decks(faces: Manifest, seed: int) -> dict[tuple[Part, str], list[ClipRecord]]:
    """Return the faces of each part and class, shuffled by a hash of seed and id."""
    decks: dict[tuple[Part, str], list[ClipRecord]] = defaultdict(list)
    for face in faces.records:
        if face.partition is None:
            raise CorpusError(
                f"corpus '{faces.name}': face '{face.id}' has no partition; the composite needs "
                "faces for training, validation and test apart"
            )
        if face.video is not None:
            decks[face.partition, face.label].append(face)
    for deck in decks.values():
        deck.sort(key=lambda face: hashlib.sha256(f"{seed}/{face.id}".encode()).digest())
    return decks


def _common_root(voices: Manifest, faces: Manifest) -> Path:
    try:
        return Path(os.path.commonpath([voices.root.absolute(), faces.root.absolute()]))
    except ValueError as error:
        raise CorpusError(
            f"{voices.root} and {faces.root} lie in no common folder; bring them to one drive"
        ) from error


def _rebased(corpus: Manifest, root: Path) -> Manifest:
    """Return the corpus with its media addressed from `root`, a folder above its own."""
    inside = PurePosixPath(corpus.root.absolute().relative_to(root).as_posix())
    records = tuple(
        replace(
            record,
            video=None if record.video is None else str(inside / record.video),
            audio=None if record.audio is None else str(inside / record.audio),
        )
        for record in corpus.records
    )
    return replace(corpus, root=root, records=records)


def _pair(name: str, label: str, part: Part, voice: ClipRecord, face: ClipRecord) -> ClipRecord:
    return ClipRecord(
        id=name,
        label=label,
        actor=voice.actor,
        sex=voice.sex,
        video=face.video,
        audio=voice.audio,
        partition=part,
        extra={**voice.extra, "voice": voice.id, "voice_label": voice.label, "face": face.id},
    )
