"""RAVDESS (Livingstone and Russo, 2018): trials paired over their three modalities."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from mrpn.common.errors import CorpusError
from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.manifest import ClipRecord, Kind, Manifest
from mrpn.corpora.published import Published
from mrpn.corpora.scan import AUDIO_SUFFIXES, VIDEO_SUFFIXES, media_files, note_of

LICENCE = "CC BY-NC-SA 4.0"
PUBLISHED = Published(
    clips=1440,
    actors=24,
    classes={name: 96 if name == "neutral" else 192 for name in EMOTIONS},
)
_NAME = re.compile(
    r"(?P<modality>0[123])-(?P<trial>(?P<channel>0[12])-(?P<emotion>0[1-8])-(?P<intensity>0[12])"
    r"-(?P<statement>0[12])-(?P<repetition>0[12])-(?P<actor>0[1-9]|1\d|2[0-4]))"
)
_BOTH, _PICTURE, _SOUND = "01", "02", "03"
_CHANNELS = {"01": "speech", "02": "song"}
_INTENSITIES = {"01": "normal", "02": "strong"}
_STATEMENTS = {"01": "kids", "02": "dogs"}

Channel = Literal["speech", "song"]
Trial = Mapping[str, PurePosixPath]


def read_ravdess(
    folder: Path,
    *,
    channel: Channel = "speech",
    name: str | None = None,
    licence: str = LICENCE,
    kind: Kind = "recorded",
) -> Manifest:
    """Read a folder with RAVDESS's files, however they lie in sub-folders.

    Files are named modality-channel-emotion-intensity-statement-repetition-actor; a trial is
    what agrees in the last six fields, and counts once. Its picture comes from the file of
    modality 01 (both), otherwise 02 (picture alone); its sound from 01, otherwise 03 (sound
    alone). Actors of odd number are men.

    Args:
        folder: holds mp4, wav or flac files under RAVDESS's names.
        channel: "speech" (the paper's 1,440 trials, eight classes) or "song" (six classes).
        name: name of the corpus; "ravdess" or "ravdess-song" by default.
        licence, kind: for corpora under RAVDESS's names that are not RAVDESS.

    Raises:
        CorpusError: no such folder, or no trial of that channel in it.
    """
    files = media_files(folder, VIDEO_SUFFIXES | AUDIO_SUFFIXES)
    found = _sort_out(files, channel)
    if not found.trials:
        raise CorpusError(
            f"{folder}: no RAVDESS {channel} trials; looked for mp4, wav or flac files with names "
            f"like 03-{'01' if channel == 'speech' else '02'}-05-01-02-01-12.wav and found "
            f"{len(files)} media files of other names"
        )
    notes = (
        *note_of("outside RAVDESS's naming scheme left out", found.strangers),
        *note_of(f"of another vocal channel than {channel} left out", found.other_channel),
        *note_of(
            "of a trial and modality that are there already left out (the one in its actor's "
            "folder is taken, then the one in the fewest folders)",
            found.duplicates,
        ),
    )
    return Manifest(
        name=name or ("ravdess" if channel == "speech" else "ravdess-song"),
        root=folder,
        classes=EMOTIONS if channel == "speech" else EMOTIONS[:6],
        records=tuple(_record(trial, found.trials[trial]) for trial in sorted(found.trials)),
        licence=licence,
        notes=notes,
        kind=kind,
    )


@dataclass(frozen=True)
class _Found:
    trials: Mapping[str, Trial]
    strangers: list[PurePosixPath]
    other_channel: list[PurePosixPath]
    duplicates: list[PurePosixPath]


def _sort_out(files: list[PurePosixPath], channel: Channel) -> _Found:
    trials: dict[str, dict[str, PurePosixPath]] = defaultdict(dict)
    found = _Found(trials, [], [], [])
    for file in sorted(files, key=_preference):
        match = _NAME.fullmatch(file.stem)
        if match is None or not _suits(match["modality"], file):
            found.strangers.append(file)
        elif _CHANNELS[match["channel"]] != channel:
            found.other_channel.append(file)
        elif match["modality"] in trials[match["trial"]]:
            found.duplicates.append(file)
        else:
            trials[match["trial"]][match["modality"]] = file
    return found


def _suits(modality: str, file: PurePosixPath) -> bool:
    return modality == _SOUND or file.suffix.lower() in VIDEO_SUFFIXES


def _preference(file: PurePosixPath) -> tuple[bool, int, PurePosixPath]:
    in_its_folder = file.parent.name == f"Actor_{file.stem[-2:]}"
    return (not in_its_folder, len(file.parts), file)


def _record(trial: str, files: Trial) -> ClipRecord:
    channel, emotion, intensity, statement, repetition, actor = trial.split("-")
    video = files.get(_BOTH) or files.get(_PICTURE)
    audio = files.get(_BOTH) or files.get(_SOUND)
    return ClipRecord(
        id=(video or files[_SOUND]).stem,
        label=EMOTIONS[int(emotion) - 1],
        actor=str(int(actor)),
        sex="male" if int(actor) % 2 else "female",
        video=None if video is None else str(video),
        audio=None if audio is None else str(audio),
        extra={
            "channel": _CHANNELS[channel],
            "intensity": _INTENSITIES[intensity],
            "statement": _STATEMENTS[statement],
            "repetition": str(int(repetition)),
        },
    )
