"""The files of a prepared corpus: append-only data and a journal of what is in them.

`video.bin` holds crops, `audio.bin` int16 samples, `arrays.bin` float32 numbers, `journal.jsonl`
one line per source with its place in all. A line is written only after its data; opening for
appending cuts off whatever follows the last whole line that the data reach to. So a run killed at
any moment continues with the next source, and ends in the same bytes as an undisturbed one.
"""

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from io import BufferedRandom
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from mrpn.preparation.crops import decode_crop
from mrpn.preparation.entry import ARRAYS, AUDIO, JOURNAL, VIDEO, Entry, read_journal

DATA = (VIDEO, AUDIO, ARRAYS)
SCALE = 32767.0


class StoreWriter:
    """Appends sources to a store; see the module's text for what survives an interruption."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.entries, length = read_journal(folder)
        ends = [entry.ends for entry in self.entries.values()]
        self._data = {
            name: _open_at(folder / name, max((end[name] for end in ends), default=0))
            for name in DATA
        }
        self._journal = _open_at(folder / JOURNAL, length)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in (*self._data.values(), self._journal):
            file.flush()
            os.fsync(file.fileno())
            file.close()

    def append(self, entry: Entry, files: Mapping[str, Path]) -> None:
        """Add what was read from one source.

        Args:
            entry: its line, with offsets counted from the start of its own files.
            files: its data by the name of the store's file they are added to.
        """
        at = {name: self._data[name].tell() for name in DATA}
        for name, path in files.items():
            with path.open("rb") as source:
                shutil.copyfileobj(source, self._data[name], 2**20)
        arrays = {
            name: (at[ARRAYS] + offset, rows, columns)
            for name, (offset, rows, columns) in entry.arrays.items()
        }
        for file in self._data.values():
            file.flush()
        self._commit(replace(entry, video_offset=at[VIDEO], audio_offset=at[AUDIO], arrays=arrays))

    def _commit(self, entry: Entry) -> None:
        self._journal.write(entry.line())
        self._journal.flush()
        self.entries[entry.key] = entry


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

    def frames(self, entry: Entry, first: int = 0, after: int | None = None) -> NDArray[np.uint8]:
        """Return the crops of a source from `first` to before `after`, uint8 [T, S, S, 3]."""
        chosen = entry.crops[first:after]
        start = entry.video_offset + sum(entry.crops[:first])
        kept: memoryview = self._map(VIDEO, np.uint8)[start : start + sum(chosen)].data
        crops = np.empty((len(chosen), entry.size, entry.size, 3), np.uint8)
        for number, length in enumerate(chosen):
            crops[number] = decode_crop(kept[:length], entry.size, entry.form)
            kept = kept[length:]
        return crops

    def audio(self, entry: Entry) -> NDArray[np.float32]:
        """Return the samples of a source, float32 [N] in [-1, 1]."""
        flat = self._map(AUDIO, np.dtype("<i2"))
        start = entry.audio_offset // 2
        samples = flat[start : start + entry.samples].astype(np.float32)
        return samples / np.float32(SCALE)

    def arrays(self, entry: Entry) -> dict[str, NDArray[np.float32]]:
        """Return the arrays of a source by name, float32 [T, D]."""
        flat = self._map(ARRAYS, np.dtype("<f4"))
        return {
            name: np.array(flat[offset // 4 : offset // 4 + rows * columns]).reshape(rows, columns)
            for name, (offset, rows, columns) in entry.arrays.items()
        }

    def _map(self, name: str, kind: Any) -> NDArray[Any]:
        if name not in self._maps:
            path = self.folder / name
            empty = path.stat().st_size == 0
            self._maps[name] = np.zeros(0, kind) if empty else np.memmap(path, kind, mode="r")
        return self._maps[name]
