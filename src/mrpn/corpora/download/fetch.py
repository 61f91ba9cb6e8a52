"""Fetching one file: from the byte where it stopped, checked, and named only when it is right."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import urllib3

from mrpn.corpora.download.client import Client, shown
from mrpn.corpora.download.errors import DownloadError, PassingError, RefusedError
from mrpn.corpora.download.part import Part, RemoteFile

# A file whose content comes wrong this many times is wrong at its source.
_MOST_WRONG = 3
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class Place:
    """Where a file can be had now: an address, and headers to send with the request."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Store(Protocol):
    """Knows where files are.

    `renewable` says whether places expire, so that asking again after a refusal may help.
    """

    renewable: bool

    def locate(self, file: RemoteFile, renew: bool) -> Place:
        """Return the place of a file, asked for anew if `renew`."""


def fetch(
    client: Client, store: Store, file: RemoteFile, folder: Path, moved: Callable[[int], None]
) -> int:
    """Fetch `file` into `folder`, and return how many bytes had to come for it.

    Raises:
        DownloadError: it cannot be had, or not as announced. What has come of it stays as a part,
            unless it is wrong.
    """
    received = tries = wrong = 0

    def count(moving: int) -> None:
        nonlocal received
        received += max(0, moving)
        moved(moving)

    with Part(folder / file.path, file, moved) as part:

        def attempt() -> None:
            nonlocal tries, wrong
            tries += 1
            place = None
            if part.held < file.size:
                place = store.locate(file, tries > 1)
                try:
                    _receive(client, place, part)
                except RefusedError as refusal:
                    if store.renewable and tries == 1:
                        raise PassingError(str(refusal)) from refusal
                    raise
            if not part.finish():
                wrong += 1
                source = shown(place.url) if place else file.path
                problem = f"{source}: its content is not the announced one ({file.digest})"
                if wrong == _MOST_WRONG:
                    raise DownloadError(
                        f"{problem}, {wrong} times; it was thrown away, tell the corpus's makers"
                    )
                raise PassingError(problem)

        part.moved = count
        client.patiently(attempt, lambda: part.held)
    return received


def _receive(client: Client, place: Place, part: Part) -> None:
    """Let one answer bring the part as far as it does."""
    headers = dict(place.headers)
    if part.held:
        headers["Range"] = f"bytes={part.held}-"
        if part.etag and not part.etag.startswith("W/"):
            headers["If-Range"] = part.etag
    with client.open("GET", place.url, headers, accept=(200, 206, 416)) as answer:
        if answer.status == 200:
            _check_length(answer, place.url, part)
            part.restart()
        else:
            _check_range(answer, place.url, part)
        part.remember(answer.headers.get("ETag", part.etag))
        while block := client.read(answer, place.url):
            if not part.write(block):
                part.restart()
                raise PassingError(f"{shown(place.url)}: sends more than {part.file.size} bytes")
    if part.held < part.file.size:
        raise PassingError(f"{shown(place.url)}: ended after {part.held} of {part.file.size} bytes")


def _check_length(answer: urllib3.BaseHTTPResponse, url: str, part: Part) -> None:
    # The part stays: this may be a page that stands in the way, and no answer of the store.
    length = answer.headers.get("Content-Length")
    if length is not None and length != str(part.file.size):
        raise PassingError(f"{shown(url)}: has {length} bytes where {part.file.size} are announced")


def _check_range(answer: urllib3.BaseHTTPResponse, url: str, part: Part) -> None:
    span = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    asked = (part.held, part.file.size)
    if answer.status == 416:
        problem = f"has no byte {asked[0]}, though {asked[1]} are announced"
    elif span is None or int(span[1]) != asked[0] or span[2] not in ("*", str(asked[1])):
        problem = f"answers another range than asked for, from byte {asked[0]} of {asked[1]}"
    elif part.etag and answer.headers.get("ETag", part.etag) != part.etag:
        problem = "has changed meanwhile"
    else:
        return
    part.restart()
    raise PassingError(f"{shown(url)}: {problem}")
