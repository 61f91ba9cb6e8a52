"""RAVDESS (Livingstone and Russo, 2018): trials paired over their three modalities."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import BeforeValidator

from mrpn.common.errors import CorpusError
from mrpn.corpora.labels import EMOTIONS
from mrpn.corpora.manifest import ClipRecord, Kind, Manifest
from mrpn.corpora.published import Published
from mrpn.corpora.scan import AUDIO_SUFFIXES, VIDEO_SUFFIXES, media_files, note_of

LICENCE = "CC BY-NC-SA 4.0"
_SPEECH = {name: 96 if name == "neutral" else 192 for name in EMOTIONS}
# Actor 18 recorded no songs: 23 actors of 44 each.
_SONG = {name: 92 if name == "neutral" else 184 for name in EMOTIONS[:6]}
_ALL = {name: count + _SONG.get(name, 0) for name, count in _SPEECH.items()}
_NAMES = {"speech": "ravdess", "song": "ravdess-song", "both": "ravdess-both"}
PUBLISHED = {
    "ravdess": Published(clips=1440, actors=24, classes=_SPEECH),
    "ravdess-song": Published(clips=1012, actors=23, classes=_SONG),
    "ravdess-both": Published(clips=2452, actors=24, classes=_ALL),
}
_NAME = re.compile(
    r"(?P<modality>0[123])-(?P<trial>(?P<channel>0[12])-(?P<emotion>0[1-8])-(?P<intensity>0[12])"
    r"-(?P<statement>0[12])-(?P<repetition>0[12])-(?P<actor>0[1-9]|1\d|2[0-4]))"
)
_BOTH, _PICTURE, _SOUND = "01", "02", "03"
_CHANNELS = {"01": "speech", "02": "song"}
_INTENSITIES = {"01": "normal", "02": "strong"}
_STATEMENTS = {"01": "kids", "02": "dogs"}

# The files that a trial's picture and sound are taken from, the first that is there.
_TAKEN = {
    "auto": ((_BOTH, _PICTURE), (_BOTH, _SOUND)),
    "01": ((_BOTH,), (_BOTH,)),
    "02+03": ((_PICTURE,), (_SOUND,)),
    "03": ((), (_SOUND,)),
}

Channel = Literal["speech", "song", "both"]
# On the command line 01 is a number, since settings are read as YAML.
Modality = Annotated[
    Literal["auto", "01", "02+03", "03"],
    BeforeValidator(lambda given: f"{given:02d}" if type(given) is int else given),
]
Trial = Mapping[str, PurePosixPath]


def read_ravdess(
    folder: Path,
    *,
    channel: Channel = "speech",
    modality: Modality = "auto",
    name: str | None = None,
    licence: str = LICENCE,
    kind: Kind = "recorded",
) -> Manifest:
    """Read a folder with RAVDESS's files, however they lie in sub-folders and zip archives.

    Files are named modality-channel-emotion-intensity-statement-repetition-actor; a trial is
    what agrees in the last six fields, and counts once. Actors of odd number are men.

    Args:
        folder: holds mp4, wav or flac files under RAVDESS's names; or one of its archives.
        channel: "speech" (the paper's 1,440 trials, eight classes), "song" (1,012, six
            classes) or "both".
        modality: which files a trial is made of: "01" (picture with sound), "02+03" (the same
            picture without, and the same sound alone), "03" (sound alone); a trial that lacks
            one of them is left out. "auto" takes 01, and from 02 and 03 what is not there.
        name: name of the corpus; "ravdess", "ravdess-song" or "ravdess-both" by default.
        licence, kind: for corpora under RAVDESS's names that are not RAVDESS.

    Raises:
        CorpusError: no such folder, or no trial of that channel and modality in it.
    """
    files = media_files(folder, VIDEO_SUFFIXES | AUDIO_SUFFIXES)
    found = _sort_out(files, channel)
    trials = {name: files for name, files in found.trials.items() if _complete(files, modality)}
    if not trials:
        wanted = "" if modality == "auto" else f" of modality {modality}"
        raise CorpusError(
            f"{folder}: no RAVDESS {channel} trials{wanted}; looked for mp4, wav or flac files "
            f"with names like 03-{'02' if channel == 'song' else '01'}-05-01-02-01-12.wav and "
            f"found {len(files)} media files, no such trial among them"
        )
    notes = (
        *files.notes,
        *note_of("outside RAVDESS's naming scheme left out", found.strangers),
        *note_of(f"of another vocal channel than {channel} left out", found.other_channel),
        *note_of(
            f"without all files of modality {modality} left out",
            sorted(found.trials.keys() - trials.keys()),
            "trial",
        ),
        *note_of(
            "of a trial and modality that are there already left out (the one in its actor's "
            "folder is taken, then the one in the fewest folders)",
            found.duplicates,
        ),
    )
    return Manifest(
        name=name or _NAMES[channel],
        root=folder,
        classes=EMOTIONS[:6] if channel == "song" else EMOTIONS,
        records=tuple(_record(trial, trials[trial], modality) for trial in sorted(trials)),
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


def _sort_out(files: Sequence[PurePosixPath], channel: Channel) -> _Found:
    trials: dict[str, dict[str, PurePosixPath]] = defaultdict(dict)
    found = _Found(trials, [], [], [])
    for file in sorted(files, key=_preference):
        match = _NAME.fullmatch(file.stem)
        if match is None or not _suits(match["modality"], file):
            found.strangers.append(file)
        elif channel not in ("both", _CHANNELS[match["channel"]]):
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


def _complete(files: Trial, modality: str) -> bool:
    return modality == "auto" or all(part in files for part in modality.split("+"))


def _record(trial: str, files: Trial, modality: str) -> ClipRecord:
    channel, emotion, intensity, statement, repetition, actor = trial.split("-")
    video, audio = (
        next((files[part] for part in taken if part in files), None) for taken in _TAKEN[modality]
    )
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
