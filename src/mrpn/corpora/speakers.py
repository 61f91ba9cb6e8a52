"""Corpora of speakers, in VoxCeleb's and LibriSpeech's layouts: the label is who speaks."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from mrpn.common.archives import open_file
from mrpn.common.errors import CorpusError
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.naming import natural_key, safe_id
from mrpn.corpora.scan import AUDIO_SUFFIXES, VIDEO_SUFFIXES, media_files, note_of

VOXCELEB_LICENCE = "CC BY 4.0 (metadata); the videos belong to their owners"
LIBRISPEECH_LICENCE = "CC BY 4.0"
_VOXCELEB = re.compile(r"(?:.*/)?(?P<speaker>id\d{5})/(?P<session>[^/]+)/(?P<number>[^/]+)")
_LIBRISPEECH = re.compile(r"(?:.*/)?(?P<speaker>\d+)-(?P<session>\d+)-(?P<number>\d+)")
# `id10001 <tab> A.J._Buckley <tab> m <tab> Ireland <tab> dev`, and with commas in VoxCeleb2.
_VOXCELEB_SEX = re.compile(r"(?P<speaker>id\d{5})\b.*?[\t,]\s*(?P<sex>[mf])\s*[\t,]")
# `14   | F | train-clean-360  | 25.03 | Kristin LeMoine`
_LIBRISPEECH_SEX = re.compile(r"(?P<speaker>\d+)\s*\|\s*(?P<sex>[MF])\s*\|")
_SEX = {"m": "male", "f": "female"}


def read_voxceleb(folder: Path) -> Manifest:
    """Read speakers in VoxCeleb's layout: `id10001/VIDEO/00001.wav`, also m4a and mp4.

    Folders above the speaker's, such as `dev/aac` and `dev/mp4`, do not matter: files of one
    speaker, video and number are one clip. Picture and sound come from the mp4; the sound from
    the sound file where there is one. The sexes come from `vox1_meta.csv` or `vox2_meta.csv`
    where they are there.

    Args:
        folder: holds the files, in whatever folders and archives.

    Raises CorpusError if there is no such folder, or no clip of that layout in it.
    """
    return _read(
        folder,
        "voxceleb",
        VOXCELEB_LICENCE,
        VIDEO_SUFFIXES | AUDIO_SUFFIXES,
        _VOXCELEB,
        _sexes(folder, ("vox1_meta.csv", "vox2_meta.csv"), _VOXCELEB_SEX),
        "media like id10001/VIDEO/00001.wav",
    )


def read_librispeech(folder: Path) -> Manifest:
    """Read speakers in LibriSpeech's layout: `SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTTERANCE.flac`.

    The file's name alone decides, so the folders may be others. The sexes come from
    `SPEAKERS.TXT` where it is there.

    Args:
        folder: holds the files, in whatever folders and archives.

    Raises CorpusError if there is no such folder, or no utterance of that layout in it.
    """
    return _read(
        folder,
        "librispeech",
        LIBRISPEECH_LICENCE,
        AUDIO_SUFFIXES,
        _LIBRISPEECH,
        _sexes(folder, ("SPEAKERS.TXT",), _LIBRISPEECH_SEX),
        "sound files like 103/1240/103-1240-0000.flac",
    )


def _read(
    folder: Path,
    name: str,
    licence: str,
    suffixes: Collection[str],
    pattern: re.Pattern[str],
    sexes: dict[str, str],
    wanted: str,
) -> Manifest:
    clips: dict[tuple[str, str, str], list[PurePosixPath]] = defaultdict(list)
    strangers = []
    files = media_files(folder, suffixes)
    for file in files:
        match = pattern.fullmatch(str(file.with_suffix("")))
        if match is None:
            strangers.append(file)
        else:
            clips[match["speaker"], match["session"], match["number"]].append(file)
    if not clips:
        raise CorpusError(f"{folder}: no speakers in the layout of {name}; looked for {wanted}")
    speakers = {speaker for speaker, _, _ in clips}
    return Manifest(
        name=name,
        root=folder,
        classes=tuple(sorted(speakers, key=natural_key)),
        records=tuple(
            _record(clip, clips[clip], sexes.get(clip[0]))
            for clip in sorted(clips, key=lambda clip: [natural_key(part) for part in clip])
        ),
        licence=licence,
        notes=(*files.notes, *note_of(f"outside the layout of {name} left out", strangers)),
    )


def _record(
    clip: tuple[str, str, str], files: Iterable[PurePosixPath], sex: str | None
) -> ClipRecord:
    speaker, session, number = clip
    places = sorted(files, key=lambda file: (len(file.parts), file))
    video = next((str(file) for file in places if file.suffix.lower() in VIDEO_SUFFIXES), None)
    audio = next((str(file) for file in places if file.suffix.lower() in AUDIO_SUFFIXES), video)
    return ClipRecord(
        id=safe_id("-".join(clip)),
        label=speaker,
        actor=speaker,
        sex=sex,
        video=video,
        audio=audio,
        extra={"session": session, "number": number},
    )


def _sexes(folder: Path, names: Collection[str], pattern: re.Pattern[str]) -> dict[str, str]:
    """Return the sex of each speaker that the corpus's own tables tell."""
    found: dict[str, str] = {}
    for table in media_files(folder, {".csv", ".txt"}):
        if table.name not in names:
            continue
        with open_file(folder / table) as file:
            for line in file.read().decode("utf-8", "replace").splitlines():
                if match := pattern.match(line):
                    found[match["speaker"]] = _SEX[match["sex"].lower()]
    return found
