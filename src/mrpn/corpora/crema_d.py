"""CREMA-D (Cao et al., 2014): 91 actors, six emotions, as acted or as the raters saw them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from mrpn.common.errors import CorpusError
from mrpn.corpora import crema_d_tables as tables
from mrpn.corpora.crema_d_actors import crema_d_sex
from mrpn.corpora.crema_d_tables import EMOTION_OF, RATERS, Raters, acted_emotion
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.pointers import is_lfs_pointer, pointer_note
from mrpn.corpora.published import Published
from mrpn.corpora.scan import AUDIO_SUFFIXES, VIDEO_SUFFIXES, media_files, note_of
from mrpn.corpora.votes import Votes, agreement, as_extra, plurality, ties

LICENCE = "ODbL 1.0 (database), DbCL 1.0 (contents)"
BROKEN = {
    "1064_IEO_DIS_MD": "a minute long, with every emotion in it",
    "1064_TIE_SAD_XX": "empty or broken",
    "1076_MTI_NEU_XX": "empty or broken",
    "1076_MTI_SAD_XX": "empty or broken",
}
_CLASSES = tuple(EMOTION_OF.values())
_LISTED = {name: 1087 if name == "neutral" else 1271 for name in _CLASSES}
_LOST = [acted_emotion(clip) for clip in BROKEN]
PUBLISHED = {
    "crema-d": Published(
        clips=7442 - len(BROKEN),
        actors=91,
        classes={name: count - _LOST.count(name) for name, count in _LISTED.items()},
    ),
    # The votes of the 7,438 clips that are whole, less the ties.
    "crema-d-plurality-both": Published(clips=7018, actors=91, classes={}),
    "crema-d-plurality-voice": Published(clips=6794, actors=91, classes={}),
    "crema-d-plurality-face": Published(clips=6968, actors=91, classes={}),
}
# One file of the corpus is named with a single X.
_NAME = re.compile(
    rf"(?P<start>10([0-8]\d|9[01])_[A-Z]{{3}}_({'|'.join(EMOTION_OF)}))_(?P<level>LO|MD|HI|XX?)"
)
_LEVELS = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified"}
_PICTURES = (".flv", *sorted(VIDEO_SUFFIXES - {".flv"}))
_SOUNDS = (".wav", *sorted(AUDIO_SUFFIXES - {".wav"}))

Labels = Literal["acted", "plurality"]
Place = PurePosixPath


def read_crema_d(
    folder: Path,
    *,
    labels: Labels = "acted",
    raters: Raters = "both",
    missing: Literal["skip", "list"] = "skip",
    name: str | None = None,
) -> Manifest:
    """Read CREMA-D from a clone of its repository, its zip, or any folder with its files.

    The clips are those of `SentenceFilenames.csv` without the four that are known to be broken.
    Picture and sound come from `VideoFlash`, the sound alone from `AudioWAV`, then `AudioMP3`
    where the picture is not there. Git LFS pointers count as not there. The raters' votes are
    kept with every clip (`extra["votes.<class>"]`), for `soft_labels`.

    Args:
        folder: holds the files, in whatever folders and archives.
        labels: "acted", what the actor was asked for; or "plurality", what most raters said,
            where clips with a tie are left out.
        raters: whose votes: of those who were given "both" face and voice, the "voice" or the
            "face".
        missing: "skip" clips without media, or "list" every clip with the files it should have.
        name: name of the corpus; "crema-d" or "crema-d-plurality-<raters>" by default.

    Raises:
        CorpusError: no such folder, no clip of CREMA-D in it, or nothing but pointers; labels
            by plurality without `processedResults/tabulatedVotes.csv`.
    """
    files = media_files(folder, VIDEO_SUFFIXES | AUDIO_SUFFIXES | {".csv"})
    places = tables.tables_of(files)
    found = _sort_out(folder, [file for file in files if file.suffix.lower() != ".csv"])
    listed = _listed(folder, places) or tuple(sorted(found.media.keys() | found.pointers.keys()))
    votes = _votes(folder, places, raters, needed=labels == "plurality")
    records: list[ClipRecord] = []
    absent: list[str] = []
    tied: list[str] = []
    for clip in listed:
        if clip in BROKEN:
            continue
        counts = votes.get(clip, {})
        label = acted_emotion(clip) if labels == "acted" else plurality(counts)
        video, audio = _addresses(found.media[clip])
        if missing == "list":
            video = video or found.pointers.get(clip) or _expected(places, clip)
        if label is None:
            tied.append(clip)
        elif video is None and audio is None:
            absent.append(clip)
        else:
            records.append(_record(clip, label, counts, video, audio or video))
    if not records:
        raise CorpusError(f"{folder}: {_nothing(found)}")
    return Manifest(
        name=name or ("crema-d" if labels == "acted" else f"crema-d-plurality-{raters}"),
        root=folder,
        classes=_CLASSES,
        records=tuple(records),
        licence=LICENCE,
        notes=(
            *files.notes,
            *(f"{clip} left out: {reason}" for clip, reason in BROKEN.items() if clip in listed),
            *([pointer_note(len(found.pointers))] if found.pointers else []),
            *note_of("without media left out", absent, "clip"),
            *note_of(f"without a plurality of the raters ({raters}) left out", tied, "clip"),
            *note_of(
                "outside CREMA-D's naming scheme and list left out",
                [*found.strangers, *sorted(found.media.keys() - set(listed))],
            ),
            *(() if votes else (f"no {tables.VOTES} here, so no votes and no soft labels",)),
        ),
    )


def crema_d_remarks(manifest: Manifest) -> tuple[str, ...]:
    """Return how many clips CREMA-D's list names, and how far its raters agree with the actors.

    Nothing where the tables are not there. For `mrpn corpus check`; the agreement is over all
    clips of the table, and a tie counts as disagreement.

    Raises CorpusError if a table cannot be read.
    """
    places = tables.tables_of(media_files(manifest.root, {".csv"}))
    listed = _listed(manifest.root, places)
    lines = [f"{len(listed):,} clips are listed, {len(BROKEN)} of them known to be broken"]
    if tables.VOTES in places:
        votes = tables.read_votes(manifest.root / places[tables.VOTES])
        for raters in RATERS:
            acted = {clip: acted_emotion(clip) for clip in votes[raters]}
            share = agreement(votes[raters], acted)
            lines.append(
                f"the raters' plurality ({raters}) is the acted emotion in {share:.1%} of "
                f"{len(acted):,} clips; {ties(votes[raters])} ties count as disagreement"
            )
    return tuple(lines if listed else lines[1:])


@dataclass(frozen=True)
class _Found:
    media: dict[str, dict[str, Place]] = field(default_factory=lambda: defaultdict(dict))
    pointers: dict[str, Place] = field(default_factory=dict)
    strangers: list[Place] = field(default_factory=list)


def _sort_out(folder: Path, files: Iterable[Place]) -> _Found:
    """Return the media by clip and suffix, and the pictures that are pointers by clip."""
    found = _Found()
    for file in files:
        match = _NAME.fullmatch(file.stem)
        suffix = file.suffix.lower()
        if match is None:
            found.strangers.append(file)
        elif not is_lfs_pointer(folder / file):
            found.media[_clip(match)].setdefault(suffix, file)
        elif suffix in VIDEO_SUFFIXES or _clip(match) not in found.pointers:
            found.pointers[_clip(match)] = file
    return found


def _clip(match: re.Match[str]) -> str:
    return f"{match['start']}_{match['level'].replace('XX', 'X').replace('X', 'XX')}"


def _listed(folder: Path, places: Mapping[str, Place]) -> tuple[str, ...]:
    return tables.read_list(folder / places[tables.LIST]) if tables.LIST in places else ()


def _votes(
    folder: Path, places: Mapping[str, Place], raters: Raters, *, needed: bool
) -> Mapping[str, Votes]:
    if tables.VOTES in places:
        return tables.read_votes(folder / places[tables.VOTES])[raters]
    if needed:
        raise CorpusError(
            f"{folder}: labels by plurality need processedResults/{tables.VOTES}, which is not "
            "there; download it, or take the acted labels"
        )
    return {}


def _addresses(own: Mapping[str, Place]) -> tuple[Place | None, Place | None]:
    video = next((own[suffix] for suffix in _PICTURES if suffix in own), None)
    return video, video or next((own[suffix] for suffix in _SOUNDS if suffix in own), None)


def _expected(places: Mapping[str, Place], clip: str) -> Place:
    base = places[tables.LIST].parent if tables.LIST in places else Place()
    return base / "VideoFlash" / f"{clip}.flv"


def _nothing(found: _Found) -> str:
    if found.pointers:
        return f"no media of CREMA-D: {pointer_note(len(found.pointers))}"
    return (
        "no clips of CREMA-D; looked for media with names like 1001_DFA_ANG_XX.flv, as in its "
        "folders VideoFlash, AudioWAV and AudioMP3"
    )


def _record(
    clip: str, label: str, votes: Votes, video: Place | None, audio: Place | None
) -> ClipRecord:
    actor, sentence, _, level = clip.split("_")
    return ClipRecord(
        id=clip,
        label=label,
        actor=actor,
        sex=crema_d_sex(actor),
        video=None if video is None else str(video),
        audio=None if audio is None else str(audio),
        extra={
            "acted": acted_emotion(clip),
            "level": _LEVELS[level],
            "sentence": sentence,
            **as_extra(votes),
        },
    )
