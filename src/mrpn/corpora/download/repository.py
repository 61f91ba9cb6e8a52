"""The content of a repository without its media: its archive holds LFS pointers in their place."""

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, cast

import urllib3

from mrpn.corpora.download.client import Client, shown
from mrpn.corpora.download.errors import DownloadError, PassingError
from mrpn.corpora.download.lfs import read_pointer
from mrpn.corpora.download.part import RemoteFile

_MOST_TABLE_BYTES = 64 * 2**20
_MOST_BYTES = 2**30
_BLOCK = 2**16
# git keeps an empty file as it is, without a pointer.
_EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(frozen=True)
class Listing:
    """What a repository holds.

    Args:
        etag: by which a later version is known.
        media: files kept by Git LFS.
        tables: content of ordinary files, by path.
    """

    etag: str | None
    media: tuple[RemoteFile, ...]
    tables: Mapping[str, bytes]


def list_repository(
    client: Client,
    repository: str,
    media: re.Pattern[str],
    tables: re.Pattern[str],
    etag: str | None = None,
) -> Listing | None:
    """List the files of a repository whose whole paths match; one request, whatever their number.

    Args:
        client: to ask with.
        repository: its address; GitHub's form of archive addresses is asked for.
        media, tables: patterns of paths within the repository.
        etag: of an earlier listing.

    Returns:
        The listing; None if the one of that ETag still holds.

    Raises:
        DownloadError: it cannot be had, or holds media where pointers should be.
    """
    url = f"{repository.rstrip('/').removesuffix('.git')}/archive/HEAD.tar.gz"

    def attempt() -> Listing | None:
        headers = {"If-None-Match": etag} if etag else {}
        with client.open("GET", url, headers, accept=(200, 304)) as answer:
            if answer.status == 304:
                return None
            try:
                found = _read(_Body(client, answer, url), url, media, tables)
            except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile) as error:
                raise PassingError(f"{shown(url)}: the archive is damaged or cut off") from error
            return Listing(answer.headers.get("ETag"), *found)

    return client.patiently(attempt)


def _read(
    body: "_Body", url: str, media: re.Pattern[str], tables: re.Pattern[str]
) -> tuple[tuple[RemoteFile, ...], dict[str, bytes]]:
    files: list[RemoteFile] = []
    contents: dict[str, bytes] = {}
    unpacked = 0
    with gzip.GzipFile(fileobj=io.BufferedReader(body, _BLOCK)) as plain:
        with tarfile.open(fileobj=plain, mode="r|") as archive:
            for member in archive:
                unpacked += member.size
                if unpacked > _MOST_BYTES:
                    raise DownloadError(f"{shown(url)}: the archive unpacks to over 1 GB; refused")
                # Every name begins with a folder named after the repository and version.
                path = member.name.partition("/")[2]
                if not member.isreg():
                    continue
                if media.fullmatch(path):
                    files.append(_medium(path, _content(archive, member), url))
                elif tables.fullmatch(path) and member.size <= _MOST_TABLE_BYTES:
                    contents[path] = _content(archive, member)
        # To the very end, where gzip's check of the whole stands.
        while plain.read(_BLOCK):
            pass
    return tuple(sorted(files, key=lambda file: file.path)), contents


def _medium(path: str, content: bytes, url: str) -> RemoteFile:
    if not content:
        return RemoteFile(path, 0, _EMPTY)
    file = read_pointer(path, content)
    if file is None:
        raise DownloadError(
            f"{shown(url)}: holds '{path}' itself instead of its LFS pointer; clone the repository "
            "with GIT_LFS_SKIP_SMUDGE=1 set, and give the same command for the clone"
        )
    return file


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    return cast(IO[bytes], archive.extractfile(member)).read(_MOST_TABLE_BYTES)


class _Body(io.RawIOBase):
    """An answer's body as a file that gzip can read from."""

    def __init__(self, client: Client, answer: urllib3.BaseHTTPResponse, url: str) -> None:
        self._client, self._answer, self._url = client, answer, url
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = self._client.read(self._answer, self._url)
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)
