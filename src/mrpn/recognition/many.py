"""Many files: which they are, and all of them recognised, in processes if wanted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from mrpn.common.errors import MediaError, MrpnError
from mrpn.common.isolation import Lost, run_isolated
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.result import Recognition

_KINDS = """
3gp aac aiff avi bmp flac flv gif jpeg jpg m4a m4v mkv mov mp3 mp4 mpeg mpg mts ogg ogv opus png
tif tiff ts wav webm webp wma wmv
"""
SUFFIXES = frozenset(f".{kind}" for kind in _KINDS.split())
# A worker that needs longer than this hangs: seconds, and bytes of the file per second more.
_SECONDS, _BYTES_PER_SECOND = 300.0, 50_000


@dataclass(frozen=True)
class Failed:
    """A file that could not be recognised.

    Attributes:
        source: the file.
        reason: one line that names it.
    """

    source: str
    reason: str


@dataclass(frozen=True)
class Task:
    """One file and the recognizer for it.

    Attributes:
        path: of the file.
        weights: of `Recognizer.from_pretrained`.
        options: of the same, by name.
    """

    path: Path
    weights: str
    options: tuple[tuple[str, Any], ...] = field(default=())


def media_files(given: Iterable[Path]) -> list[Path]:
    """Return the media files that are meant, each once.

    A folder stands for the media files in it and in its folders, sorted; a pattern, which not every
    shell resolves, for the files that fit it. What does not exist stays, to be told as such.

    Raises:
        MediaError: a folder without a media file.
    """
    found: dict[Path, None] = {}
    for path in given:
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.suffix.lower() in SUFFIXES]
            inside = [p for p in inside if p.is_file() and not p.name.startswith(".")]
            if not inside:
                raise MediaError(f"{path}: is a folder without any media file")
        elif has_magic(str(path)) and not path.exists():
            names = glob(str(path), recursive=True)  # noqa: PTH207 (the pattern may be absolute)
            inside = [Path(name) for name in sorted(names)] or [path]
        else:
            inside = [path]
        found.update(dict.fromkeys(inside))
    return list(found)


def recognise_all(
    paths: Sequence[Path], weights: str, options: Mapping[str, Any], jobs: int = 1
) -> Iterator[Recognition | Failed]:
    """Yield the result of each file, in their order; a bad one costs itself alone.

    Args:
        paths: media files.
        weights, options: of `Recognizer.from_pretrained`.
        jobs: processes; with two or more, a decoder that crashes or hangs costs its file alone too.

    Raises:
        WeightsError, ConfigError: of the recognizer, before the first file.
    """
    fixed = tuple(sorted(options.items()))
    tasks = [Task(path, weights, fixed) for path in paths]
    _recognizer(weights, fixed)
    if jobs == 1 or len(tasks) == 1:
        yield from map(recognise, tasks)
        return
    results = run_isolated(recognise, tasks, workers=jobs, seconds=_seconds)
    for task, result in zip(tasks, results, strict=True):
        if isinstance(result, Lost):
            yield Failed(str(task.path), f"{task.path}: {result.reason}")
        else:
            yield result


def recognise(task: Task) -> Recognition | Failed:
    """Recognise one file; the recognizer is kept for the next one."""
    try:
        return _recognizer(task.weights, task.options).predict(task.path)
    except MrpnError as error:
        return Failed(str(task.path), str(error))


@lru_cache(maxsize=1)
def _recognizer(weights: str, options: tuple[tuple[str, Any], ...]) -> Recognizer:
    return Recognizer.from_pretrained(weights, **dict(options))


def _seconds(task: Task) -> float:
    try:
        size = task.path.stat().st_size
    except OSError:
        size = 0
    return _SECONDS + size / _BYTES_PER_SECOND
