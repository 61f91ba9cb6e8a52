"""The user's own clips: one folder per label, read as they lie."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from pathlib import Path, PurePosixPath

from mrpn.common.errors import CorpusError
from mrpn.corpora.labels import canonical_label, order_classes
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.naming import path_id
from mrpn.corpora.scan import (
    AUDIO_SUFFIXES,
    IMAGE_SUFFIXES,
    VIDEO_SUFFIXES,
    media_files,
    note_of,
    within_archive,
)

Place = PurePosixPath
# What a clip is read from, by the names of a record's fields, given its files.
Choice = Callable[[Sequence[Place]], dict[str, Place | None]]


def read_folder(
    folder: Path, *, actor: str | None = None, name: str | None = None, licence: str = ""
) -> Manifest:
    """Read a labelled folder: `label/clip.mp4`, or `label/actor/clip.mp4`.

    Files that differ in the suffix alone are one clip: `a.mp4` beside `a.wav` gives the picture
    of the one and the sound of the other. Labels are emotions under any usual spelling
    ("Fear" is "fearful"), or anything else, in lower case. Zip archives count as folders, and
    what is inside is read as if it lay unpacked beside them.

    Args:
        folder: holds one folder per label.
        actor: regular expression searched in a clip's path below its label, whose first group
            (or whole match) is the actor, such as `^(\\d+)_`. Without it the folder between
            label and clip is the actor, and where there is none every clip is an actor of its
            own.
        name: name of the corpus; the folder's name by default.
        licence: licence of the clips.

    Raises:
        CorpusError: no such folder, no media in folders of labels, a clip the expression does
            not match, or an expression that is none.
    """
    suffixes = VIDEO_SUFFIXES | AUDIO_SUFFIXES | IMAGE_SUFFIXES
    return read_labelled(folder, suffixes, _media, actor, name, licence)


def read_labelled(
    folder: Path,
    suffixes: Collection[str],
    choice: Choice,
    actor: str | None,
    name: str | None,
    licence: str,
) -> Manifest:
    """Read folders of labels by the rules of `read_folder`, whatever the clips are files of.

    Args:
        folder, actor, name, licence: as in `read_folder`.
        suffixes: which files are clips.
        choice: which of the files of one clip stand in which fields of its record.

    Raises CorpusError as `read_folder` does.
    """
    files = media_files(folder, suffixes)
    clips: dict[Place, list[Place]] = defaultdict(list)
    for file in files:
        inside = within_archive(file)
        if len(inside.parts) > 1:
            clips[inside.with_suffix("")].append(file)
    if not clips:
        suffix = ".npz" if ".npz" in suffixes else ".mp4"
        raise CorpusError(
            f"{folder}: no labelled clips; looked for files in folders named by the label, such "
            f"as happy/clip{suffix}"
        )
    pattern = _compiled(actor)
    chosen = {clip: choice(group) for clip, group in clips.items()}
    spare = [f for clip, group in clips.items() for f in group if f not in chosen[clip].values()]
    records = tuple(
        _record(folder, clip, within_archive(group[0]), chosen[clip], pattern)
        for clip, group in sorted(clips.items())
    )
    return Manifest(
        name=name or folder.resolve().name,
        root=folder,
        classes=order_classes(record.label for record in records),
        records=records,
        licence=licence,
        notes=(
            *files.notes,
            *note_of(
                "outside the folders of labels left out",
                [file for file in files if len(within_archive(file).parts) == 1],
            ),
            *note_of("left out beside another of the same clip", spare),
        ),
    )


def _record(
    folder: Path,
    clip: Place,
    file: Place,
    chosen: dict[str, Place | None],
    pattern: re.Pattern[str] | None,
) -> ClipRecord:
    addresses = {field: None if place is None else str(place) for field, place in chosen.items()}
    return ClipRecord(
        id=path_id(file),
        label=canonical_label(clip.parts[0]),
        actor=_actor(folder, file, pattern),
        sex=None,
        video=addresses.get("video"),
        audio=addresses.get("audio"),
        arrays=addresses.get("arrays"),
    )


def _media(files: Sequence[Place]) -> dict[str, Place | None]:
    def first(suffixes: frozenset[str]) -> Place | None:
        return next((file for file in files if file.suffix.lower() in suffixes), None)

    video = first(VIDEO_SUFFIXES)
    return {"video": video or first(IMAGE_SUFFIXES), "audio": first(AUDIO_SUFFIXES) or video}


def _actor(folder: Path, file: Place, pattern: re.Pattern[str] | None) -> str:
    below = Place(*file.parts[1:])
    if pattern is None:
        return below.parts[0] if len(below.parts) > 1 else path_id(file)
    match = pattern.search(str(below))
    found = match and (match[1] if pattern.groups else match[0])
    if not found:
        raise CorpusError(
            f"{folder / file}: the expression for the actor, {pattern.pattern}, finds none"
        )
    return found


def _compiled(actor: str | None) -> re.Pattern[str] | None:
    try:
        return None if actor is None else re.compile(actor)
    except re.error as error:
        raise CorpusError(f"actor: '{actor}' is no regular expression: {error}") from error
