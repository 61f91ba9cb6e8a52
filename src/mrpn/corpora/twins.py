"""The same content under several names: faces of the same pixels, files of the same bytes."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mrpn.common.archives import open_file
from mrpn.common.errors import MediaError
from mrpn.common.progress import track
from mrpn.corpora.duplicates import duplicate_groups, kept_content
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.naming import split_address

_BLOCK = 2**20


@dataclass(frozen=True)
class Twins:
    """One content under several names.

    Args:
        names: the addresses, or files, that hold it.
        clips: ids of the clips that are read from them.
        actors, classes, partitions: those of these clips, each once; clips without a partition
            add none.
    """

    names: tuple[str, ...]
    clips: tuple[str, ...]
    actors: tuple[str, ...]
    classes: tuple[str, ...]
    partitions: tuple[str, ...]


def twin_faces(manifest: Manifest) -> tuple[Twins, ...]:
    """Return the contents that several clips have, by the hashes that the reader kept, if any."""
    if any(kept_content(record) is None for record in manifest.records):
        return ()
    return tuple(
        _twins([address for record in group for address in record.addresses], group)
        for group in duplicate_groups(manifest)
    )


def twin_files(manifest: Manifest, sizes: Mapping[str, int]) -> tuple[Twins, ...]:
    """Return the contents that several files have: those of equal size, by their sha256.

    Clips whose reader kept a hash of their content, and rows of tables, are passed over.

    Args:
        manifest: the corpus.
        sizes: size in bytes of the files to compare, relative to the manifest's root.
    """
    users: dict[str, list[ClipRecord]] = defaultdict(list)
    for record in manifest.records:
        for address in record.addresses:
            if kept_content(record) is None and split_address(address)[1] is None:
                users[address].append(record)
    by_size: dict[int, list[str]] = defaultdict(list)
    for name in users:
        if name in sizes:
            by_size[sizes[name]].append(name)
    alike = [name for names in by_size.values() if len(names) > 1 for name in names]
    by_digest: dict[str, list[str]] = defaultdict(list)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        digests = pool.map(_digest, [manifest.root / name for name in alike])
        for name, digest in zip(alike, track(digests, "comparing", len(alike)), strict=True):
            if digest is not None:
                by_digest[digest].append(name)
    return tuple(
        _twins(names, {r.id: r for name in names for r in users[name]}.values())
        for names in by_digest.values()
        if len(names) > 1
    )


def _twins(names: Iterable[str], records: Iterable[ClipRecord]) -> Twins:
    listed = list(records)
    partitions = (record.partition for record in listed)
    return Twins(
        names=tuple(names),
        clips=tuple(record.id for record in listed),
        actors=tuple(dict.fromkeys(record.actor for record in listed)),
        classes=tuple(dict.fromkeys(record.label for record in listed)),
        partitions=tuple(dict.fromkeys(part for part in partitions if part is not None)),
    )


def _digest(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with open_file(path) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except (MediaError, OSError):
        return None
    return digest.hexdigest()
