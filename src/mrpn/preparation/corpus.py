"""A prepared corpus: what training and evaluation read clips from."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mrpn.common.config import validate
from mrpn.common.errors import CorpusError
from mrpn.common.files import value_digest
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import Clip, ClipSettings, is_still
from mrpn.preparation.sources import sources_of
from mrpn.preparation.store import Entry, StoreReader

DESCRIPTION = "corpus.json"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class PreparedClip:
    """One clip of the corpus: its record and the places of its picture and its sound."""

    record: ClipRecord
    video: Entry | None
    audio: Entry | None

    @property
    def problems(self) -> tuple[str, ...]:
        """What was amiss when the clip was read: failures first, then what is missing."""
        entries = list({e.key: e for e in (self.video, self.audio) if e is not None}.values())
        failures = tuple(e.failure for e in entries if e.failure)
        return failures + tuple(problem for e in entries for problem in e.problems)

    @property
    def still(self) -> bool:
        """Whether the picture is a single image rather than a film."""
        return self.record.video is not None and is_still(Path(self.record.video))

    @property
    def usable(self) -> bool:
        """Whether the clip has at least one crop or one sample of sound."""
        return self.has("video") or self.has("audio")

    def has(self, modality: str) -> bool:
        """Whether there is anything of "video" or "audio"."""
        if modality == "video":
            return self.video is not None and self.video.frames > 0
        return self.audio is not None and self.audio.samples > 0


class PreparedCorpus:
    """Clips of a prepared corpus, read through memory maps; cheap to send to other processes.

    Args:
        folder: where `prepare` wrote the corpus.

    Raises:
        CorpusError: the folder holds no prepared corpus, or an unfinished one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.description = _read_description(self.folder)
        self.manifest = Manifest.load(self.folder / MANIFEST)
        self.settings = validate(
            ClipSettings, self.description["settings"], str(self.folder / DESCRIPTION)
        )
        self._store = StoreReader(self.folder)
        keys: dict[str, list[str]] = self.description["keys"]
        self.clips = [self._clip(record, keys[record.id]) for record in self.manifest.records]
        contents = [[e.content if e else "" for e in (c.video, c.audio)] for c in self.clips]
        self._digest = value_digest([self.specification, contents])
        self._by_id = {clip.record.id: clip for clip in self.clips}

    def __len__(self) -> int:
        return len(self.clips)

    @property
    def name(self) -> str:
        """The corpus's name."""
        return self.manifest.name

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of the scores."""
        return self.manifest.classes

    @property
    def specification(self) -> str:
        """The digest of manifest and settings that the corpus was prepared from."""
        return str(self.description["specification"])

    @property
    def digest(self) -> str:
        """The digest of manifest, settings, and all that was read from the clips."""
        return self._digest

    def find(self, clip_id: str) -> PreparedClip:
        """Return the clip with this id. Raises CorpusError where there is none."""
        try:
            return self._by_id[clip_id]
        except KeyError:
            raise CorpusError(
                f"{self.folder}: no clip named '{clip_id}' is prepared here"
            ) from None

    def read(self, clip: PreparedClip) -> Clip:
        """Return crops and sound of a clip, either of them possibly empty."""
        video, audio = clip.video, clip.audio
        size = self.settings.size
        none = np.zeros((0, size, size, 3), np.uint8)
        return Clip(
            frames=self._store.frames(video) if video and video.frames else none,
            times=np.array(video.times if video else (), np.float64),
            boxes=np.array(video.boxes if video else (), np.float32).reshape(-1, 4),
            scores=np.array(video.scores if video else (), np.float32),
            audio=self._store.audio(audio) if audio else np.zeros(0, np.float32),
            duration=max(e.duration for e in (video, audio) if e is not None),
            problems=clip.problems,
            looked_at=video.looked_at if video else 0,
        )

    def problems(self) -> pd.DataFrame:
        """Return one row per clip and problem: `clip`, `reason`, `usable`."""
        rows = [
            (clip.record.id, problem, clip.usable)
            for clip in self.clips
            for problem in clip.problems
        ]
        return pd.DataFrame(rows, columns=["clip", "reason", "usable"])

    def summary(self) -> dict[str, Any]:
        """Return counts: clips, usable clips, actors, clips by class and by problem."""
        return {
            "clips": len(self.clips),
            "usable": sum(clip.usable for clip in self.clips),
            "actors": len({clip.record.actor for clip in self.clips}),
            "classes": dict(Counter(clip.record.label for clip in self.clips)),
            "problems": dict(Counter(p for clip in self.clips for p in clip.problems)),
        }

    def _clip(self, record: ClipRecord, keys: list[str]) -> PreparedClip:
        entries = self._store.entries
        video = audio = None
        for source, key in zip(sources_of(record), keys, strict=True):
            if key not in entries:
                raise CorpusError(
                    f"{self.folder}: the data of clip '{record.id}' are gone; prepare it again"
                )
            video = entries[key] if source.video is not None else video
            audio = entries[key] if source.audio is not None else audio
        return PreparedClip(record, video, audio)


def _read_description(folder: Path) -> dict[str, Any]:
    path = folder / DESCRIPTION
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise CorpusError(
            f"{folder}: no finished prepared corpus here; run 'mrpn prepare' (it resumes)"
        ) from None
    except ValueError:
        raise CorpusError(f"{path}: not the description of a prepared corpus") from None
    return description
