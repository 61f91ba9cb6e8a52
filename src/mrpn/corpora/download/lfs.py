"""Git LFS: pointer files, and the batch API that tells where their objects are.

By the specification of Git LFS, "Batch API" and "Basic Transfers".
"""

import json
import re
import threading
from collections.abc import Sequence

from pydantic import BaseModel, Field

from mrpn.corpora.download.client import Client
from mrpn.corpora.download.errors import DownloadError, StoreError
from mrpn.corpora.download.fetch import Place
from mrpn.corpora.download.part import RemoteFile

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:ext-.*\n)*"
    rb"oid (?P<oid>sha256:[0-9a-f]{64})\nsize (?P<size>\d{1,18})\n"
)
_GROUP = 100
_JSON = "application/vnd.git-lfs+json"


class _Action(BaseModel):
    href: str
    header: dict[str, str] = Field(default_factory=dict)


class _Actions(BaseModel):
    download: _Action


class _Error(BaseModel):
    code: int
    message: str


class _Object(BaseModel):
    oid: str
    actions: _Actions | None = None
    error: _Error | None = None


class _Answer(BaseModel):
    objects: list[_Object]


def read_pointer(path: str, content: bytes) -> RemoteFile | None:
    """Return the file that a pointer at `path` stands for, None if the content is no pointer."""
    found = _POINTER.fullmatch(content)
    return None if found is None else RemoteFile(path, int(found["size"]), found["oid"].decode())


class LfsStore:
    """The objects of files, from the first repository that gives them out.

    Args:
        client: to ask with.
        repositories: addresses of a repository and its mirrors, in the order in which to ask.
        files: all that will be asked for; a hundred neighbours are asked for at once.
    """

    renewable = True

    def __init__(
        self, client: Client, repositories: Sequence[str], files: Sequence[RemoteFile]
    ) -> None:
        self._client = client
        self._repositories = [name.rstrip("/").removesuffix(".git") for name in repositories]
        self._groups = {
            file.digest: files[start : start + _GROUP]
            for start in range(0, len(files), _GROUP)
            for file in files[start : start + _GROUP]
        }
        self._places: dict[str, Place | str] = {}
        self._silent: dict[str, str] = {}
        self._lock = threading.Lock()

    def locate(self, file: RemoteFile, renew: bool) -> Place:
        """Return the place of an object.

        Raises:
            DownloadError: no repository has this object.
            StoreError: no repository answers.
        """
        with self._lock:
            if renew:
                self._ask([file])
            elif file.digest not in self._places:
                self._ask(self._groups[file.digest])
            found = self._places[file.digest]
        if isinstance(found, str):
            raise DownloadError(f"{file.path}: {found}")
        return found

    def _ask(self, files: Sequence[RemoteFile]) -> None:
        left = {file.digest: file.size for file in files}
        said: dict[str, str] = {}
        for repository in self._repositories:
            if left and repository not in self._silent:
                try:
                    answer = self._batch(repository, left)
                except DownloadError as error:
                    self._silent[repository] = str(error)
                    continue
                for item in answer.objects:
                    digest = f"sha256:{item.oid}"
                    if digest not in left:
                        continue
                    if item.actions is not None:
                        action = item.actions.download
                        self._places[digest] = Place(action.href, action.header)
                        del left[digest]
                    elif item.error is not None:
                        said[digest] = f"{item.error.code}, {item.error.message}"
        if len(self._silent) == len(self._repositories):
            raise StoreError("; ".join(self._silent.values()))
        for digest in left:
            reason = said.get(digest, "no answer")
            self._places[digest] = f"no store gives out its object ({reason}); try another day"

    def _batch(self, repository: str, sizes: dict[str, int]) -> _Answer:
        objects = [{"oid": d.removeprefix("sha256:"), "size": s} for d, s in sizes.items()]
        request = {
            "operation": "download",
            "transfers": ["basic"],
            "hash_algo": "sha256",
            "objects": objects,
        }
        url = f"{repository}.git/info/lfs/objects/batch"
        headers = {"Accept": _JSON, "Content-Type": _JSON}
        return self._client.json(_Answer, "POST", url, headers, json.dumps(request).encode())
