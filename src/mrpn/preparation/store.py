"""The files of a prepared corpus: two append-only arrays and a journal of what is in them.

`video.bin` holds uint8 crops, `audio.bin` int16 samples at 16 kHz, `journal.jsonl` one line per
source with its place in both. A line is written only after its data; opening for appending cuts
off whatever follows the last whole line that the data reach to. So a run killed at any moment
continues with the next source, and ends in the same bytes as an undisturbed one.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from io import BufferedRandom
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mrpn.media import Clip

VIDEO = "video.bin"
AUDIO = "audio.bin"
JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Entry:
    """Where one source lies in the store, and what was found in it.

    Offsets count bytes; `frames` crops of `size` x `size` x 3 bytes; `samples` of two bytes.
    `looked_at` pictures were examined for the face.
    `content` is the hash of crops and samples;
    `failure` is the reason why nothing could be read, else empty.
    """

    key: str
    video_offset: int = 0
    frames: int = 0
    size: int = 0
    audio_offset: int = 0
    samples: int = 0
    duration: float = 0.0
    times: tuple[float, ...] = ()
    boxes: tuple[tuple[float, ...], ...] = ()
    scores: tuple[float, ...] = ()
    looked_at: int = 0
    problems: tuple[str, ...] = ()
    content: str = ""
    failure: str = ""


def read_journal(folder: Path) -> tuple[dict[str, Entry], int]:
    """Return the journal's whole lines with whole data by key, and the bytes those lines take."""
    entries: dict[str, Entry] = {}
    length = 0
    video_size, audio_size = _size(folder / VIDEO), _size(folder / AUDIO)
    try:
        content = (folder / JOURNAL).read_bytes()
    except FileNotFoundError:
        return entries, 0
    for line in content.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break
        try:
            entry = _entry(json.loads(line))
        except (ValueError, TypeError, KeyError):
            break
        if _video_end(entry) > video_size or _audio_end(entry) > audio_size:
            break
        entries[entry.key] = entry
        length += len(line)
    return entries, length


def _entry(values: dict[str, Any]) -> Entry:
    lists = {name: tuple(values[name]) for name in ("times", "scores", "problems")}
    boxes = tuple(tuple(box) for box in values["boxes"])
    return Entry(**{**values, **lists, "boxes": boxes})


class StoreWriter:
    """Appends sources to a store; see the module's text for what survives an interruption."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.entries, length = read_journal(folder)
        video_end = max((_video_end(entry) for entry in self.entries.values()), default=0)
        audio_end = max((_audio_end(entry) for entry in self.entries.values()), default=0)
        self._video = _open_at(folder / VIDEO, video_end)
        self._audio = _open_at(folder / AUDIO, audio_end)
        self._journal = _open_at(folder / JOURNAL, length)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in (self._video, self._audio, self._journal):
            file.flush()
            os.fsync(file.fileno())
            file.close()

    def append(self, key: str, clip: Clip) -> None:
        """Add what was read from one source."""
        frames = np.ascontiguousarray(clip.frames, dtype=np.uint8)
        samples = np.round(np.clip(clip.audio, -1.0, 1.0) * 32767.0).astype("<i2")
        entry = Entry(
            key=key,
            video_offset=self._video.tell(),
            frames=len(frames),
            size=frames.shape[1] if len(frames) else 0,
            audio_offset=self._audio.tell(),
            samples=len(samples),
            duration=float(clip.duration),
            times=tuple(round(float(t), 4) for t in clip.times),
            boxes=tuple(tuple(_finite(v, 2) for v in box) for box in clip.boxes),
            scores=tuple(_finite(s, 4) for s in clip.scores),
            looked_at=clip.looked_at,
            problems=tuple(clip.problems),
            content=hashlib.sha256(frames.tobytes() + samples.tobytes()).hexdigest(),
        )
        self._video.write(frames.tobytes())
        self._audio.write(samples.tobytes())
        self._commit(entry)

    def append_failure(self, key: str, reason: str) -> None:
        """Record that nothing could be read from one source, and why."""
        self._commit(Entry(key=key, failure=reason))

    def _commit(self, entry: Entry) -> None:
        for file in (self._video, self._audio):
            file.flush()
        self._journal.write((json.dumps(asdict(entry), separators=(",", ":")) + "\n").encode())
        self._journal.flush()
        self.entries[entry.key] = entry


def _video_end(entry: Entry) -> int:
    return entry.video_offset + entry.frames * entry.size * entry.size * 3


def _audio_end(entry: Entry) -> int:
    return entry.audio_offset + 2 * entry.samples


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _finite(value: float, digits: int) -> float:
    return round(float(value), digits) if np.isfinite(value) else -1.0


def _open_at(path: Path, length: int) -> BufferedRandom:
    path.touch()
    file = path.open("r+b")
    file.truncate(length)
    file.seek(length)
    return file


class StoreReader:
    """Reads sources from a store through memory maps, opened when first used.

    The maps are left out when the reader is sent to another process, which opens its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries, _ = read_journal(folder)
        self._maps: dict[str, NDArray[Any]] = {}

    def __getstate__(self) -> dict[str, object]:
        return {"folder": self.folder, "entries": self.entries, "_maps": {}}

    def frames(self, entry: Entry) -> NDArray[np.uint8]:
        """Return the crops of a source, uint8 [T, S, S, 3], without copying."""
        flat = self._map(VIDEO, np.uint8)
        shape = (entry.frames, entry.size, entry.size, 3)
        crops: NDArray[np.uint8] = flat[entry.video_offset : _video_end(entry)].reshape(shape)
        return crops

    def audio(self, entry: Entry) -> NDArray[np.float32]:
        """Return the samples of a source, float32 [N] in [-1, 1]."""
        flat = self._map(AUDIO, np.dtype("<i2"))
        start = entry.audio_offset // 2
        samples = flat[start : start + entry.samples].astype(np.float32)
        return samples / np.float32(32767.0)

    def _map(self, name: str, kind: Any) -> NDArray[Any]:
        if name not in self._maps:
            path = self.folder / name
            empty = path.stat().st_size == 0
            self._maps[name] = np.zeros(0, kind) if empty else np.memmap(path, kind, mode="r")
        return self._maps[name]
