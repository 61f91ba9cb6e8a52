"""A prepared corpus: what training and evaluation read clips from."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mrpn.common.config import validate
from mrpn.common.errors import CorpusError
from mrpn.common.files import value_digest
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import Clip, ClipSettings, Faces, is_still
from mrpn.preparation.entry import Entry
from mrpn.preparation.faces import FaceJournal
from mrpn.preparation.sources import sources_of
from mrpn.preparation.store import StoreReader

DESCRIPTION = "corpus.json"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class PreparedClip:
    """One clip of the corpus: its record and the places of its picture, sound and arrays."""

    record: ClipRecord
    video: Entry | None
    audio: Entry | None
    arrays: Entry | None = None

    @property
    def problems(self) -> tuple[str, ...]:
        """What was amiss when the clip was read: failures first, then what is missing."""
        parts = (self.video, self.audio, self.arrays)
        entries = list({e.key: e for e in parts if e is not None}.values())
        failures = tuple(e.failure for e in entries if e.failure)
        return failures + tuple(problem for e in entries for problem in e.problems)

    @property
    def still(self) -> bool:
        """Whether the picture is a single image rather than a film."""
        return self.record.video is not None and is_still(Path(self.record.video))

    @property
    def duration(self) -> float:
        """Seconds of crops and sound, whichever is longer."""
        return max((e.duration for e in (self.video, self.audio) if e is not None), default=0.0)

    @property
    def usable(self) -> bool:
        """Whether the clip has at least one crop, one sample of sound, or one row of an array."""
        arrays = self.arrays.arrays if self.arrays is not None else ()
        return any(self.has(modality) for modality in ("video", "audio", *arrays))

    def has(self, modality: str) -> bool:
        """Whether there is anything of a modality: "video", "audio", or the name of an array.

        An array called "video" or "audio" stands in the place of crops or sound.
        """
        if self.arrays is not None and modality in self.arrays.arrays:
            return self.arrays.arrays[modality][1] > 0
        if modality == "video":
            return self.video is not None and self.video.frames > 0
        return modality == "audio" and self.audio is not None and self.audio.samples > 0


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
        contents = [
            [e.content if e else "" for e in (c.video, c.audio, c.arrays)] for c in self.clips
        ]
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

    @property
    def may_be_mended(self) -> bool:
        """Whether a clip failed by what may have passed since: preparing again tries it."""
        return any(
            entry.passing
            for clip in self.clips
            for entry in (clip.video, clip.audio, clip.arrays)
            if entry is not None
        )

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
        video = clip.video
        return Clip(
            frames=self.crops(clip),
            times=self.times(clip),
            boxes=np.array(video.boxes if video else (), np.float32).reshape(-1, 4),
            scores=np.array(video.scores if video else (), np.float32),
            audio=self.sound(clip),
            duration=clip.duration,
            problems=clip.problems,
            looked_at=video.looked_at if video else 0,
        )

    def crops(
        self, clip: PreparedClip, first: int = 0, after: int | None = None
    ) -> NDArray[np.uint8]:
        """Return a clip's crops from `first` to before `after`, uint8 [T, S, S, 3]."""
        if clip.video is None or not clip.video.frames:
            return np.zeros((0, self.settings.size, self.settings.size, 3), np.uint8)
        return self._store.frames(clip.video, first, after)

    def times(self, clip: PreparedClip) -> NDArray[np.float64]:
        """Return the times of a clip's crops in seconds, float64 [T]."""
        return np.array(clip.video.times if clip.video else (), np.float64)

    def sound(self, clip: PreparedClip) -> NDArray[np.float32]:
        """Return a clip's wave, float32 [N] in [-1, 1]."""
        return self._store.audio(clip.audio) if clip.audio else np.zeros(0, np.float32)

    def arrays(self, clip: PreparedClip) -> dict[str, NDArray[np.float32]]:
        """Return a clip's arrays by modality, float32 [T, D]."""
        return self._store.arrays(clip.arrays) if clip.arrays else {}

    def array_widths(self) -> dict[str, int]:
        """Return the width D of each modality that is given as arrays.

        Raises CorpusError if two clips differ in it.
        """
        widths: dict[str, int] = {}
        for clip in self.clips:
            for name, (_, _, width) in clip.arrays.arrays.items() if clip.arrays else ():
                if widths.setdefault(name, width) != width:
                    raise CorpusError(
                        f"{self.folder}: clip '{clip.record.id}' has {width} columns of {name}, "
                        f"others have {widths[name]}; every clip needs as many"
                    )
        return widths

    def faces(self, clip: PreparedClip) -> Faces | None:
        """Return all faces that were found in a clip's film; None where none were looked for."""
        if clip.video is None:
            return None
        return self._faces.get(self.description["faces"].get(clip.video.key))

    def problems(self) -> pd.DataFrame:
        """Return one row per clip and problem: `clip`, `reason`, `usable`."""
        rows = [
            (clip.record.id, problem, clip.usable)
            for clip in self.clips
            for problem in clip.problems
        ]
        return pd.DataFrame(rows, columns=["clip", "reason", "usable"])

    def summary(self) -> dict[str, Any]:
        """Return counts: clips, usable clips, actors, clips by class and by problem, bytes."""
        return {
            "clips": len(self.clips),
            "usable": sum(clip.usable for clip in self.clips),
            "actors": len({clip.record.actor for clip in self.clips}),
            "classes": dict(Counter(clip.record.label for clip in self.clips)),
            "problems": dict(Counter(p for clip in self.clips for p in clip.problems)),
            "bytes": sum(path.stat().st_size for path in self.folder.iterdir()),
        }

    @cached_property
    def _faces(self) -> FaceJournal:
        return FaceJournal(self.folder)

    def _clip(self, record: ClipRecord, keys: list[str]) -> PreparedClip:
        entries = self._store.entries
        found: dict[str, Entry] = {}
        for source, key in zip(sources_of(record), keys, strict=True):
            if key not in entries:
                raise CorpusError(
                    f"{self.folder}: the data of clip '{record.id}' are gone; prepare it again"
                )
            for part in ("video", "audio", "arrays"):
                if getattr(source, part) is not None:
                    found[part] = entries[key]
        return PreparedClip(record, *(found.get(part) for part in ("video", "audio", "arrays")))


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
