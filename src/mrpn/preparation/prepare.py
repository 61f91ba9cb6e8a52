"""Preparing a corpus: read every source once, in parallel, resumable, failures recorded."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path

from mrpn.common.errors import CorpusError, MediaError
from mrpn.common.files import is_partial, remove_partials, value_digest, write_json
from mrpn.common.machine import usable_cores
from mrpn.common.processes import end_with_parent
from mrpn.common.progress import say, track
from mrpn.corpora.manifest import Manifest
from mrpn.media import Clip, ClipSettings, detector, read_clip
from mrpn.preparation.corpus import DESCRIPTION, MANIFEST, PreparedCorpus
from mrpn.preparation.sources import Source, distinct_sources, sources_of, specification
from mrpn.preparation.store import AUDIO, JOURNAL, VIDEO, StoreWriter, read_journal

STARTED = "started.json"


def prepare(
    manifest: Manifest, folder: Path, settings: ClipSettings, workers: int | None = None
) -> PreparedCorpus:
    """Read every clip of `manifest` into a prepared corpus at `folder`, or finish a started one.

    What cannot be read is recorded with its reason and the rest goes on. Sources whose files and
    settings have not changed are not read again.

    Args:
        manifest: the clips.
        folder: where the prepared corpus is, or is to be.
        settings: how faces are found and cropped, and at what rates.
        workers: processes that read; by default one for each usable core.

    Raises:
        CorpusError: no clip at all could be read, or the folder holds something else.
    """
    folder = Path(folder)
    settings_digest = value_digest(settings.model_dump(mode="json"))
    sources = distinct_sources(manifest.records)
    keys = {source: source.key(manifest.root, settings_digest) for source in sources}
    wanted = specification(manifest, settings_digest)
    by_clip = {r.id: [keys[s] for s in sources_of(r)] for r in manifest.records}
    finished = _finished(folder, wanted, by_clip)
    if finished is not None:
        return _not_empty(finished)
    if not settings.whole and any(source.video is not None for source in sources):
        # A missing detector is no fault of the clips: it ends the job, and no clip is blamed.
        detector(settings.detector)
    _start(folder, wanted)
    (folder / DESCRIPTION).unlink(missing_ok=True)
    _drop_stale(folder, set(keys.values()))
    with StoreWriter(folder) as store:
        missing = [source for source in sources if keys[source] not in store.entries]
        if len(missing) < len(sources):
            say(f"{len(sources) - len(missing)} of {len(sources)} sources were ready already")
        results = _read_all(missing, manifest.root, settings, workers or usable_cores())
        for source, result in zip(missing, track(results, "prepare", len(missing)), strict=True):
            if isinstance(result, Clip):
                store.append(keys[source], result)
            else:
                store.append_failure(keys[source], result)
    manifest.save(folder / MANIFEST)
    write_json(
        folder / DESCRIPTION,
        {
            "corpus": manifest.name,
            "licence": manifest.licence,
            "notes": list(manifest.notes),
            "settings": settings.model_dump(mode="json"),
            "specification": wanted,
            "keys": by_clip,
            "format": 1,
        },
    )
    return _not_empty(PreparedCorpus(folder))


def _finished(folder: Path, wanted: str, keys: dict[str, list[str]]) -> PreparedCorpus | None:
    """Return the corpus if it is prepared as wanted, whole, and from the same files."""
    try:
        corpus = PreparedCorpus(folder)
    except CorpusError:
        return None
    return corpus if corpus.specification == wanted and corpus.description["keys"] == keys else None


def _not_empty(corpus: PreparedCorpus) -> PreparedCorpus:
    if not any(clip.usable for clip in corpus.clips):
        first = next(iter(corpus.problems()["reason"]), "no reason recorded")
        raise CorpusError(
            f"{corpus.folder}: none of {len(corpus)} clips could be read; first: {first}"
        )
    return corpus


def _start(folder: Path, wanted: str) -> None:
    """Mark the folder as this tool's; refuse one that holds anything else."""
    marker = folder / STARTED
    known = {DESCRIPTION, MANIFEST, STARTED, VIDEO, AUDIO, JOURNAL}
    if folder.exists() and not marker.exists():
        if not folder.is_dir():
            raise CorpusError(f"{folder}: is a file; name an empty or new folder")
        foreign = [p.name for p in folder.iterdir() if p.name not in known and not is_partial(p)]
        if foreign:
            raise CorpusError(
                f"{folder}: holds other files ({foreign[0]}, ...); name an empty or new folder"
            )
    if folder.exists():
        remove_partials(folder)
    write_json(marker, {"specification": wanted})


def _drop_stale(folder: Path, wanted: set[str]) -> None:
    """Start the store anew where nothing in it is wanted any more (other settings, say)."""
    entries, _ = read_journal(folder)
    if wanted.isdisjoint(entries):
        for name in (JOURNAL, VIDEO, AUDIO):
            (folder / name).unlink(missing_ok=True)


def _read_all(
    sources: list[Source], root: Path, settings: ClipSettings, workers: int
) -> Iterator[Clip | str]:
    """Yield what was read from each source, in order: the clip, or why it could not be read."""
    if workers <= 1 or len(sources) < 4:
        for source in sources:
            yield _read(source, root, settings)
        return
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(sources))
    with ProcessPoolExecutor(count, mp_context=context, initializer=end_with_parent) as pool:
        rest = iter(sources)
        running = [pool.submit(_read, s, root, settings) for s in islice(rest, 4 * count)]
        try:
            while running:
                yield running.pop(0).result()
                running += [pool.submit(_read, s, root, settings) for s in islice(rest, 1)]
        except BrokenProcessPool:
            raise CorpusError(
                f"{root}: a process that reads clips has died, perhaps for want of memory; "
                "run it again with fewer workers, what was read is kept"
            ) from None


def _read(source: Source, root: Path, settings: ClipSettings) -> Clip | str:
    video = None if source.video is None else root / source.video
    audio = None if source.audio is None else root / source.audio
    try:
        return read_clip(video, audio, settings)
    except MediaError as error:
        return str(error)
