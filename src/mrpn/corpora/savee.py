"""SAVEE (Haq and Jackson, 2009): four men, seven emotions, face and voice or voice alone."""

import re
from collections import defaultdict
from pathlib import Path, PurePosixPath

from mrpn.common.errors import CorpusError
from mrpn.corpora.folds import FoldSet, Protocol, rotating_folds
from mrpn.corpora.labels import order_classes
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.published import Published
from mrpn.corpora.scan import AUDIO_SUFFIXES, VIDEO_SUFFIXES, media_files, note_of

LICENCE = "research use, by registration with its makers"
SPEAKERS = ("DC", "JE", "JK", "KL")
_EMOTIONS = {
    "a": "angry",
    "d": "disgust",
    "f": "fearful",
    "h": "happy",
    "n": "neutral",
    "sa": "sad",
    "su": "surprised",
}
_CLASSES = order_classes(_EMOTIONS.values())
PUBLISHED = Published(
    clips=480,
    actors=4,
    classes={name: 120 if name == "neutral" else 60 for name in _CLASSES},
)
_NAME = re.compile(
    rf"((?P<speaker>{'|'.join(SPEAKERS)})_)?"
    r"(?P<sentence>(?P<emotion>sa|su|[adfhn])(?P<number>\d\d))"
)


def read_savee(folder: Path) -> Manifest:
    """Read SAVEE, as `DC_a01.wav` in one folder or as `DC/a01.wav`, with video as avi or mp4.

    The picture comes from the video; the sound from the sound file where there is one, otherwise
    from the video.

    Args:
        folder: holds the files, in whatever folders and archives.

    Raises CorpusError if there is no such folder, or no clip of SAVEE in it.
    """
    clips: dict[tuple[str, str], list[PurePosixPath]] = defaultdict(list)
    strangers = []
    files = media_files(folder, VIDEO_SUFFIXES | AUDIO_SUFFIXES)
    for file in files:
        match = _NAME.fullmatch(file.stem)
        above = next((part for part in reversed(file.parts[:-1]) if part in SPEAKERS), None)
        speaker = above if match is None else match["speaker"] or above
        if match is None or speaker is None:
            strangers.append(file)
        else:
            clips[speaker, match["sentence"]].append(file)
    if not clips:
        raise CorpusError(
            f"{folder}: no clips of SAVEE; looked for media named like DC_a01.wav or DC/a01.wav"
        )
    return Manifest(
        name="savee",
        root=folder,
        classes=_CLASSES,
        records=tuple(_record(*clip, clips[clip]) for clip in sorted(clips)),
        licence=LICENCE,
        notes=(*files.notes, *note_of("outside SAVEE's naming scheme left out", strangers)),
    )


def savee_folds(protocol: Protocol = "strict") -> FoldSet:
    """Return the four folds of SAVEE, one speaker each: DC, JE, JK, KL (ours)."""
    return rotating_folds(
        {"male": SPEAKERS}, name=f"savee-{protocol}", prefix="", protocol=protocol
    )


def _record(speaker: str, sentence: str, files: list[PurePosixPath]) -> ClipRecord:
    def first(suffixes: frozenset[str]) -> str | None:
        return next((str(file) for file in files if file.suffix.lower() in suffixes), None)

    video = first(VIDEO_SUFFIXES)
    return ClipRecord(
        id=f"{speaker}_{sentence}",
        label=_EMOTIONS[sentence[:-2]],
        actor=speaker,
        sex="male",
        video=video,
        audio=first(AUDIO_SUFFIXES) or video,
    )
