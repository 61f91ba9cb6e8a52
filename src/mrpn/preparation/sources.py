"""What is read once: the media sources behind the clips of a manifest."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mrpn.common.files import value_digest
from mrpn.corpora.manifest import ClipRecord, Manifest


@dataclass(frozen=True)
class Source:
    """One thing to read: a file's picture, a file's sound, or both at once.

    Clips share sources: a voice that a composite corpus pairs with several faces is read and
    stored once. Paths are relative to the manifest's root.
    """

    video: str | None
    audio: str | None

    def key(self, root: Path, settings_digest: str) -> str:
        """Return a digest of the source, its file's size and time, and the clip settings."""
        return value_digest(
            [self.video, self.audio, settings_digest, *(_stamp(root, p) for p in self._files())]
        )

    def _files(self) -> list[str]:
        return [name.partition("#")[0] for name in (self.video, self.audio) if name is not None]


def _stamp(root: Path, name: str) -> list[int]:
    try:
        status = (root / name).stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def sources_of(record: ClipRecord) -> tuple[Source, ...]:
    """Return the sources of a clip: one for a single file, one per modality for two files."""
    if record.video is None and record.audio is None:
        return ()
    if record.video == record.audio:
        return (Source(record.video, record.audio),)
    video = () if record.video is None else (Source(record.video, None),)
    audio = () if record.audio is None else (Source(None, record.audio),)
    return video + audio


def distinct_sources(records: Iterable[ClipRecord]) -> list[Source]:
    """Return every source behind the records once, in order of first use."""
    found: dict[Source, None] = {}
    for record in records:
        found.update(dict.fromkeys(sources_of(record)))
    return list(found)


def specification(manifest: Manifest, settings_digest: str) -> str:
    """Return the digest that a prepared corpus must carry to stand for manifest and settings."""
    return value_digest([manifest.digest, settings_digest])
