"""Preparing a corpus: read every source once, in parallel, resumable, failures recorded."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mrpn.common.archives import file_size
from mrpn.common.errors import CorpusError
from mrpn.common.files import file_digest, is_partial, remove_partials, value_digest, write_json
from mrpn.common.isolation import Lost, run_isolated
from mrpn.common.locking import alone
from mrpn.common.machine import usable_cores
from mrpn.common.progress import say, track
from mrpn.corpora.manifest import Manifest
from mrpn.corpora.naming import split_address
from mrpn.media import ClipSettings, detector_of
from mrpn.preparation.corpus import DESCRIPTION, MANIFEST, PreparedCorpus
from mrpn.preparation.crops import CropFormat
from mrpn.preparation.entry import ARRAYS, AUDIO, JOURNAL, VIDEO, Entry, read_journal
from mrpn.preparation.faces import FACES, FaceJournal
from mrpn.preparation.reading import FULL_DISK, Reading, Task, read_source
from mrpn.preparation.sources import Source, distinct_sources, sources_of, specification
from mrpn.preparation.store import StoreWriter

STARTED = "started.json"
LOCK = "lock"
SPOOL = "reading"
# Raised whenever the same files and settings are read otherwise than before.
_READING = 1
# A source may take this long, and this much longer for each byte, of the first ones more: many
# times what slow media take, still pictures that code to next to nothing included.
_SECONDS = 300.0
_SECONDS_PER_BYTE = 5e-6
_SECONDS_PER_EARLY_BYTE, _EARLY_SECONDS = 2e-5, 3600.0
# How many times as long as the default detector another takes for a picture 320 pixels long.
_SLOW_DETECTORS = {"dlib": 40.0}


@dataclass(frozen=True)
class Plan:
    """What a preparation comes to: every source behind a manifest, and the keys it is kept by."""

    manifest: Manifest
    settings: ClipSettings
    form: CropFormat
    sources: tuple[Source, ...]
    keys: dict[Source, str]
    faces_keys: dict[Source, str | None]
    specification: str

    @classmethod
    def of(cls, manifest: Manifest, settings: ClipSettings, form: CropFormat) -> "Plan":
        """Return the plan for a manifest; looks at the size and time of every file."""
        model = Path(settings.model) if settings.model else None
        found_by = file_digest(model) if model is not None and model.is_file() else ""
        settings_digest = value_digest([_READING, settings.model_dump(mode="json"), form, found_by])
        faces_digest = value_digest([_READING, settings.detection(), found_by])
        sources = tuple(distinct_sources(manifest.records))
        return cls(
            manifest=manifest,
            settings=settings,
            form=form,
            sources=sources,
            keys={s: s.key(manifest.root, settings_digest) for s in sources},
            faces_keys={s: s.faces_key(manifest.root, faces_digest) for s in sources},
            specification=specification(manifest, settings_digest),
        )

    @property
    def by_clip(self) -> dict[str, list[str]]:
        """The keys of each clip's sources."""
        return {r.id: [self.keys[s] for s in sources_of(r)] for r in self.manifest.records}

    def task(self, source: Source, place: Path, faces: FaceJournal | None = None) -> Task:
        """Return the reading of one source into files beside `place`."""
        root = self.manifest.root
        addresses = (source.video, source.audio, source.arrays)
        video, audio, arrays = (None if a is None else root / a for a in addresses)
        known = None if faces is None else faces.get(self.faces_keys[source])
        key = self.keys[source]
        return Task(key, video, audio, arrays, self.settings, self.form, place, known)


def prepare(
    manifest: Manifest,
    folder: Path,
    settings: ClipSettings,
    workers: int | None = None,
    *,
    form: CropFormat = "jpeg",
) -> PreparedCorpus:
    """Read every clip of `manifest` into a prepared corpus at `folder`, or finish a started one.

    What cannot be read is recorded with its reason and the rest goes on, even where a decoder
    crashes or hangs. Sources whose files and settings have not changed are not read again; where
    only the crops' settings have, faces are not looked for again.

    Args:
        manifest: the clips.
        folder: where the prepared corpus is, or is to be.
        settings: how faces are found and cropped, and at what rates.
        workers: processes that read; by default one for each usable core. 0 reads in this
            process, which a crash of a decoder then ends.
        form: "jpeg" keeps crops in a tenth of the room; "raw" as they are.

    Raises:
        CorpusError: no clip at all could be read, the folder holds something else, another
            process is at work in it, or its disk is full.
    """
    folder = Path(folder)
    plan = Plan.of(manifest, settings, form)
    finished = _finished(folder, plan)
    if finished is not None:
        return _not_empty(finished)
    if not settings.whole and any(source.video is not None for source in plan.sources):
        # A missing detector is no fault of the clips: it ends the job, and no clip is blamed.
        detector_of(settings)
    _refuse_foreign(folder)
    busy = CorpusError(
        f"{folder}: another process is preparing this corpus; wait for it, or stop it"
    )
    with _full_disk(folder), alone(folder / LOCK, busy):
        _start(folder, plan)
        _read_missing(folder, plan, usable_cores() if workers is None else workers)
        manifest.save(folder / MANIFEST)
        write_json(
            folder / DESCRIPTION,
            {
                "corpus": manifest.name,
                "licence": manifest.licence,
                "notes": list(manifest.notes),
                "settings": settings.model_dump(mode="json"),
                "crops": form,
                "specification": plan.specification,
                "keys": plan.by_clip,
                "faces": {plan.keys[source]: key for source, key in plan.faces_keys.items() if key},
                "format": 2,
            },
        )
    return _not_empty(PreparedCorpus(folder))


def missing_sources(plan: Plan, folder: Path) -> list[Source]:
    """Return the sources that are not in the store at `folder` yet, or may now be read."""
    entries, _ = read_journal(folder)
    ready = {key for key, entry in entries.items() if not entry.passing}
    return [source for source in plan.sources if plan.keys[source] not in ready]


def _read_missing(folder: Path, plan: Plan, workers: int) -> None:
    missing = missing_sources(plan, folder)
    if len(missing) < len(plan.sources):
        ready = len(plan.sources) - len(missing)
        say(f"{ready} of {len(plan.sources)} sources were ready already")
    spool = folder / SPOOL
    spool.mkdir(exist_ok=True)
    faces = FaceJournal(folder)
    tasks = [
        plan.task(source, spool / f"{number:07d}", faces) for number, source in enumerate(missing)
    ]
    with StoreWriter(folder) as store:
        results = track(_read_all(tasks, workers), "prepare", len(tasks))
        for source, task, reading in zip(missing, tasks, results, strict=True):
            faces_key = plan.faces_keys[source]
            if reading.faces is not None and task.faces is None and faces_key is not None:
                faces.add(faces_key, reading.faces)
            store.append(reading.entry, reading.files)
            for path in spool.glob(f"{task.place.name}.*"):
                path.unlink()
    shutil.rmtree(spool)


def _read_all(tasks: Sequence[Task], workers: int) -> Iterator[Reading]:
    """Yield what was read of each source, in order."""
    if workers == 0:
        yield from map(read_source, tasks)
        return
    count = max(1, min(workers, len(tasks)))
    # A few long films on many cores: what the number of processes leaves idle decodes.
    tasks = [replace(task, threads=max(1, usable_cores() // count)) for task in tasks]
    results = run_isolated(read_source, tasks, workers=count, seconds=time_limit)
    for task, result in zip(tasks, results, strict=True):
        if isinstance(result, Lost):
            names = "; ".join(str(p) for p in dict.fromkeys(_paths(task)))
            reason = f"{names}: {result.reason}; the same command tries it again"
            yield Reading(Entry(task.key, failure=reason, passing=True), {})
        else:
            yield result


def time_limit(task: Task) -> float:
    """Return the seconds that reading a source may take, by its files' size and the detector."""
    size = sum(file_size(Path(split_address(str(path))[0])) or 0 for path in _paths(task))
    early = min(_SECONDS_PER_EARLY_BYTE * size, _EARLY_SECONDS)
    slow = _SLOW_DETECTORS.get(task.settings.detector, 1.0)
    slow *= max(1.0, (task.settings.detector_side / 320) ** 2)
    return slow * (_SECONDS + _SECONDS_PER_BYTE * size + early)


def _paths(task: Task) -> list[Path]:
    return [path for path in (task.video, task.audio, task.arrays) if path is not None]


def _finished(folder: Path, plan: Plan) -> PreparedCorpus | None:
    """Return the corpus if it is prepared as wanted, whole, and from the same files."""
    try:
        corpus = PreparedCorpus(folder)
    except CorpusError:
        return None
    same = corpus.specification == plan.specification
    same = same and corpus.description["keys"] == plan.by_clip
    return corpus if same and not corpus.may_be_mended else None


def _not_empty(corpus: PreparedCorpus) -> PreparedCorpus:
    if not any(clip.usable for clip in corpus.clips):
        first = next(iter(corpus.problems()["reason"]), "no reason recorded")
        raise CorpusError(
            f"{corpus.folder}: none of {len(corpus)} clips could be read; first: {first}"
        )
    return corpus


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds anything but what this tool makes."""
    known = {DESCRIPTION, MANIFEST, STARTED, LOCK, SPOOL, VIDEO, AUDIO, ARRAYS, JOURNAL, FACES}
    if not folder.exists() or (folder / STARTED).exists():
        return
    if not folder.is_dir():
        raise CorpusError(f"{folder}: is a file; name an empty or new folder")
    foreign = [p.name for p in folder.iterdir() if p.name not in known and not is_partial(p)]
    if foreign:
        raise CorpusError(
            f"{folder}: holds other files ({foreign[0]}, ...); name an empty or new folder"
        )


@contextmanager
def _full_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        raise CorpusError(
            f"{folder}: the disk is full; make room and run it again, what was read is kept"
        ) from error


def _start(folder: Path, plan: Plan) -> None:
    """Mark the folder as this tool's, and clear away what is not wanted any more."""
    remove_partials(folder)
    shutil.rmtree(folder / SPOOL, ignore_errors=True)
    write_json(folder / STARTED, {"specification": plan.specification})
    (folder / DESCRIPTION).unlink(missing_ok=True)
    entries, _ = read_journal(folder)
    if set(plan.keys.values()).isdisjoint(entries):
        # Other settings, say: the store starts anew. The faces that were found stay.
        for name in (JOURNAL, VIDEO, AUDIO, ARRAYS):
            (folder / name).unlink(missing_ok=True)
