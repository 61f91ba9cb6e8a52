"""What a folder holds whole: a line for each checked file, so that it is not read again."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mrpn.common.locking import alone
from mrpn.corpora.download.errors import DownloadError
from mrpn.corpora.download.part import RemoteFile

STATE_FOLDER = ".mrpn-download"


class Journal:
    """The checked files of one folder.

    A file counts as whole while size and time of change are those it had when it was checked; an
    archive that was unpacked and removed, while its files are there in the size they had.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / STATE_FOLDER / "journal.jsonl"
        self._lock = threading.Lock()
        self._entries: dict[str, dict[str, Any]] = {}
        if self._path.is_file():
            for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
                self._load(line)

    def is_whole(self, file: RemoteFile) -> bool:
        """Whether the file was checked to be this one, and has not been touched since."""
        entry = self._entries.get(file.path)
        if entry is None or (entry["digest"], entry["size"]) != (file.digest, file.size):
            return False
        if entry["unpacked"] is not None:
            return holds(unpacked_folder(self._folder / file.path), entry["unpacked"])
        modified = _modified(self._folder / file.path, file.size)
        return modified is not None and bool(entry["modified"] == modified)

    def is_unpacked(self, file: RemoteFile) -> bool:
        """Whether the file is an archive that was unpacked and removed."""
        entry = self._entries.get(file.path)
        return entry is not None and entry["unpacked"] is not None

    def files(self) -> list[RemoteFile]:
        """Return the files that were checked at some time."""
        return [RemoteFile(path, e["size"], e["digest"]) for path, e in self._entries.items()]

    def add(self, file: RemoteFile, unpacked: Mapping[str, int] | None = None) -> None:
        """Write down that a file is whole, or what was unpacked from it, with sizes in bytes."""
        modified = _modified(self._folder / file.path, file.size)
        entry = {"path": file.path, "size": file.size, "digest": file.digest}
        line = json.dumps(entry | {"modified": modified, "unpacked": unpacked})
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as journal:
                # The blank line ends what a kill may have cut off.
                journal.write(f"\n{line}\n")
            self._load(line)

    def _load(self, line: str) -> None:
        try:
            entry = json.loads(line)
            keys = ("size", "digest", "modified", "unpacked")
            self._entries[entry["path"]] = {key: entry[key] for key in keys}
        except (ValueError, KeyError, TypeError):
            # An unfinished line costs reading one file again.
            return


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder for one download; DownloadError if another one is at work there."""
    busy = DownloadError(
        f"{folder}: another download is at work in this folder; wait for it or stop it"
    )
    with alone(folder / STATE_FOLDER / "lock", busy):
        yield


def unpacked_folder(archive: Path) -> Path:
    """Return the folder that an archive is unpacked to."""
    return archive.with_suffix("")


def holds(folder: Path, sizes: Mapping[str, int]) -> bool:
    """Whether files of those names and sizes in bytes are in a folder, whatever else is."""
    return all(_modified(folder / name, size) is not None for name, size in sizes.items())


def _modified(path: Path, size: int) -> int | None:
    """Return when a file of that size was changed last, in ns; None if there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns if status.st_size == size else None
