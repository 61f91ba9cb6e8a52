"""Reading one source into files of its own, in a process that may die of it."""

import errno
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError, MrpnError
from mrpn.media import ClipSettings, Faces, read_arrays, stream_clip
from mrpn.media.pyav import is_decoders
from mrpn.preparation.crops import CropFormat, encode_crop
from mrpn.preparation.entry import ARRAYS, AUDIO, VIDEO, Entry
from mrpn.preparation.store import SCALE

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
_OF_THE_FILE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EINVAL)


@dataclass(frozen=True)
class Task:
    """One source to read.

    Args:
        key: of its entry.
        video, audio, arrays: what to read of which file; None if not asked for.
        settings: how clips are read.
        form: how crops are kept.
        place: the files that are written are called this and a suffix.
        faces: those found in it before, if they are known; None looks for them.
        threads: of decoder and detector; changes the speed only.
    """

    key: str
    video: Path | None
    audio: Path | None
    arrays: Path | None
    settings: ClipSettings
    form: CropFormat
    place: Path
    faces: Faces | None
    threads: int = 1


@dataclass(frozen=True)
class Reading:
    """What was read of a source.

    Args:
        entry: its line of the journal, with offsets counted from the start of its own files; or
            a failure.
        files: its data, by the name of the store's file they belong in.
        faces: all faces of its picture; None where none were looked for.
    """

    entry: Entry
    files: Mapping[str, Path]
    faces: Faces | None = None


def read_source(task: Task) -> Reading:
    """Read a source into files beside `task.place`; whatever is wrong with it is a failure's row.

    Memory does not grow with the source's length.

    Raises MrpnError for what is no fault of the source, OSError where the disk is full.
    """
    try:
        return _arrays(task) if task.arrays is not None else _media(task)
    except MediaError as error:
        failure, passing = str(error), _is_passing(error.__cause__)
    except MrpnError:
        raise
    except Exception as error:
        # Spoilt files find errors in libraries that nobody has met before: they cost the file.
        if isinstance(error, OSError) and error.errno in FULL_DISK:
            raise
        path = task.video or task.audio or task.arrays
        failure = f"{path}: cannot be read ({type(error).__name__}: {error})"
        passing = _is_passing(error)
    return Reading(Entry(task.key, failure=" ".join(failure.split()), passing=passing), {})


def _is_passing(error: BaseException | None) -> bool:
    """Whether an error is the system's, as of a lost network folder, and not the file's."""
    own = isinstance(error, OSError) and not is_decoders(error)
    return own and getattr(error, "errno", None) not in (None, *_OF_THE_FILE)


def _media(task: Task) -> Reading:
    with _Spool(task) as spool:
        found = stream_clip(
            task.video,
            task.audio,
            task.settings,
            crops=spool.add_crop,
            sound=spool.add_sound,
            faces=task.faces,
            threads=task.threads,
        )
    main = found.faces.tracks[0] if found.faces is not None and found.faces.tracks else None
    entry = Entry(
        key=task.key,
        form=task.form,
        size=task.settings.size if main is not None else 0,
        samples=spool.samples,
        duration=float(found.duration),
        looked_at=found.faces.looked_at if found.faces is not None else 0,
        problems=tuple(found.problems),
    )
    if main is not None:
        spool.keep(main.crops)
        entry = replace(
            entry,
            crops=tuple(spool.crops),
            times=tuple(round(float(t), 4) for t in main.times),
            boxes=tuple(tuple(round(float(v), 2) for v in box) for box in main.boxes),
            scores=tuple(round(float(s), 4) for s in main.scores),
        )
    return Reading(replace(entry, content=_hash(spool.files)), spool.files, found.faces)


def _arrays(task: Task) -> Reading:
    path = task.place.with_suffix(".arrays")
    places, offset = {}, 0
    with path.open("wb") as file:
        for name, values in sorted(read_arrays(task.arrays).items()) if task.arrays else ():
            places[name] = (offset, *values.shape)
            offset += file.write(np.ascontiguousarray(values, "<f4").tobytes())
    files = {ARRAYS: path}
    return Reading(Entry(task.key, arrays=places, content=_hash(files)), files)


class _Spool:
    """The files that crops and sound of one source are written to as they come."""

    def __init__(self, task: Task) -> None:
        self.crops: list[int] = []
        self.samples = 0
        self.files: dict[str, Path] = {}
        self._form = task.form
        self._place = task.place
        self._open: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._open.values():
            file.close()

    def add_crop(self, crop: NDArray[np.uint8]) -> None:
        self.crops.append(self._file(VIDEO).write(encode_crop(crop, self._form)))

    def add_sound(self, samples: NDArray[np.float32]) -> None:
        values = np.round(np.clip(samples, -1.0, 1.0) * SCALE).astype("<i2")
        self.samples += len(values)
        self._file(AUDIO).write(values.tobytes())

    def keep(self, chosen: NDArray[np.int64]) -> None:
        """Leave only the chosen crops, in their order: those of the main face."""
        if VIDEO not in self.files or np.array_equal(chosen, np.arange(len(self.crops))):
            return
        path = self.files[VIDEO]
        starts = np.concatenate([[0], np.cumsum(self.crops)])
        kept = path.with_suffix(".main")
        with path.open("rb") as old, kept.open("wb") as new:
            for number in chosen:
                old.seek(int(starts[number]))
                new.write(old.read(self.crops[number]))
        kept.replace(path)
        self.crops = [self.crops[number] for number in chosen]

    def _file(self, name: str) -> BinaryIO:
        if name not in self._open:
            self.files[name] = self._place.with_suffix("." + name.partition(".")[0])
            self._open[name] = self.files[name].open("wb")
        return self._open[name]


def _hash(files: Mapping[str, Path]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        with files[name].open("rb") as file:
            whole.update(f"{name} {hashlib.file_digest(file, 'sha256').hexdigest()} ".encode())
    return whole.hexdigest()
