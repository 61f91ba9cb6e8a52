"""Which folds a command means."""

from collections.abc import Sequence
from pathlib import Path

from mrpn.corpora import Fold, Manifest, OfficialSplit, Protocol, corpus_folds, load_folds


def choose(
    manifest: Manifest,
    file: Path | None,
    names: Sequence[str],
    protocol: Protocol = "strict",
) -> list[Fold] | list[OfficialSplit]:
    """Return the named folds of a file or of the corpus, or all where none is named.

    All 24 actors of RAVDESS, in whatever corpus, have the published 12 folds; other actors are
    rotated, in a dozen folds or a few more. FER2013, where a face has no actor, has its own split.
    The protocol is that of the corpus's folds; those of a file have their own.
    """
    if file is None and _official(manifest) and not names:
        return [OfficialSplit()]
    folds = corpus_folds(manifest, protocol) if file is None else load_folds(file)
    return [folds[name] for name in names] if names else list(folds)


def _official(manifest: Manifest) -> bool:
    """Whether the corpus as recorded fixes the part of every clip."""
    fixed = all(record.partition is not None for record in manifest.records)
    return fixed and manifest.kind == "recorded"
