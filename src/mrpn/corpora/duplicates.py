"""Clips of the same content, and keeping them from standing on both sides of a split."""

from collections import defaultdict
from dataclasses import replace

from mrpn.common.errors import CorpusError
from mrpn.corpora.manifest import ClipRecord, Manifest

CONTENT = "content"
"""Where a reader keeps the hash of a clip's content: `extra["content"]`."""


def kept_content(record: ClipRecord) -> str | None:
    """Return the hash of a clip's content that its reader kept; None if it kept none."""
    return record.extra.get(CONTENT)


def duplicate_groups(manifest: Manifest) -> tuple[tuple[ClipRecord, ...], ...]:
    """Return the clips that share their content with others, group by group.

    Raises CorpusError if the reader kept no hash of the content (`extra["content"]`).
    """
    groups: dict[str, list[ClipRecord]] = defaultdict(list)
    for record in manifest.records:
        groups[_content(manifest, record)].append(record)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def across_partitions(
    groups: tuple[tuple[ClipRecord, ...], ...],
) -> tuple[tuple[ClipRecord, ...], ...]:
    """Return the groups whose clips stand in more than one partition."""
    return tuple(group for group in groups if len({clip.partition for clip in group}) > 1)


def drop_duplicates(manifest: Manifest) -> Manifest:
    """Return the corpus with no content in two partitions.

    What occurs in the test is dropped from validation and training, what occurs in validation
    from training; the test stays as published. Repetitions inside one partition stay.

    Raises CorpusError if the reader kept no hash of the content.
    """
    rank = {"test": 0, "validation": 1, "train": 2, None: 2}
    best: dict[str, int] = {}
    for record in manifest.records:
        content = _content(manifest, record)
        best[content] = min(best.get(content, 2), rank[record.partition])
    kept = tuple(r for r in manifest.records if rank[r.partition] == best[r.extra[CONTENT]])
    dropped = len(manifest.records) - len(kept)
    if not dropped:
        return manifest
    note = (
        f"{manifest.name}: {dropped} clips dropped whose content occurs again in a part further "
        "from training"
    )
    return replace(manifest, records=kept, notes=(*manifest.notes, note))


def _content(manifest: Manifest, record: ClipRecord) -> str:
    content = kept_content(record)
    if content is None:
        raise CorpusError(
            f"corpus '{manifest.name}': clip '{record.id}' carries no hash of its content, so "
            "duplicates cannot be found"
        )
    return content
