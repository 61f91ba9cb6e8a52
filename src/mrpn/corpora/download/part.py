"""A file on its way: `NAME.part` beside the target, and `NAME.part.json`, which says what it is."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType

from mrpn.common.files import write_json
from mrpn.corpora.download.errors import DownloadError

_BLOCK = 2**20


@dataclass(frozen=True)
class RemoteFile:
    """A file as its makers announce it.

    Args:
        path: where it goes, relative to the download's folder.
        size: in bytes.
        digest: "md5:..." or "sha256:..." in hexadecimal.
    """

    path: str
    size: int
    digest: str

    def __post_init__(self) -> None:
        """Raise DownloadError if the path would leave the folder."""
        parts = PurePosixPath(self.path).parts
        if not parts or parts[0] == "/" or ".." in parts or "\\" in self.path:
            raise DownloadError(f"'{self.path}': a name that leaves the folder is not written to")


def digest_of(path: Path, like: str) -> str:
    """Return the digest of a file's content, of the kind that the digest `like` is."""
    algorithm = like.partition(":")[0]
    with path.open("rb") as content:
        return f"{algorithm}:{hashlib.file_digest(content, algorithm).hexdigest()}"


def part_of(target: Path) -> Path:
    """Return where the unfinished content of a file lies."""
    return target.with_name(target.name + ".part")


def held_of(target: Path) -> int:
    """Return how many bytes of a file on its way are there."""
    part = part_of(target)
    return part.stat().st_size if part.is_file() else 0


def remove_part(target: Path) -> None:
    """Remove what may be left of the way of a file that is whole."""
    part_of(target).unlink(missing_ok=True)
    _state_of(target).unlink(missing_ok=True)


class Part:
    """The content of one file as far as it has come; goes on from what an earlier run left.

    Args:
        target: where the file goes when it is whole.
        file: what it is to be. What was begun for another size or digest is thrown away.
        moved: told by how many bytes the content has grown, or shrunk.
    """

    def __init__(self, target: Path, file: RemoteFile, moved: Callable[[int], None]) -> None:
        self.file = file
        self.target = target
        self.held = 0
        self.etag: str | None = None
        self.moved = moved
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = self._kept()
        self._hash = hashlib.new(file.digest.partition(":")[0])
        self._content = part_of(target).open("r+b" if kept else "w+b")
        while block := self._content.read(_BLOCK):
            self._take(block)

    def __enter__(self) -> "Part":
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the content, which stays for the next time if there is any."""
        self._content.close()
        if not self.held:
            remove_part(self.target)

    def remember(self, etag: str | None) -> None:
        """Write down what is being received, before its first byte is."""
        if not self.held or etag != self.etag:
            self.etag = etag
            state = {"digest": self.file.digest, "size": self.file.size, "etag": etag}
            write_json(_state_of(self.target), state)

    def write(self, block: bytes) -> bool:
        """Append a block; False, and nothing written, if the file would outgrow its size."""
        if self.held + len(block) > self.file.size:
            return False
        self._content.write(block)
        # A kill loses nothing of what has come.
        self._content.flush()
        self._take(block)
        return True

    def restart(self) -> None:
        """Throw the content away."""
        self._content.seek(0)
        self._content.truncate()
        self.moved(-self.held)
        self.held, self.etag = 0, None
        self._hash = hashlib.new(self._hash.name)

    def finish(self) -> bool:
        """Give the content its name if it is what was announced; otherwise throw it away."""
        digest = f"{self._hash.name}:{self._hash.hexdigest()}"
        if (self.held, digest) != (self.file.size, self.file.digest):
            self.restart()
            return False
        os.fsync(self._content.fileno())
        self._content.close()
        part_of(self.target).replace(self.target)
        remove_part(self.target)
        return True

    def _take(self, block: bytes) -> None:
        self._hash.update(block)
        self.held += len(block)
        self.moved(len(block))

    def _kept(self) -> bool:
        """Whether an earlier run left content of this very file; recalls its ETag."""
        try:
            state = json.loads(_state_of(self.target).read_text(encoding="utf-8"))
            same = (state["digest"], state["size"]) == (self.file.digest, self.file.size)
            self.etag = state["etag"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return same and 0 < held_of(self.target) <= self.file.size


def _state_of(target: Path) -> Path:
    return target.with_name(target.name + ".part.json")
