"""EmoDB (Burkhardt et al., 2005): German voices of ten actors, seven emotions."""

import re
from pathlib import Path

from mrpn.common.errors import CorpusError
from mrpn.corpora.folds import FoldSet, Protocol, rotating_folds
from mrpn.corpora.labels import order_classes
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.published import Published
from mrpn.corpora.scan import AUDIO_SUFFIXES, media_files, note_of

LICENCE = "free to use, as its makers say; no licence comes with the files"
MEN = ("03", "10", "11", "12", "15")
WOMEN = ("08", "09", "13", "14", "16")
# By the German words: Wut, Langeweile, Ekel, Angst, Freude, Trauer, neutral.
_EMOTIONS = {
    "W": "angry",
    "L": "bored",
    "E": "disgust",
    "A": "fearful",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}
_CLASSES = order_classes(_EMOTIONS.values())
PUBLISHED = Published(
    clips=535,
    actors=10,
    classes={
        "neutral": 79,
        "happy": 71,
        "sad": 62,
        "angry": 127,
        "fearful": 69,
        "disgust": 46,
        "bored": 81,
    },
)
_NAME = re.compile(
    rf"(?P<actor>{'|'.join(MEN + WOMEN)})(?P<text>[ab]\d\d)"
    rf"(?P<emotion>[{''.join(_EMOTIONS)}])(?P<version>[a-z])"
)


def read_emodb(folder: Path) -> Manifest:
    """Read EmoDB's files, named like `03a01Fa.wav`: actor, text, emotion and version.

    Args:
        folder: holds the files, in whatever folders and archives.

    Raises CorpusError if there is no such folder, or no file of EmoDB in it.
    """
    records: dict[str, ClipRecord] = {}
    strangers = []
    files = media_files(folder, AUDIO_SUFFIXES)
    for file in files:
        match = _NAME.fullmatch(file.stem)
        if match is None or file.stem in records:
            strangers.append(file)
            continue
        records[file.stem] = ClipRecord(
            id=file.stem,
            label=_EMOTIONS[match["emotion"]],
            actor=match["actor"],
            sex="male" if match["actor"] in MEN else "female",
            video=None,
            audio=str(file),
            extra={"text": match["text"], "version": match["version"]},
        )
    if not records:
        raise CorpusError(
            f"{folder}: no recordings of EmoDB; looked for sound files named like 03a01Fa.wav"
        )
    return Manifest(
        name="emodb",
        root=folder,
        classes=_CLASSES,
        records=tuple(records[name] for name in sorted(records)),
        licence=LICENCE,
        notes=(
            *files.notes,
            *note_of("outside EmoDB's naming scheme, or there twice, left out", strangers),
        ),
    )


def emodb_folds(protocol: Protocol = "strict") -> FoldSet:
    """Return the five folds of EmoDB, one man and one woman each: A03,08 ... A15,16 (ours)."""
    return rotating_folds(
        {"male": MEN, "female": WOMEN}, name=f"emodb-{protocol}", protocol=protocol
    )
