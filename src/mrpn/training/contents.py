"""All that is seen and heard in some clips of a corpus, by hashes that do not name it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from mrpn.common.archives import open_file
from mrpn.common.errors import CorpusError
from mrpn.common.files import value_digest
from mrpn.corpora.duplicates import CONTENT
from mrpn.corpora.manifest import ClipRecord, Manifest, Part
from mrpn.media import is_still
from mrpn.media.stills import read_still
from mrpn.weights import Material

_BLOCK = 2**20


def material_of(
    manifest: Manifest,
    part: Part,
    actors: Iterable[str] = (),
    *,
    hashed: bool = True,
    apart_from: Iterable[str] = (),
) -> Material:
    """Return the evidence of a part of a corpus.

    Args:
        manifest: the corpus.
        part: what the clips are for.
        actors: who is in them; none for the corpus's own part of that name.
        hashed: whether to read all the files and give the digest of their contents.
        apart_from: people whose recordings are none of the clips, under whatever name; without
            `hashed` nobody looks.

    Raises:
        CorpusError: there are no such clips, or a file of theirs cannot be read.
    """
    people, others = tuple(actors), tuple(apart_from)
    records = chosen_records(manifest, part, people)
    if hashed and others:
        records = kept_apart(manifest, records, others)
    contents = contents_of(manifest, records) if hashed else frozenset[str]()
    return Material(
        corpus=manifest.name,
        part=part,
        clips=len(records),
        actors=people,
        contents=len(contents),
        digest=value_digest(sorted(contents)) if contents else "",
        apart_from=others,
    )


def chosen_records(
    manifest: Manifest, part: Part, actors: tuple[str, ...]
) -> tuple[ClipRecord, ...]:
    """Return the clips of some actors that are in a part or in none; or the corpus's own part.

    Raises CorpusError where there are none.
    """
    own, people = (part, None) if actors else (part,), set(actors)
    records = tuple(
        record
        for record in manifest.records
        if record.partition in own and (not actors or record.actor in people)
    )
    if not records:
        whose = f"of the actors {', '.join(actors)}" if actors else "of its own"
        raise CorpusError(f"corpus '{manifest.name}': no clips {whose} for '{part}'")
    return records


def kept_apart(
    manifest: Manifest, records: Iterable[ClipRecord], people: Iterable[str]
) -> tuple[ClipRecord, ...]:
    """Return those of some clips whose content is not also that of clips of some people.

    Raises CorpusError for a file that is not there or cannot be read.
    """
    theirs = set(people)
    known = contents_of(manifest, (r for r in manifest.records if r.actor in theirs))
    return tuple(r for r in records if known.isdisjoint(contents_of(manifest, (r,))))


def contents_of(manifest: Manifest, records: Iterable[ClipRecord]) -> frozenset[str]:
    """Return hashes of all that is seen and heard in some clips.

    Of a picture the pixels count, as in `extra["content"]` where the reader kept that; of a film
    or a sound the file's bytes.

    Raises:
        CorpusError: a file that is not there or cannot be read.
    """
    found: set[str] = set()
    addresses: set[str] = set()
    for record in records:
        if CONTENT in record.extra:
            found.add(record.extra[CONTENT])
        else:
            addresses.update(a for a in (record.video, record.audio) if a is not None)
    # Each once: a composite's clips share them.
    return frozenset(found.union(_hash(manifest.root / a) for a in sorted(addresses)))


def has_people(records: Iterable[ClipRecord]) -> bool:
    """Whether the clips' actors are people, and not names made from the content of each clip."""
    return all(record.extra.get(CONTENT, "\0") not in record.actor for record in records)


def _hash(path: Path) -> str:
    try:
        if is_still(path):
            pixels = read_still(path)
            if (pixels == pixels[..., :1]).all():
                pixels = pixels[..., 0]
            shape = f"{pixels.shape}".encode()
            return hashlib.blake2b(shape + pixels.tobytes(), digest_size=16).hexdigest()
        digest = hashlib.sha256()
        with open_file(path) as file:
            for block in iter(lambda: file.read(_BLOCK), b""):
                digest.update(block)
        return digest.hexdigest()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read, so not compared: {error.strerror}") from error
