"""Many files, recognised in processes if wanted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from mrpn.common.errors import MrpnError
from mrpn.common.isolation import Lost, run_isolated
from mrpn.common.progress import set_quiet
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.result import Failed, Recognition
from mrpn.recognition.saving import Outcome, save_each

# A worker that needs longer than this hangs: seconds, and bytes of the file per second more.
_SECONDS, _BYTES_PER_SECOND = 300.0, 50_000
# A film is decoded once more, drawn and encoded, which takes so many times as long at most.
_PER_FILM = 3.0


@dataclass(frozen=True)
class Task:
    """One file and the recognizer for it.

    Attributes:
        path: of the file.
        weights: of `Recognizer.from_pretrained`.
        options: of the same, by name.
        outputs: what is written of this file alone.
    """

    path: Path
    weights: str
    options: tuple[tuple[str, Any], ...] = field(default=())
    outputs: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Done:
    """What became of one file.

    Attributes:
        result: of the file.
        outcomes: of its outputs, as `save_each` yields them. With one process they are written as
            they are asked for, so that the result is there before; and only if they are.
    """

    result: Recognition | Failed
    outcomes: Iterable[Outcome] = ()


def recognise_all(
    paths: Sequence[Path],
    weights: str,
    options: Mapping[str, Any],
    jobs: int = 1,
    outputs: Sequence[tuple[Path, ...]] = (),
) -> Iterator[Done]:
    """Yield what became of each file, in their order; a bad one costs itself alone.

    Args:
        paths: media files.
        weights, options: of `Recognizer.from_pretrained`.
        jobs: processes; with two or more, a decoder that crashes or hangs costs its file alone too,
            also where a film is drawn, and where there is a single file.
        outputs: for each file, what is written of it alone; none if there are none for any.

    Raises:
        WeightsError, ConfigError: of the recognizer, before the first file.
    """
    fixed = tuple(sorted(options.items()))
    each = outputs or [()] * len(paths)
    tasks = [Task(path, weights, fixed, out) for path, out in zip(paths, each, strict=True)]
    _recognizer(weights, fixed)
    if jobs == 1:
        yield from map(recognise, tasks)
        return
    results = run_isolated(_finish, tasks, workers=min(jobs, len(tasks)), seconds=_seconds)
    for task, result in zip(tasks, results, strict=True):
        if isinstance(result, Lost):
            yield Done(Failed(str(task.path), f"{task.path}: {result.reason}"))
        else:
            yield result


def recognise(task: Task) -> Done:
    """Recognise one file; the recognizer is kept for the next one."""
    path = task.path
    if path.is_dir():
        return Done(Failed(str(path), f"{path}: is a folder without any media file"))
    try:
        result = _recognizer(task.weights, task.options).predict(path)
    except MrpnError as error:
        return Done(Failed(str(path), str(error)))
    return Done(result, save_each(task.outputs, [result]))


def _finish(task: Task) -> Done:
    """Recognise one file and write its outputs, in a process of their own."""
    # What is to say of the weights the caller's process has said.
    set_quiet(True)
    done = recognise(task)
    return Done(done.result, tuple(done.outcomes))


@lru_cache(maxsize=1)
def _recognizer(weights: str, options: tuple[tuple[str, Any], ...]) -> Recognizer:
    return Recognizer.from_pretrained(weights, **dict(options))


def _seconds(task: Task) -> float:
    try:
        size = task.path.stat().st_size
    except OSError:
        size = 0
    films = sum(path.suffix == ".mp4" for path in task.outputs)
    return (_SECONDS + size / _BYTES_PER_SECOND) * (1 + _PER_FILM * films)
