"""Reading spoilt files as users' files are read, each in a worker that may die of it."""

import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from fuzz.mutate import spoil
from mrpn.common.archives import archive_members
from mrpn.common.errors import MediaError
from mrpn.common.isolation import Lost, run_isolated
from mrpn.media import Clip, ClipSettings, is_still, probe, read_clip

# What a case may take: real reading of these files takes a hundredth of both.
SECONDS = 30.0
MEMORY_MB = 3072
_LONGEST_SOUND = 16000 * 3600
_LONGEST_LINE = 1000
ARRAYS, ERROR, WRONG = "arrays", "error", "wrong"


@dataclass(frozen=True)
class Outcome:
    """How the reading of one spoilt file ended.

    Attributes:
        number: the case.
        file: the whole file it was made from.
        ways: how it was spoilt.
        ended: "arrays", "error" (a MediaError) or "wrong": anything else.
        texts: the error's line, or the problems recorded beside arrays, without names and figures.
        seconds: it took.
        peak_mb: the worker's memory at its highest so far, MiB.
    """

    number: int
    file: str
    ways: str
    ended: str
    texts: tuple[str, ...]
    seconds: float
    peak_mb: float


def fuzz(
    files: list[Path], numbers: Iterable[int], seed: int, workers: int
) -> Iterator[tuple[int, Outcome | Lost]]:
    """Yield the outcome of each case; `Lost` is a crash, or a breach of the limits."""
    numbers = list(numbers)
    with tempfile.TemporaryDirectory() as folder:
        work = partial(_read, files, seed, Path(folder))
        results = run_isolated(
            work, numbers, workers=workers, seconds=lambda _: SECONDS, memory_mb=MEMORY_MB
        )
        yield from zip(numbers, results, strict=True)


def make(files: list[Path], seed: int, number: int) -> tuple[Path, bytes, str]:
    """Return a case: the file it is made from, the spoilt content, and the ways of spoiling."""
    rng = np.random.default_rng([seed, number])
    file = files[number % len(files)]
    other = files[int(rng.integers(len(files)))]
    content, ways = spoil(rng, file.read_bytes(), file.suffix, other.read_bytes())
    return file, content, ways


def _read(files: list[Path], seed: int, folder: Path, number: int) -> Outcome:
    file, content, ways = make(files, seed, number)
    path = folder / f"{number}{file.suffix}"
    path.write_bytes(content)
    start = time.perf_counter()
    try:
        ended, texts = ARRAYS, _read_all(path)
    except MediaError as error:
        ended, texts = ERROR, (str(error),)
    except MemoryError:
        raise
    except Exception as error:
        ended, texts = WRONG, (f"{type(error).__name__}: {error}",)
    finally:
        path.unlink()
    if any("\n" in text or len(text) > _LONGEST_LINE for text in texts):
        ended = WRONG
    seconds = time.perf_counter() - start
    plain = tuple(_plain(text, path) for text in texts)
    return Outcome(number, file.name, ways, ended, plain, seconds, _peak_mb())


def _read_all(path: Path) -> tuple[str, ...]:
    """Read a file by every way there is; return the problems that were recorded."""
    if path.suffix == ".zip":
        members = archive_members(path)
        for member in members:
            if member.is_absolute() or ".." in member.parts:
                raise AssertionError(f"{member} leads out of its archive")
        if not members:
            return ("no members",)
        path = path / members[0]
    problems: list[str] = []
    try:
        probe(path)
    except MediaError as error:
        problems.append(str(error))
    settings = ClipSettings(faces="whole" if is_still(path) else "detect")
    clip = read_clip(path, None if is_still(path) else path, settings)
    _check(clip)
    return tuple(dict.fromkeys([*clip.problems, *problems]))


def _check(clip: Clip) -> None:
    count, size = len(clip.frames), ClipSettings().size
    right = {
        "frames": clip.frames.shape == (count, size, size, 3) and clip.frames.dtype == np.uint8,
        "times": clip.times.shape == (count,) and bool(np.isfinite(clip.times).all()),
        "order of times": bool((np.diff(clip.times) > 0).all()),
        "boxes": clip.boxes.shape == (count, 4) and bool(np.isfinite(clip.boxes).all()),
        "sound": clip.audio.ndim == 1 and clip.audio.dtype == np.float32,
        "length of the sound": len(clip.audio) <= _LONGEST_SOUND,
        "range of the sound": bool((np.abs(clip.audio) <= 1).all()),
        "anything": count + len(clip.audio) > 0,
        "duration": bool(np.isfinite(clip.duration)) and clip.duration >= 0,
    }
    wrong = [name for name, fine in right.items() if not fine]
    if wrong:
        raise AssertionError(f"wrong: {', '.join(wrong)}")


def _plain(text: str, path: Path) -> str:
    """Return an error's line without what differs from case to case."""
    text = re.sub(re.escape(str(path.parent)) + ".*?(?=: |;|$)", "FILE", text)
    text = re.sub(r"'[^']*'", "'NAME'", text)
    return re.sub(r"\d[\d.e+-]*", "N", text)


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
