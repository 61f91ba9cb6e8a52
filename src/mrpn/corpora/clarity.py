"""The composite's second pairing: by class, and by how clearly each half expresses it."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

from mrpn.common.errors import CorpusError
from mrpn.corpora.composite import INDEPENDENCE
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.selection import select

Order = Literal["shared", "opposed"]
_WHO = {
    "shared": "the clearest voice meets the clearest face",
    "opposed": "the clearest voice meets the least clear face",
}
NAMES = {"shared": "clarity", "opposed": "clarity-opposed"}


def pair_by_clarity(
    composite: Manifest,
    fold: Fold,
    *,
    voices: Mapping[str, float],
    faces: Mapping[str, float],
    order: Order = "shared",
    seed: int = 0,
) -> Manifest:
    """Return a fold of a composite, its faces dealt again by clarity (ours).

    The clips are those of the fold's actors in their parts; what changes is who meets whom. The
    faces that the voices of one class met in one part, in one meeting (the first in training, the
    second, ... the one in the test), are dealt to the same voices again by the order of clarity.
    So each part keeps its voices and faces, each as often as before, and every face stays on its
    side of the split. Given the class, voice and face then depend on each other.

    A clarity may be of any scale, since ranks alone count. To be honest it must come from somebody
    who has never met the clip's actor, nor anybody whom the fold holds out.

    Args:
        composite: made by `compose`.
        fold: whose actors train, validate and test.
        voices: how clearly each voice expresses its class, by its id in the voice corpus.
        faces: the same of each face, by its id in the face corpus.
        order: "shared" gives the clearest voice the clearest face, so that both are hard at once;
            "opposed" gives it the least clear one, so that one half is clear where the other is
            not.
        seed: breaks ties; has no effect where there are none.

    Raises:
        CorpusError: clips that are no pairs; a voice or face whose clarity is missing or no
            number; an unknown order; or as `select` does.
    """
    if order not in get_args(Order):
        raise CorpusError(f"order '{order}' is neither {' nor '.join(get_args(Order))}")
    parts = select(composite, fold)
    records = [_checked(composite, record) for part in parts for record in part]
    _check_known(composite, "voice", records, voices)
    _check_known(composite, "face", records, faces)
    meetings: dict[tuple[str, str], list[ClipRecord]] = defaultdict(list)
    for record in records:
        meeting = record.id.removeprefix(record.extra["voice"])
        meetings[record.label, f"{record.partition}{meeting}"].append(record)
    sign = 1 if order == "shared" else -1
    paired: list[ClipRecord] = []
    for met in meetings.values():
        heard = sorted(met, key=lambda r: (voices[r.extra["voice"]], _lot(seed, r.extra["voice"])))
        seen = sorted(
            met, key=lambda r: (sign * faces[r.extra["face"]], _lot(seed, r.extra["face"]))
        )
        paired.extend(map(_with_face, heard, seen))
    note = (
        f"composite: voice and face are paired by class and by clarity ({order}: {_WHO[order]}), "
        "so they depend on each other given the class; report results under this corpus's own "
        "name only"
    )
    return replace(
        composite,
        name=f"{composite.name}-{NAMES[order]}",
        records=tuple(sorted(paired, key=lambda record: record.id)),
        notes=(note, *(each for each in composite.notes if each != INDEPENDENCE)),
    )


def _checked(composite: Manifest, record: ClipRecord) -> ClipRecord:
    if record.partition is None or not {"voice", "face"} <= set(record.extra):
        raise CorpusError(
            f"corpus '{composite.name}': clip '{record.id}' names no voice, face and part; "
            "only what `compose` made can be paired by clarity"
        )
    return record


def _check_known(
    composite: Manifest, half: str, records: list[ClipRecord], clarity: Mapping[str, float]
) -> None:
    names = sorted({record.extra[half] for record in records})
    if missing := [name for name in names if name not in clarity]:
        raise CorpusError(
            f"corpus '{composite.name}': {len(missing)} of {len(names)} {half}s have no clarity, "
            f"'{missing[0]}' among them"
        )
    for name in names:
        if math.isnan(clarity[name]):
            raise CorpusError(
                f"corpus '{composite.name}': the clarity of {half} '{name}' is no number"
            )


def _lot(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}/{name}".encode()).digest()


def _with_face(voice: ClipRecord, face: ClipRecord) -> ClipRecord:
    return replace(voice, video=face.video, extra={**voice.extra, "face": face.extra["face"]})
