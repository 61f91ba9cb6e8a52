"""What preparing a corpus will take, measured on a few of its clips."""

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mrpn.common.errors import MediaError
from mrpn.common.isolation import Lost, run_isolated
from mrpn.common.machine import usable_cores
from mrpn.common.progress import track
from mrpn.corpora.manifest import Manifest
from mrpn.media import ClipSettings, is_still, probe
from mrpn.preparation.crops import CropFormat
from mrpn.preparation.prepare import Plan, missing_sources, time_limit
from mrpn.preparation.reading import Task, read_source
from mrpn.preparation.sources import Source

# Clips of each kind (film, sound, still, arrays) that are read to measure.
_SAMPLES = 4
# A header takes milliseconds.
_LOOK_SECONDS = 60.0


@dataclass(frozen=True)
class Estimate:
    """What is to be done, and about what it takes.

    Args:
        sources: files to read, `ready` of them already read, `broken` of the rest not media.
        media_seconds: length of the films and sounds that are still to be read.
        seconds: of work, with all workers.
        disk: bytes that will be added.
        free: bytes free on that disk.
    """

    sources: int
    ready: int
    broken: int
    media_seconds: float
    seconds: float
    disk: int
    free: int


def estimate(
    manifest: Manifest,
    folder: Path,
    settings: ClipSettings,
    workers: int | None = None,
    *,
    form: CropFormat = "jpeg",
) -> Estimate:
    """Say what `prepare` with the same arguments will take; nothing is written to `folder`.

    A few clips of each kind are read as `prepare` would, and their time and size carried over to
    the rest by length. Source: ours.
    """
    plan = Plan.of(manifest, settings, form)
    missing = missing_sources(plan, Path(folder))
    lengths = dict(zip(missing, _lengths(missing, manifest.root), strict=True))
    kinds: dict[str, list[Source]] = defaultdict(list)
    for source, length in lengths.items():
        if length is not None:
            kinds[_kind(source)].append(source)
    count = max(1, usable_cores() if workers is None else workers)
    seconds = size = 0.0
    for sources in kinds.values():
        whole = sum(_weight(lengths[source]) for source in sources)
        sample = [sources[i * len(sources) // _SAMPLES] for i in range(_SAMPLES)]
        spent, written, read = _measure(plan, list(dict.fromkeys(sample)), lengths)
        if read:
            seconds += spent * whole / read / count
            size += written * whole / read
    return Estimate(
        sources=len(plan.sources),
        ready=len(plan.sources) - len(missing),
        broken=sum(length is None for length in lengths.values()),
        media_seconds=sum(length or 0.0 for length in lengths.values()),
        seconds=seconds,
        disk=round(size),
        free=shutil.disk_usage(_existing(Path(folder))).free,
    )


def _lengths(sources: Sequence[Source], root: Path) -> list[float | None]:
    """Return the length of each source in seconds, None where it is not media."""

    look = partial(_length, root)
    found = run_isolated(look, sources, workers=usable_cores(), seconds=lambda _: _LOOK_SECONDS)
    return [
        None if isinstance(length, Lost) else length
        for length in track(found, "look", len(sources))
    ]


def _length(root: Path, source: Source) -> float | None:
    if source.arrays is not None:
        return 0.0
    try:
        return max(probe(root / address).duration for address in source.addresses)
    except MediaError:
        return None


def _kind(source: Source) -> str:
    if source.arrays is not None:
        return "arrays"
    if source.video is None:
        return "sound"
    return "still" if is_still(Path(source.video)) else "film"


def _weight(length: float | None) -> float:
    """Return what a source counts for: its length, or one for what has none."""
    return length or 1.0


def _measure(
    plan: Plan, sample: Iterable[Source], lengths: dict[Source, float | None]
) -> tuple[float, float, float]:
    """Return the seconds of work, the bytes, and the weight of the sources that could be read."""
    spent = written = read = 0.0
    with tempfile.TemporaryDirectory(prefix="mrpn-") as place:
        sources = list(sample)
        tasks = [plan.task(s, Path(place) / f"{n}") for n, s in enumerate(sources)]
        results = run_isolated(_timed, tasks, workers=1, seconds=time_limit)
        for source, result in zip(sources, results, strict=True):
            if not isinstance(result, Lost):
                spent += result[0]
                written += result[1]
                read += _weight(lengths[source])
    return spent, written, read


def _timed(task: Task) -> tuple[float, int]:
    start = time.perf_counter()
    reading = read_source(task)
    size = sum(path.stat().st_size for path in reading.files.values())
    return time.perf_counter() - start, size + len(reading.entry.line())


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.absolute().parents) if place.exists())
