"""Folds that are fixed for a corpus, fitted to the part of it that is there."""

from mrpn.corpora.folds import Fold, FoldSet, Protocol, rotating_folds
from mrpn.corpora.manifest import PARTS, Manifest

MOST_FOLDS = 12


def fitted_folds(folds: FoldSet, manifest: Manifest) -> FoldSet:
    """Return `folds` without the actors that `manifest` does not have.

    As they are where all actors are there. Where a part would be left empty, or the manifest has
    actors that no fold knows, its actors are rotated instead.

    Raises CorpusError if there are too few actors for that.
    """
    present = set(manifest.actors)
    if set(folds[0].actors) == present:
        return folds
    left = [{p: tuple(a for a in getattr(f, p) if a in present) for p in PARTS} for f in folds]
    whole = all(all(parts.values()) for parts in left)
    if not whole or not present <= set(folds[0].actors):
        return rotated_folds(manifest, folds[0].protocol)
    fitted = [
        Fold(fold.name, **parts, protocol=fold.protocol)
        for fold, parts in zip(folds, left, strict=True)
    ]
    return FoldSet(f"{folds.name}-part", tuple(fitted))


def rotated_folds(manifest: Manifest, protocol: Protocol = "strict") -> FoldSet:
    """Return folds that rotate the manifest's actors: a dozen, or fewer of few actors.

    Raises CorpusError if there are too few actors for three parts.
    """
    by_sex = manifest.actors_by_sex()
    fewest = min(len(actors) for actors in by_sex.values())
    return rotating_folds(by_sex, per_fold=max(1, fewest // MOST_FOLDS), protocol=protocol)
