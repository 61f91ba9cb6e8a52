"""A local imitation of Zenodo and of a repository with Git LFS, with faults on order."""

import hashlib
import io
import json
import socket
import tarfile
import threading
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mrpn.corpora.download import Client, Patience, RemoteFile

Fault = Callable[["Handler", bytes, str], None]
RECORD = 1188976


class Handler(BaseHTTPRequestHandler):
    """Serves what the imitation holds, by byte range too, unless a fault is next for that path."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, *arguments: object) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self) -> None:
        self.respond(b"")

    def do_POST(self) -> None:
        self.respond(self.rfile.read(int(self.headers["Content-Length"])))

    def respond(self, body: bytes) -> None:
        path = self.path.partition("?")[0]
        with self.server.lock:
            self.server.requests.append((path, dict(self.headers), body))
            faults = self.server.faults[path]
            fault = faults.pop(0) if faults else self.server.always.get(path)
        content = self.server.contents.get(path)
        made = content(body) if callable(content) else content
        if fault is not None:
            fault(self, made or b"", path)
        elif made is None:
            self.answer(404, b"no such thing")
        else:
            self.whole_or_range(made, path)

    def whole_or_range(self, content: bytes, path: str, **how: Any) -> None:
        """Answer as a good server does; `how` goes on to `answer`."""
        etag = self.server.etags.get(path, f'"{hashlib.md5(content).hexdigest()}"')
        wish, known = self.headers["Range"], self.headers["If-Range"]
        if self.headers["If-None-Match"] == etag:
            self.answer(304, b"", ETag=etag)
        elif wish is None or known not in (None, etag):
            self.answer(200, content, ETag=etag, **how)
        else:
            start = int(wish.removeprefix("bytes=").rstrip("-"))
            if start >= len(content):
                self.answer(416, b"")
            else:
                span = f"bytes {start}-{len(content) - 1}/{len(content)}"
                headers = {"ETag": etag, "Content-Range": span}
                self.answer(206, content[start:], **headers, **how)

    def answer(
        self, status: int, body: bytes, cut: int | None = None, stall: bool = False, **headers: str
    ) -> None:
        """Send a head that announces all of `body`, and of the body the first `cut` bytes."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        sent = body if cut is None else body[:cut]
        self.wfile.write(sent)
        with self.server.lock:
            self.server.sent[self.path.partition("?")[0]] += len(sent) * (status < 300)
        if stall:
            self.server.released.wait(10)
        if len(sent) < len(body) or stall:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    """The imitation; `faults[path]` are met first, one a request, then `always[path]`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.contents: dict[str, Any] = {}
        self.etags: dict[str, str] = {}
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.always: dict[str, Fault] = {}
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.sent: Counter[str] = Counter()
        self.connections = 0
        self.released = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def process_request(self, *arguments: Any) -> None:
        self.connections += 1
        super().process_request(*arguments)

    def handle_error(self, *arguments: object) -> None:
        """Keep quiet about clients that went away."""

    def asked(self, path: str) -> list[dict[str, str]]:
        """Return the headers of the requests for a path."""
        return [headers for asked, headers, _ in self.requests if asked == path]

    def put(self, path: str, content: bytes) -> RemoteFile:
        """Serve a file; its name is the last part of the path."""
        self.contents[path] = content
        digest = hashlib.md5(content).hexdigest()
        return RemoteFile(path.rpartition("/")[2], len(content), f"md5:{digest}")

    def zenodo(self, contents: dict[str, bytes]) -> None:
        """Be Zenodo with one record of those files."""
        base = f"/records/{RECORD}/files"
        files = [self.put(f"{base}/{name}", content) for name, content in contents.items()]
        listed = [{"key": f.path, "size": f.size, "checksum": f.digest} for f in files]
        self.contents[f"/api/records/{RECORD}"] = json.dumps({"files": listed}).encode()

    def repository(
        self, media: dict[str, bytes], tables: dict[str, bytes], name: str = "/crema-d"
    ) -> str:
        """Be a repository whose media are kept by Git LFS; return its address."""
        for content in media.values():
            self.contents[f"/objects/{hashlib.sha256(content).hexdigest()}"] = content
        pointers = {path: pointer(content) for path, content in media.items()}
        self.contents[f"{name}/archive/HEAD.tar.gz"] = archive({**tables, **pointers})
        self.contents[f"{name}.git/info/lfs/objects/batch"] = self._batch
        return f"{self.url}{name}"

    def _batch(self, body: bytes) -> bytes:
        answers = []
        for item in json.loads(body)["objects"]:
            path = f"/objects/{item['oid']}"
            if path in self.contents:
                action = {"href": f"{self.url}{path}?signature=secret", "header": {"X-Pass": "1"}}
                answers.append({**item, "actions": {"download": action}})
            else:
                error = {"code": 404, "message": "Object does not exist"}
                answers.append({**item, "error": error})
        return json.dumps({"transfer": "basic", "objects": answers}).encode()


def pointer(content: bytes) -> bytes:
    """Return the Git LFS pointer of a content."""
    oid = hashlib.sha256(content).hexdigest()
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
    return text.encode() if content else b""


def archive(contents: dict[str, bytes]) -> bytes:
    """Return a tar.gz as GitHub makes them of a repository."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for path, content in contents.items():
            member = tarfile.TarInfo(f"CREMA-D-HEAD/{path}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    imitation = Server()
    thread = threading.Thread(target=imitation.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield imitation
    imitation.released.set()
    imitation.shutdown()
    imitation.server_close()


@pytest.fixture
def naps() -> list[float]:
    """The pauses that a client wanted to make; none is made."""
    return []


@pytest.fixture
def new_client(naps: list[float]) -> Callable[..., Client]:
    def make(**changes: Any) -> Client:
        patience = Patience(**{"tries": 4, "connect": 2.0, "read": 0.3, **changes})
        return Client(patience, secure=False, sleep=naps.append)

    return make


@pytest.fixture
def client(new_client: Callable[..., Client]) -> Client:
    return new_client()


@pytest.fixture
def make_archive() -> Callable[[dict[str, bytes]], bytes]:
    return archive


@pytest.fixture
def make_pointer() -> Callable[[bytes], bytes]:
    return pointer


@pytest.fixture
def make_zip() -> Callable[[dict[str, bytes]], bytes]:
    """Make a zip archive of contents by name."""

    def make(contents: dict[str, bytes]) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in contents.items():
                opened.writestr(name, content)
        return packed.getvalue()

    return make


@pytest.fixture
def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
