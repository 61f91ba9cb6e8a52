"""Many files, recognised in processes if wanted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from mrpn.common.isolation import Lost, run_isolated
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.result import Failed, Recognition

# A worker that needs longer than this hangs: seconds, and bytes of the file per second more.
_SECONDS, _BYTES_PER_SECOND = 300.0, 50_000


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
    (result,) = _recognizer(task.weights, task.options).predict_all([task.path])
    return result


@lru_cache(maxsize=1)
def _recognizer(weights: str, options: tuple[tuple[str, Any], ...]) -> Recognizer:
    return Recognizer.from_pretrained(weights, **dict(options))


def _seconds(task: Task) -> float:
    try:
        size = task.path.stat().st_size
    except OSError:
        size = 0
    return _SECONDS + size / _BYTES_PER_SECOND
