"""Zenodo: the files of a record, with size and md5."""

from collections.abc import Sequence
from urllib.parse import quote

from pydantic import BaseModel, Field

from mrpn.corpora.download.client import Client, shown
from mrpn.corpora.download.errors import DownloadError
from mrpn.corpora.download.fetch import Place
from mrpn.corpora.download.part import RemoteFile

ZENODO = "https://zenodo.org"


class _Listed(BaseModel):
    key: str
    size: int = Field(ge=0)
    checksum: str = Field(pattern="^md5:[0-9a-f]{32}$")


class _Record(BaseModel):
    files: list[_Listed]


class ZenodoStore:
    """The files of one record.

    Args:
        base: Zenodo's address, or a mirror's.
        record: the record's number.
    """

    renewable = False

    def __init__(self, base: str, record: int) -> None:
        self._base = base.rstrip("/")
        self._record = record

    def files(self, client: Client, names: Sequence[str]) -> tuple[RemoteFile, ...]:
        """Ask the record for its files of those names; DownloadError if it lacks one."""
        url = f"{self._base}/api/records/{self._record}"
        record = client.json(_Record, "GET", url, {"Accept": "application/json"})
        listed = {file.key: file for file in record.files}
        for name in names:
            if name not in listed:
                raise DownloadError(
                    f"{shown(url)}: the record lists no '{name}' among its {len(listed)} files; "
                    "see whether it has a newer version"
                )
        return tuple(RemoteFile(n, listed[n].size, listed[n].checksum) for n in names)

    def locate(self, file: RemoteFile, renew: bool) -> Place:  # noqa: ARG002 (places do not expire)
        """Return a file's place: the record's page, since the API's own addresses lack ranges."""
        return Place(f"{self._base}/records/{self._record}/files/{quote(file.path)}?download=1")
