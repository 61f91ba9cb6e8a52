"""What is in a corpus, and what is off against what its makers published."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mrpn.corpora.manifest import PARTS, ClipRecord, Manifest
from mrpn.corpora.naming import split_address
from mrpn.corpora.opening import (
    Durations,
    FileStates,
    Opened,
    durations_of,
    file_states,
    open_all,
)
from mrpn.corpora.published import Published
from mrpn.corpora.scan import note_of
from mrpn.corpora.twins import Twins, twin_faces, twin_files


@dataclass(frozen=True)
class CorpusCheck:
    """The counts of a corpus, and what a user should know before using it.

    Args:
        name: name of the corpus.
        clips: number of clips.
        by_class, by_actor, by_sex, by_partition: number of clips of each.
        by_media: number of clips with "picture and sound", "picture alone", "sound alone",
            "arrays" or "nothing", by the files that are there with content, and what is in them
            if they were opened.
        missing: media files that are not there.
        empty: media files without content.
        pointers: files that are Git LFS pointers instead of media.
        broken: why a file cannot be used, by its address, if the files were opened; and why an
            archive cannot be read.
        durations: how long the clips are; None if the files were not opened, or no clip lasts.
        twins: contents that occur more than once; files are compared only if they were opened.
        opened: whether the files were opened.
        off: one line for each count that differs from the published one.
        remarks: what else there is to say of this corpus, one line each.
    """

    name: str
    clips: int
    by_class: Mapping[str, int]
    by_actor: Mapping[str, int]
    by_sex: Mapping[str, int]
    by_partition: Mapping[str, int]
    by_media: Mapping[str, int]
    missing: tuple[str, ...]
    empty: tuple[str, ...]
    pointers: tuple[str, ...]
    broken: Mapping[str, str]
    durations: Durations | None
    twins: tuple[Twins, ...]
    opened: bool
    off: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def fine(self) -> bool:
        """Whether every file is there and usable, and all published counts agree.

        Contents that occur more than once are no fault: published corpora have them.
        """
        return not (self.missing or self.empty or self.pointers or self.broken or self.off)


def check(
    manifest: Manifest,
    published: Published | None = None,
    *,
    thorough: bool = False,
    remarks: tuple[str, ...] = (),
    unreadable: Mapping[str, str] | None = None,
) -> CorpusCheck:
    """Count the clips of a corpus, look for its files, and compare with the published counts.

    Args:
        manifest: the corpus.
        published: counts to compare with; none are compared without.
        thorough: open every file, for its duration and whether it can be read, and compare the
            contents of files of equal size.
        remarks: what else to say of the corpus.
        unreadable: why an archive of the corpus cannot be read, by its path.
    """
    states = file_states(manifest)
    opened = open_all(manifest, states.whole) if thorough else {}
    twins = twin_faces(manifest)
    if thorough:
        twins = (*twins, *twin_files(manifest, states.whole))
    return CorpusCheck(
        name=manifest.name,
        clips=len(manifest.records),
        by_class=manifest.counts(),
        by_actor=_actors(manifest),
        by_sex=dict(sorted(Counter(r.sex or "unknown" for r in manifest.records).items())),
        by_partition=_parts(manifest),
        by_media=_media(manifest, states, opened),
        missing=states.missing,
        empty=states.empty,
        pointers=states.pointers,
        broken={
            **(unreadable or {}),
            **{address: o.problem for address, o in opened.items() if o.problem is not None},
        },
        durations=durations_of(manifest, opened),
        twins=twins,
        opened=thorough,
        off=() if published is None else tuple(_off(manifest, published)),
        remarks=(
            *remarks,
            *note_of("without a picture", (a for a, o in opened.items() if o.lacks == "picture")),
            *note_of("without sound", (a for a, o in opened.items() if o.lacks == "sound")),
        ),
    )


def _actors(manifest: Manifest) -> dict[str, int]:
    counted = Counter(record.actor for record in manifest.records)
    return {actor: counted[actor] for actor in manifest.actors}


def _parts(manifest: Manifest) -> dict[str, int]:
    counted = Counter(record.partition for record in manifest.records)
    return {part: counted[part] for part in PARTS if counted[part]}


def _media(manifest: Manifest, states: FileStates, opened: Mapping[str, Opened]) -> dict[str, int]:
    def there(address: str | None, what: str) -> bool:
        if address is None or split_address(address)[0] not in states.whole:
            return False
        return address not in opened or opened[address].lacks != what

    def kind(record: ClipRecord) -> str:
        video, audio = there(record.video, "picture"), there(record.audio, "sound")
        arrays = there(record.arrays, "arrays")
        if video and audio:
            return "picture and sound"
        kinds = {"picture alone": video, "sound alone": audio, "arrays": arrays}
        return next((name for name, there in kinds.items() if there), "nothing")

    return dict(Counter(kind(record) for record in manifest.records).most_common())


def _off(manifest: Manifest, published: Published) -> list[str]:
    off = _differences("clips", {"": len(manifest.records)}, {"": published.clips})
    if published.actors is not None:
        off += _differences("actors", {"": len(manifest.actors)}, {"": published.actors})
    off += _differences("clips of class", manifest.counts(), published.classes)
    off += _differences("clips in", _parts(manifest), published.partitions)
    return off


def _differences(what: str, found: Mapping[str, int], expected: Mapping[str, int]) -> list[str]:
    return [
        f"{found.get(name, 0)} {what} {name}".rstrip() + f", published are {count}"
        for name, count in expected.items()
        if found.get(name, 0) != count
    ]
