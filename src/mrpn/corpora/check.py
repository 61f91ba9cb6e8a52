"""What is in a corpus, and what is off against what its makers published."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mrpn.corpora.manifest import PARTS, Manifest
from mrpn.corpora.naming import split_address
from mrpn.corpora.published import Published


@dataclass(frozen=True)
class CorpusCheck:
    """The counts of a corpus, and what a user should know before using it.

    Args:
        name: name of the corpus.
        clips: number of clips.
        by_class, by_actor, by_sex, by_partition: number of clips of each.
        missing: media files that are not there.
        empty: media files without content.
        off: one line for each count that differs from the published one.
    """

    name: str
    clips: int
    by_class: Mapping[str, int]
    by_actor: Mapping[str, int]
    by_sex: Mapping[str, int]
    by_partition: Mapping[str, int]
    missing: tuple[str, ...]
    empty: tuple[str, ...]
    off: tuple[str, ...]

    @property
    def fine(self) -> bool:
        """Whether every file is there with content, and all published counts agree."""
        return not (self.missing or self.empty or self.off)


def check(manifest: Manifest, published: Published | None = None) -> CorpusCheck:
    """Count the clips of a corpus, look for its files, and compare with the published counts.

    Args:
        manifest: the corpus.
        published: counts to compare with; none are compared without.
    """
    actors = Counter(record.actor for record in manifest.records)
    sexes = Counter(record.sex or "unknown" for record in manifest.records)
    parts = Counter(record.partition for record in manifest.records)
    sizes = _sizes(manifest)
    by_class = manifest.counts()
    by_partition: dict[str, int] = {part: parts[part] for part in PARTS if parts[part]}
    off: list[str] = []
    if published is not None:
        off += _differences("clips", {"": len(manifest.records)}, {"": published.clips})
        if published.actors is not None:
            off += _differences("actors", {"": len(actors)}, {"": published.actors})
        off += _differences("clips of class", by_class, published.classes)
        off += _differences("clips in", by_partition, published.partitions)
    return CorpusCheck(
        name=manifest.name,
        clips=len(manifest.records),
        by_class=by_class,
        by_actor={actor: actors[actor] for actor in manifest.actors},
        by_sex=dict(sorted(sexes.items())),
        by_partition=by_partition,
        missing=tuple(file for file, size in sizes.items() if size is None),
        empty=tuple(file for file, size in sizes.items() if size == 0),
        off=tuple(off),
    )


def _sizes(manifest: Manifest) -> dict[str, int | None]:
    """Return the size of every media file of the corpus in bytes, None where it is missing."""
    addresses = {a for record in manifest.records for a in (record.video, record.audio) if a}
    sizes: dict[str, int | None] = {}
    for name in sorted({split_address(address)[0] for address in addresses}):
        file = manifest.root / name
        sizes[name] = file.stat().st_size if file.is_file() else None
    return sizes


def _differences(what: str, found: Mapping[str, int], expected: Mapping[str, int]) -> list[str]:
    return [
        f"{found.get(name, 0)} {what} {name}".rstrip() + f", published are {count}"
        for name, count in expected.items()
        if found.get(name, 0) != count
    ]
