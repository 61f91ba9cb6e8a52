"""The user's own clips: one folder per label, read as they lie."""

import re
from collections import defaultdict
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
)


def read_folder(
    folder: Path, *, actor: str | None = None, name: str | None = None, licence: str = ""
) -> Manifest:
    """Read a labelled folder: `label/clip.mp4`, or `label/actor/clip.mp4`.

    Files that differ in the suffix alone are one clip: `a.mp4` beside `a.wav` gives the picture
    of the one and the sound of the other. Labels are emotions under any usual spelling
    ("Fear" is "fearful"), or anything else, in lower case.

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
    files = media_files(folder, VIDEO_SUFFIXES | AUDIO_SUFFIXES | IMAGE_SUFFIXES)
    clips: dict[PurePosixPath, list[PurePosixPath]] = defaultdict(list)
    for file in files:
        if len(file.parts) > 1:
            clips[file.with_suffix("")].append(file)
    if not clips:
        raise CorpusError(
            f"{folder}: no labelled clips; looked for media in folders named by the label, such "
            "as happy/clip.mp4"
        )
    pattern = _compiled(actor)
    unlabelled = [file for file in files if len(file.parts) == 1]
    extra = [file for group in clips.values() for file in group if file not in _media(group)]
    records = tuple(_record(folder, clip, group, pattern) for clip, group in clips.items())
    return Manifest(
        name=name or folder.resolve().name,
        root=folder,
        classes=order_classes(record.label for record in records),
        records=records,
        licence=licence,
        notes=(
            *note_of("outside the folders of labels left out", unlabelled),
            *note_of("left out beside another of the same clip", extra),
        ),
    )


def _record(
    folder: Path,
    clip: PurePosixPath,
    files: list[PurePosixPath],
    pattern: re.Pattern[str] | None,
) -> ClipRecord:
    video, audio = _media(files)
    return ClipRecord(
        id=path_id(files[0]),
        label=canonical_label(clip.parts[0]),
        actor=_actor(folder, files[0], pattern),
        sex=None,
        video=None if video is None else str(video),
        audio=None if audio is None else str(audio),
    )


def _media(files: list[PurePosixPath]) -> tuple[PurePosixPath | None, PurePosixPath | None]:
    def first(suffixes: frozenset[str]) -> PurePosixPath | None:
        return next((file for file in files if file.suffix.lower() in suffixes), None)

    video = first(VIDEO_SUFFIXES)
    return video or first(IMAGE_SUFFIXES), first(AUDIO_SUFFIXES) or video


def _actor(folder: Path, file: PurePosixPath, pattern: re.Pattern[str] | None) -> str:
    below = PurePosixPath(*file.parts[1:])
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
