"""What is read once: the media sources behind the clips of a manifest."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mrpn.common.archives import file_stamp
from mrpn.common.files import value_digest
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.naming import split_address


@dataclass(frozen=True)
class Source:
    """One thing to read: a file's picture, a file's sound, both at once, or arrays.

    Clips share sources: a voice that a composite corpus pairs with several faces is read and
    stored once. Addresses are relative to the manifest's root.
    """

    video: str | None = None
    audio: str | None = None
    arrays: str | None = None

    @property
    def addresses(self) -> list[str]:
        """The addresses that are read, each once."""
        return list(dict.fromkeys(a for a in (self.video, self.audio, self.arrays) if a))

    def key(self, root: Path, settings_digest: str) -> str:
        """Return a digest of the source, its file's size and time, and how it is read."""
        parts = [self.video, self.audio, settings_digest, *self._stamps(root)]
        return value_digest([*parts, self.arrays] if self.arrays else parts)

    def faces_key(self, root: Path, detection_digest: str) -> str | None:
        """Return a digest of the picture, its file, and how faces are found in it."""
        if self.video is None:
            return None
        return Source(video=self.video).key(root, detection_digest)

    def _stamps(self, root: Path) -> list[list[int]]:
        names = [
            split_address(address)[0]
            for address in (self.video, self.audio, self.arrays)
            if address
        ]
        return [file_stamp(root / name) for name in names]


def sources_of(record: ClipRecord) -> tuple[Source, ...]:
    """Return the sources of a clip: one for a single file, one per modality for two files."""
    arrays = () if record.arrays is None else (Source(arrays=record.arrays),)
    if record.video is not None and record.video == record.audio:
        return (Source(record.video, record.audio), *arrays)
    video = () if record.video is None else (Source(video=record.video),)
    audio = () if record.audio is None else (Source(audio=record.audio),)
    return video + audio + arrays


def distinct_sources(records: Iterable[ClipRecord]) -> list[Source]:
    """Return every source behind the records once, in order of first use."""
    found: dict[Source, None] = {}
    for record in records:
        found.update(dict.fromkeys(sources_of(record)))
    return list(found)


def specification(manifest: Manifest, settings_digest: str) -> str:
    """Return the digest that a prepared corpus must carry to stand for manifest and settings."""
    return value_digest([manifest.digest, settings_digest])
