"""CREMA-D, from its repository: the list and tables as an archive, the media by Git LFS."""

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError

from mrpn.corpora.download.choice import Offer
from mrpn.corpora.download.client import Client
from mrpn.corpora.download.engine import Catalogue
from mrpn.corpora.download.errors import DownloadError
from mrpn.corpora.download.journal import STATE_FOLDER, Journal
from mrpn.corpora.download.lfs import LfsStore, read_pointer
from mrpn.corpora.download.part import RemoteFile
from mrpn.corpora.download.repository import list_repository
from mrpn.corpora.pointers import is_lfs_pointer

REPOSITORY = "https://github.com/CheyneyComputerScience/CREMA-D"
# The makers' own mirror, for the months in which the first one's LFS budget is used up.
MIRROR = "https://gitlab.com/cs-cooper-lab/crema-d-mirror"
_FOLDERS = {"video-flash": "VideoFlash", "audio-wav": "AudioWAV", "audio-mp3": "AudioMP3"}
OFFER = Offer(
    name="crema-d",
    licence=(
        "CREMA-D is made available under the Open Database License 1.0, its contents under the\n"
        "Database Contents License 1.0.\n"
        "Cite: Cao H et al. (2014), IEEE Trans. Affective Computing 5(4): 377-390."
    ),
    address="http://opendatacommons.org/licenses/odbl/1.0/",
    kinds=tuple(_FOLDERS),
    actors=range(1001, 1092),
)
_MEDIA = re.compile(
    r"(?P<folder>VideoFlash|AudioWAV|AudioMP3)/(?P<actor>1\d{3})_[A-Z]{3}_[A-Z]{3}_[A-Z]{1,2}"
    r"\.(flv|wav|mp3)"
)
_TABLES = re.compile(
    r"SentenceFilenames\.csv|VideoDemographics\.csv|LICENSE\.txt|processedResults/\w+\.csv"
)
_LISTING = f"{STATE_FOLDER}/crema-d.json"


class _Listing(BaseModel):
    """A listing as it is kept in the folder, with the digests of the tables written there."""

    etag: str | None
    media: dict[str, tuple[int, str]]
    tables: dict[str, str]


def crema_d_catalogue(
    client: Client,
    folder: Path,
    kinds: Sequence[str],
    actors: Sequence[int],
    *,
    repository: str = REPOSITORY,
    stores: Sequence[str] = (REPOSITORY, MIRROR),
) -> Catalogue:
    """List CREMA-D's clips of some actors and kinds, by the repository or by a clone in `folder`.

    In a clone (a folder with `.git`) the pointer files there are the list, and are completed in
    place. Otherwise the repository's archive is, which is asked for again only when it has changed.

    Args:
        client: to ask with.
        folder: where the corpus is, or shall be.
        kinds: of OFFER.
        actors: 1001 to 1091.
        repository: address of the repository.
        stores: addresses of repositories whose LFS stores hold the media, in order.

    Raises:
        DownloadError: the list cannot be had, or has nothing of what is asked for.
    """
    folders = {_FOLDERS[kind] for kind in kinds}

    def asked(path: str) -> bool:
        match = _MEDIA.fullmatch(path)
        return match is not None and match["folder"] in folders and int(match["actor"]) in actors

    tables: dict[str, bytes] = {}
    notes: tuple[str, ...] = ()
    if (folder / ".git").exists():
        files, others = _of_clone(folder, sorted(folders), asked)
        if others:
            notes = (f"{others} files are no LFS pointers any more; they stay as they are",)
    else:
        listed, tables = _of_repository(client, folder, repository)
        files = [file for file in listed if asked(file.path)]
        if not files:
            raise DownloadError(f"{repository}: lists no such clips; see whether it has moved")
    return Catalogue(tuple(files), LfsStore(client, stores, files), tables, notes)


def _of_clone(
    folder: Path, names: Sequence[str], asked: Callable[[str], bool]
) -> tuple[list[RemoteFile], int]:
    """Return the files that pointers stand for or once stood for, and the number of the others."""
    completed = {file.path: file for file in Journal(folder).files()}
    files, others = [], 0
    for name in names:
        there = {f"{name}/{place.name}" for place in (folder / name).glob("*") if place.is_file()}
        # One that was completed and then deleted is known all the same.
        known = {path for path in completed if path.startswith(f"{name}/")}
        for path in filter(asked, sorted(there | known)):
            place = folder / path
            pointed = read_pointer(path, place.read_bytes()) if is_lfs_pointer(place) else None
            file = pointed or completed.get(path)
            if file is None:
                others += 1
            else:
                files.append(file)
    return files, others


def _of_repository(
    client: Client, folder: Path, repository: str
) -> tuple[Sequence[RemoteFile], dict[str, bytes]]:
    """Return the listed media, and what is to be written: tables, and the listing for next time."""
    kept = _kept(folder)
    found = list_repository(client, repository, _MEDIA, _TABLES, kept.etag if kept else None)
    if found is None and kept is not None:
        return [RemoteFile(path, *about) for path, about in kept.media.items()], {}
    if found is None:
        raise DownloadError(
            f"{repository}: answers that nothing has changed, though nothing is here"
        )
    listing = _Listing(
        etag=found.etag,
        media={file.path: (file.size, file.digest) for file in found.media},
        tables={path: _digest(content) for path, content in found.tables.items()},
    )
    return found.media, {**found.tables, _LISTING: listing.model_dump_json().encode()}


def _kept(folder: Path) -> _Listing | None:
    """Return the listing of an earlier run, if it can be read and its tables are all there."""
    try:
        kept = _Listing.model_validate_json((folder / _LISTING).read_bytes())
        whole = all(_digest((folder / p).read_bytes()) == d for p, d in kept.tables.items())
    except (OSError, ValidationError):
        return None
    return kept if whole else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
