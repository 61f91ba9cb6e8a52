"""Whether the files of a corpus are there, can be read, and how long they last."""

import os
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from mrpn.common.archives import file_size
from mrpn.common.errors import MediaError
from mrpn.common.progress import track
from mrpn.corpora.duplicates import kept_content
from mrpn.corpora.manifest import ADDRESSES, ClipRecord, Manifest
from mrpn.corpora.naming import split_address
from mrpn.corpora.pointers import is_lfs_pointer


@dataclass(frozen=True)
class FileStates:
    """The media files of a corpus, relative to its root, by what they are.

    Args:
        whole: size in bytes of the files with content.
        missing, empty, pointers: files that are not there, hold nothing, or are Git LFS pointers.
    """

    whole: Mapping[str, int]
    missing: tuple[str, ...]
    empty: tuple[str, ...]
    pointers: tuple[str, ...]


@dataclass(frozen=True)
class Opened:
    """What opening an address gave.

    Args:
        duration: in seconds; 0 if unknown.
        problem: why it cannot be used, if so.
        lacks: "picture" or "sound", where it is to be both for its clips and is only the other.
    """

    duration: float = 0.0
    problem: str | None = None
    lacks: Literal["picture", "sound"] | None = None


@dataclass(frozen=True)
class Durations:
    """How long the clips of a corpus are, in seconds.

    Args:
        clips: number of clips whose duration is known.
        total, shortest, median, longest: over those clips.
        shortest_clip, longest_clip: their ids.
    """

    clips: int
    total: float
    shortest: float
    median: float
    longest: float
    shortest_clip: str
    longest_clip: str


def file_states(manifest: Manifest) -> FileStates:
    """Look for every media file of a corpus."""
    names = {split_address(a)[0] for record in manifest.records for a in record.addresses}
    sizes = {name: file_size(manifest.root / name) for name in sorted(names)}
    pointers = tuple(n for n, size in sizes.items() if size and is_lfs_pointer(manifest.root / n))
    return FileStates(
        whole={n: size for n, size in sizes.items() if size and n not in set(pointers)},
        missing=tuple(name for name, size in sizes.items() if size is None),
        empty=tuple(name for name, size in sizes.items() if size == 0),
        pointers=pointers,
    )


def open_all(manifest: Manifest, whole: Mapping[str, int]) -> dict[str, Opened]:
    """Open every address of a corpus whose file is in `whole`, in parallel; headers alone.

    Faces whose reader has read them already, to keep their content, are passed over.
    """
    wanted = {a: uses for a, uses in _uses(manifest).items() if split_address(a)[0] in whole}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda a: _open(manifest.root / a, wanted[a]), wanted)
        return dict(zip(wanted, track(found, "opening files", len(wanted)), strict=True))


def durations_of(manifest: Manifest, opened: Mapping[str, Opened]) -> Durations | None:
    """Return how long the clips are; None where no duration is known."""
    lasting = {record.id: _duration(record, opened) for record in manifest.records}
    lasting = {clip: seconds for clip, seconds in lasting.items() if seconds > 0}
    if not lasting:
        return None
    shortest, longest = min(lasting, key=lasting.__getitem__), max(lasting, key=lasting.__getitem__)
    return Durations(
        clips=len(lasting),
        total=sum(lasting.values()),
        shortest=lasting[shortest],
        median=median(lasting.values()),
        longest=lasting[longest],
        shortest_clip=shortest,
        longest_clip=longest,
    )


def _uses(manifest: Manifest) -> dict[str, set[frozenset[str]]]:
    """Return what clips use each address for, several of "video", "audio", "arrays" at once."""
    uses: dict[str, set[frozenset[str]]] = defaultdict(set)
    for record in manifest.records:
        if kept_content(record) is None:
            for address in record.addresses:
                uses[address].add(frozenset(u for u in ADDRESSES if getattr(record, u) == address))
    return uses


def _open(path: Path, uses: set[frozenset[str]]) -> Opened:
    # Imported on use: readers and folds need no decoders.
    from mrpn.media import probe
    from mrpn.media.arrays import read_arrays

    try:
        if any("arrays" in use for use in uses):
            read_arrays(path)
            return Opened()
        info = probe(path)
    except MediaError as error:
        return Opened(problem=str(error).removeprefix(f"{path}: "))
    there = {"video": info.has_video, "audio": info.has_audio}
    lacks = next((n for n in there if not there[n] and any(n in use for use in uses)), None)
    if lacks is None:
        return Opened(info.duration)
    what: Literal["picture", "sound"] = "picture" if lacks == "video" else "sound"
    if all(any(there[name] for name in use) for use in uses):
        return Opened(info.duration, lacks=what)
    return Opened(info.duration, f"there is no {what} in it")


def _duration(record: ClipRecord, opened: Mapping[str, Opened]) -> float:
    return max((opened[a].duration for a in record.addresses if a in opened), default=0.0)
