"""The clips of a fold: who is in training, in validation and in the test."""

from typing import NamedTuple

from mrpn.common.errors import CorpusError
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import PARTS, ClipRecord, Manifest, Part


class Selection(NamedTuple):
    """The clips of each part of a fold."""

    train: tuple[ClipRecord, ...]
    validation: tuple[ClipRecord, ...]
    test: tuple[ClipRecord, ...]


def select(manifest: Manifest, fold: Fold) -> Selection:
    """Return the clips of each part of `fold`, in the manifest's order.

    A clip with a partition of its own goes to that part only, and only if its actor is there.

    Raises:
        CorpusError: the fold names actors the corpus does not have; a part is left without
            clips; a class does not occur in training.
    """
    known = set(manifest.actors)
    unknown = [actor for actor in fold.actors if actor not in known]
    if unknown:
        raise CorpusError(
            f"fold '{fold.name}': corpus '{manifest.name}' has no actors {', '.join(unknown)}; "
            f"it has {_listed(manifest.actors)}"
        )
    members: dict[Part, set[str]] = {part: set(getattr(fold, part)) for part in PARTS}
    return _checked(
        f"fold '{fold.name}' of '{manifest.name}'",
        manifest,
        {
            part: tuple(
                record
                for record in manifest.records
                if record.actor in members[part] and record.partition in (None, part)
            )
            for part in PARTS
        },
    )


def select_partitions(manifest: Manifest) -> Selection:
    """Return the parts as the corpus itself fixes them (FER2013), whoever the actors are.

    Raises:
        CorpusError: a clip without a partition; a part without clips; a class missing from
            training.
    """
    free = next((record.id for record in manifest.records if record.partition is None), None)
    if free is not None:
        raise CorpusError(
            f"corpus '{manifest.name}': clip '{free}' has no partition; split it by a fold"
        )
    parts = {p: tuple(r for r in manifest.records if r.partition == p) for p in PARTS}
    return _checked(f"corpus '{manifest.name}'", manifest, parts)


def _checked(
    source: str, manifest: Manifest, parts: dict[Part, tuple[ClipRecord, ...]]
) -> Selection:
    for part, records in parts.items():
        if not records:
            raise CorpusError(f"{source}: no clips in '{part}'")
    trained = {record.label for record in parts["train"]}
    missing = [name for name in manifest.classes if name not in trained]
    if missing:
        raise CorpusError(
            f"{source}: no training clips of class {', '.join(missing)}; "
            "add some, or leave the class out of the corpus"
        )
    return Selection(parts["train"], parts["validation"], parts["test"])


def _listed(actors: tuple[str, ...]) -> str:
    shown = ", ".join(actors[:30])
    return shown if len(actors) <= 30 else f"{shown} and {len(actors) - 30} more"
