"""Voices as vectors of features that others designed or learned, kept once they are computed."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from packages import need

from mrpn.common.files import atomic_path, file_digest, value_digest
from mrpn.common.progress import say, track
from mrpn.corpora import ClipRecord, Manifest
from mrpn.media import read_audio

RATE = 16000
Extract = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class FeatureSet:
    """A way to turn a waveform into one vector.

    Args:
        name: of the features, in the names of results.
        title: the same in words.
        module, requirement: the package that computes them, as `need` takes them.
        open: loads what is needed and returns the function of a mono waveform at 16 kHz.
    """

    name: str
    title: str
    module: str
    requirement: str
    open: Callable[[], Extract]


@dataclass(frozen=True)
class Features:
    """The features of a corpus, clip by clip in the manifest's order.

    Args:
        values: float32 [clips, size].
        media: sha256 of all sound files together with their clips' ids.
    """

    values: NDArray[np.float32]
    media: str


def extract(manifest: Manifest, features: FeatureSet, work: Path) -> Features:
    """Return the features of all clips, computed actor by actor and kept under `work`.

    What an earlier run left there is used if the clips and their files' content are the same.
    """
    need(features.module, features.requirement)
    package = features.requirement.partition("==")[0]
    folder = work / f"{manifest.name}-{features.name}-{version(package)}"
    rows: dict[str, NDArray[np.float32]] = {}
    digests: dict[str, str] = {}
    function: Extract | None = None
    for actor in track(manifest.actors, features.title):
        clips = [record for record in manifest.records if record.actor == actor]
        files = {clip.id: file_digest(_sound(manifest, clip)) for clip in clips}
        path = folder / f"{actor}.npz"
        kept = _load(path, files)
        if kept is None:
            function = function or features.open()
            kept = _compute(manifest, clips, files, function, path)
            say(f"{features.title}: actor {actor} done")
        rows |= dict(zip(files, kept, strict=True))
        digests |= files
    ordered = np.stack([rows[record.id] for record in manifest.records])
    return Features(ordered, value_digest(digests))


def _sound(manifest: Manifest, clip: ClipRecord) -> Path:
    return manifest.file(clip.audio or clip.video or "")


def _load(path: Path, files: dict[str, str]) -> NDArray[np.float32] | None:
    if not path.exists():
        return None
    with np.load(path) as kept:
        known = dict(zip(kept["clips"].tolist(), kept["files"].tolist(), strict=True))
        return kept["values"] if known == files else None


def _compute(
    manifest: Manifest,
    clips: list[ClipRecord],
    files: dict[str, str],
    function: Extract,
    path: Path,
) -> NDArray[np.float32]:
    values = np.stack([function(read_audio(_sound(manifest, clip), RATE)) for clip in clips])
    with atomic_path(path) as partial:
        np.savez(partial, values=values, clips=list(files), files=list(files.values()))
    return values


def _opensmile(name: str) -> Callable[[], Extract]:
    def load() -> Extract:
        import opensmile

        smile = opensmile.Smile(
            feature_set=opensmile.FeatureSet[name],
            feature_level=opensmile.FeatureLevel.Functionals,
        )
        return lambda wave: smile.process_signal(wave, RATE).to_numpy(np.float32)[0]

    return load


def _resemblyzer() -> Extract:
    from resemblyzer import VoiceEncoder, preprocess_wav

    encoder = VoiceEncoder("cpu", verbose=False)
    return lambda wave: encoder.embed_utterance(preprocess_wav(wave, RATE))


SMILE = ("opensmile", "opensmile==2.6.0")
COMPARE = FeatureSet(
    "compare",
    "openSMILE ComParE 2016, 6,373 functionals",
    *SMILE,
    _opensmile("ComParE_2016"),
)
EGEMAPS = FeatureSet(
    "egemaps", "openSMILE eGeMAPSv02, 88 functionals", *SMILE, _opensmile("eGeMAPSv02")
)
RESEMBLYZER = FeatureSet(
    "resemblyzer",
    "Resemblyzer speaker embedding, 256",
    "resemblyzer",
    "Resemblyzer==0.1.4",
    _resemblyzer,
)
