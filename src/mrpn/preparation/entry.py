"""The journal of a prepared corpus: one line for each source, written after its data."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mrpn.preparation.crops import CropFormat

VIDEO = "video.bin"
AUDIO = "audio.bin"
ARRAYS = "arrays.bin"
JOURNAL = "journal.jsonl"


@dataclass(frozen=True)
class Entry:
    """Where one source lies in the store, and what was found in it.

    Offsets count bytes. `crops` are the bytes of each crop, which lie one after the other, of
    `size` x `size` pixels in the format `form`; `samples` of two bytes; `arrays` by name the
    offset and the shape [T, D] of 4-byte numbers.
    `looked_at` pictures were examined for the face. `content` is the hash of the data;
    `failure` is the reason why nothing could be read, else empty; a `passing` one may not be the
    file's fault, and is tried again.
    """

    key: str
    video_offset: int = 0
    crops: tuple[int, ...] = ()
    size: int = 0
    form: CropFormat = "jpeg"
    audio_offset: int = 0
    samples: int = 0
    arrays: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    duration: float = 0.0
    times: tuple[float, ...] = ()
    boxes: tuple[tuple[float, ...], ...] = ()
    scores: tuple[float, ...] = ()
    looked_at: int = 0
    problems: tuple[str, ...] = ()
    content: str = ""
    failure: str = ""
    passing: bool = False

    @property
    def frames(self) -> int:
        """How many crops there are."""
        return len(self.crops)

    @property
    def ends(self) -> dict[str, int]:
        """Where its data end in each file, in bytes."""
        arrays = [offset + 4 * rows * columns for offset, rows, columns in self.arrays.values()]
        return {
            VIDEO: self.video_offset + sum(self.crops),
            AUDIO: self.audio_offset + 2 * self.samples,
            ARRAYS: max(arrays, default=0),
        }

    def line(self) -> bytes:
        """Return the entry as a line of the journal."""
        return (json.dumps(asdict(self), separators=(",", ":")) + "\n").encode()


def read_journal(folder: Path) -> tuple[dict[str, Entry], int]:
    """Return the journal's whole lines with whole data by key, and the bytes those lines take."""
    entries: dict[str, Entry] = {}
    length = 0
    sizes = {name: _size(folder / name) for name in (VIDEO, AUDIO, ARRAYS)}
    for line in whole_lines(folder / JOURNAL):
        try:
            entry = _entry(json.loads(line))
        except (ValueError, TypeError, KeyError):
            break
        if any(end > sizes[name] for name, end in entry.ends.items()):
            break
        entries[entry.key] = entry
        length += len(line)
    return entries, length


def whole_lines(path: Path) -> list[bytes]:
    """Return a file's lines but a last one without its end; none where there is no file."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    return lines if not lines or lines[-1].endswith(b"\n") else lines[:-1]


def _entry(values: dict[str, Any]) -> Entry:
    lists = {name: tuple(values[name]) for name in ("crops", "times", "scores", "problems")}
    boxes = tuple(tuple(box) for box in values["boxes"])
    arrays = {name: tuple(place) for name, place in values["arrays"].items()}
    return Entry(**{**values, **lists, "boxes": boxes, "arrays": arrays})


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
