"""One file under every fault a server, or the way to it, may have."""

import email.utils
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.corpora.download import Client, DownloadError, RemoteFile
from mrpn.corpora.download.errors import RefusedError, StoppedError
from mrpn.corpora.download.fetch import Place, fetch
from mrpn.corpora.download.part import Part, part_of

SIZE = 300_000
CONTENT = random.Random(0).randbytes(SIZE)
PATH = "/files/clip.zip"
NewClient = Callable[..., Client]


class OneStore:
    renewable = False

    def __init__(self, url: str, **headers: str) -> None:
        self.place = Place(url, headers)

    def locate(self, file: RemoteFile, renew: bool) -> Place:  # noqa: ARG002
        return self.place


class Setting:
    """A served file, where it goes, and the fetching of it."""

    def __init__(self, server: Any, client: Client, folder: Path) -> None:
        self.server, self.client, self.folder = server, client, folder
        self.file: RemoteFile = server.put(PATH, CONTENT)
        self.target = folder / "clip.zip"
        self.store = OneStore(f"{server.url}{PATH}?token=secret")
        self.moves: list[int] = []

    def fetch(self, client: Client | None = None) -> int:
        return fetch(client or self.client, self.store, self.file, self.folder, self.moves.append)

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def assert_right(self) -> None:
        assert self.target.read_bytes() == CONTENT
        assert self.left() == ["clip.zip"]
        assert sum(self.moves) == SIZE


@pytest.fixture
def setting(server: Any, client: Client, tmp_path: Path) -> Setting:
    return Setting(server, client, tmp_path)


def cut(count: int) -> Any:
    return lambda handler, content, path: handler.whole_or_range(content, path, cut=count)


def status(code: int, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, *_: handler.answer(code, b"{}", **named)


def spoilt(handler: Any, content: bytes, path: str) -> None:
    handler.whole_or_range(b"?" + content[1:], path)


def without_range(handler: Any, content: bytes, path: str) -> None:
    handler.answer(200, content)


def chunked(handler: Any, content: bytes, path: str) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for start in range(0, len(content), 50_000):
        block = content[start : start + 50_000]
        handler.wfile.write(f"{len(block):x}\r\n".encode() + block + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def test_a_file_comes_whole_in_one_request(setting: Setting, naps: list[float]) -> None:
    assert setting.fetch() == SIZE
    setting.assert_right()
    assert (len(setting.server.requests), naps) == (1, [])


def test_cuts_in_mid_body_cost_no_byte_twice(setting: Setting) -> None:
    setting.server.faults[PATH] = [cut(100_000), cut(1), cut(150_000)]
    assert setting.fetch() == SIZE
    setting.assert_right()
    assert setting.server.sent[PATH] == SIZE
    asked = [headers.get("Range") for headers in setting.server.asked(PATH)]
    assert asked == [None, "bytes=100000-", "bytes=100001-", "bytes=250001-"]


def test_a_connection_closed_before_the_head_is_tried_again(setting: Setting) -> None:
    def shut(handler: Any, content: bytes, path: str) -> None:
        handler.close_connection = True

    setting.server.faults[PATH] = [shut, shut]
    setting.fetch()
    setting.assert_right()


def test_patience_begins_anew_with_every_mebibyte(
    server: Any, new_client: NewClient, tmp_path: Path
) -> None:
    content = random.Random(1).randbytes(5 * 2**20)
    file = server.put("/large", content)
    server.faults["/large"] = [cut(2**20)] * 4
    store = OneStore(f"{server.url}/large")
    fetch(new_client(tries=2), store, file, tmp_path, lambda _: None)
    assert (tmp_path / "large").read_bytes() == content
    assert server.sent["/large"] == len(content)


def test_cuts_without_end_end_in_one_line_and_the_part_stays_for_the_next_time(
    setting: Setting, new_client: NewClient
) -> None:
    setting.server.faults[PATH] = [cut(1000)] * 4
    with pytest.raises(DownloadError, match="gave up after 4 tries") as failure:
        setting.fetch()
    assert f"{setting.server.url}{PATH}: " in str(failure.value)
    assert "secret" not in str(failure.value)
    assert "\n" not in str(failure.value)
    assert setting.left() == ["clip.zip.part", "clip.zip.part.json"]
    setting.moves.clear()
    assert setting.fetch(new_client()) == SIZE - 4000
    setting.assert_right()
    assert setting.server.sent[PATH] == SIZE


def test_a_part_that_is_whole_already_is_named_without_a_request(setting: Setting) -> None:
    with Part(setting.target, setting.file, setting.moves.append) as part:
        part.remember(None)
        part.write(CONTENT)
    setting.moves.clear()
    assert setting.fetch() == 0
    setting.assert_right()
    assert setting.server.requests == []


def test_every_byte_that_came_is_in_the_part_at_once(setting: Setting) -> None:
    with Part(setting.target, setting.file, setting.moves.append) as part:
        part.write(b"abc")
        assert part_of(setting.target).read_bytes() == b"abc"


def test_a_part_of_another_announcement_is_thrown_away(setting: Setting) -> None:
    other = RemoteFile("clip.zip", SIZE, "md5:" + "0" * 32)
    with Part(setting.target, other, lambda _: None) as part:
        part.remember('"old"')
        part.write(bytes(1000))
    assert setting.fetch() == SIZE
    setting.assert_right()
    assert "Range" not in setting.server.asked(PATH)[0]


def test_a_part_with_a_damaged_state_is_thrown_away(setting: Setting) -> None:
    part_of(setting.target).write_bytes(CONTENT[:1000])
    Path(f"{part_of(setting.target)}.json").write_text("{", encoding="utf-8")
    assert setting.fetch() == SIZE
    setting.assert_right()


@pytest.mark.parametrize("length", [SIZE - 1000, SIZE + 1000])
def test_a_wrong_length_in_the_head_is_believed_to_be_wrong(setting: Setting, length: int) -> None:
    def lying(handler: Any, content: bytes, path: str) -> None:
        handler.close_connection = True
        handler.answer(200, content[:length], **{"Content-Length": str(length)})

    setting.server.faults[PATH] = [cut(100_000), lying]
    assert setting.fetch() == SIZE
    setting.assert_right()
    setting.target.unlink()
    setting.server.always[PATH] = lying
    with pytest.raises(DownloadError, match=f"has {length} bytes where {SIZE} are announced"):
        setting.fetch()
    assert setting.left() == []


def test_no_more_than_the_announced_size_is_ever_written(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    write = Part.write

    def watched(part: Part, block: bytes) -> bool:
        taken = write(part, block)
        sizes.append(part_of(setting.target).stat().st_size)
        return taken

    monkeypatch.setattr(Part, "write", watched)
    setting.server.always[PATH] = lambda h, content, path: chunked(h, content * 3, path)
    with pytest.raises(DownloadError, match=f"sends more than {SIZE} bytes"):
        setting.fetch()
    assert SIZE - 50_000 <= max(sizes) <= SIZE
    assert setting.left() == []


def test_a_body_without_a_length_is_read_to_its_end(setting: Setting) -> None:
    setting.server.always[PATH] = chunked
    setting.fetch()
    setting.assert_right()


def test_a_body_without_a_length_that_is_too_short_is_not_taken_for_whole(
    setting: Setting,
) -> None:
    setting.server.faults[PATH] = [lambda h, content, path: chunked(h, content[:-1], path)]
    setting.fetch()
    setting.assert_right()
    assert setting.server.asked(PATH)[1]["Range"] == f"bytes={SIZE - 1}-"


def test_wrong_content_is_thrown_away_and_fetched_anew(setting: Setting) -> None:
    setting.server.faults[PATH] = [spoilt]
    assert setting.fetch() == 2 * SIZE
    setting.assert_right()


def test_content_that_is_always_wrong_leaves_nothing_and_one_line(setting: Setting) -> None:
    setting.server.always[PATH] = spoilt
    with pytest.raises(DownloadError, match=r"not the announced one \(md5:.*\), 3 times"):
        setting.fetch()
    assert (setting.left(), len(setting.server.requests)) == ([], 3)


def test_a_server_is_given_the_pause_it_asks_for(
    setting: Setting, new_client: NewClient, naps: list[float]
) -> None:
    date = email.utils.formatdate(time.time() + 100, usegmt=True)
    setting.server.faults[PATH] = [
        status(429, Retry_After="17"),
        status(503, Retry_After=date),
        status(503, Retry_After="soon"),
        status(500, Retry_After="50"),
    ]
    setting.fetch(new_client(tries=5))
    setting.assert_right()
    assert naps[0] == 17
    assert 95 < naps[1] <= 100
    assert 2 <= naps[2] <= 4
    assert 4 <= naps[3] <= 8


def test_a_pause_longer_than_patience_is_told_to_the_user(
    setting: Setting, naps: list[float]
) -> None:
    setting.server.faults[PATH] = [status(429, Retry_After="3600")]
    with pytest.raises(DownloadError, match=r"429 Too Many Requests.* a pause of 3600 s"):
        setting.fetch()
    assert naps == []


def test_pauses_double_with_jitter_up_to_the_longest(
    setting: Setting, new_client: NewClient, naps: list[float]
) -> None:
    setting.server.faults[PATH] = [status(500), status(502), status(503), status(504)]
    setting.fetch(new_client(tries=5, first=1.0, most=3.0))
    setting.assert_right()
    assert len(naps) == 4
    for nap, most in zip(naps, (1, 2, 3, 3), strict=True):
        assert most / 2 <= nap <= most


def test_a_server_that_ignores_ranges_sends_all_again(setting: Setting) -> None:
    setting.server.faults[PATH] = [cut(100_000), without_range]
    assert setting.fetch() == SIZE + 100_000
    setting.assert_right()


@pytest.mark.parametrize("span", ["bytes 5-9/300000", "bytes 100000-299999/400000", "nonsense"])
def test_another_range_than_asked_for_is_not_put_in(setting: Setting, span: str) -> None:
    def other(handler: Any, content: bytes, path: str) -> None:
        handler.answer(206, content[100_000:], **{"Content-Range": span})

    setting.server.faults[PATH] = [cut(100_000), other]
    assert setting.fetch() == SIZE + 100_000
    setting.assert_right()


def test_a_server_that_has_fewer_bytes_is_asked_from_the_start(setting: Setting) -> None:
    setting.server.faults[PATH] = [cut(100_000), status(416)]
    setting.fetch()
    setting.assert_right()
    assert "Range" not in setting.server.asked(PATH)[2]


def test_a_stalled_connection_is_given_up_and_resumed(setting: Setting) -> None:
    def stall(handler: Any, content: bytes, path: str) -> None:
        handler.whole_or_range(content, path, cut=70_000, stall=True)

    setting.server.faults[PATH] = [stall]
    began = time.monotonic()
    assert setting.fetch() == SIZE
    assert time.monotonic() - began < 3
    setting.assert_right()
    assert setting.server.asked(PATH)[1]["Range"] == "bytes=70000-"


def test_what_changed_between_two_tries_is_fetched_anew(setting: Setting) -> None:
    def old(handler: Any, content: bytes, path: str) -> None:
        handler.answer(200, bytes(SIZE), cut=100_000, ETag='"old"')

    setting.server.faults[PATH] = [old]
    assert setting.fetch() == SIZE + 100_000
    setting.assert_right()
    assert setting.server.asked(PATH)[1]["If-Range"] == '"old"'


def test_a_changed_file_is_noticed_though_the_server_ignores_if_range(setting: Setting) -> None:
    def old(handler: Any, content: bytes, path: str) -> None:
        handler.answer(200, bytes(SIZE), cut=100_000, ETag='"old"')

    def careless(handler: Any, content: bytes, path: str) -> None:
        span = f"bytes 100000-{SIZE - 1}/{SIZE}"
        handler.answer(206, content[100_000:], ETag='"new"', **{"Content-Range": span})

    setting.server.faults[PATH] = [old, careless]
    assert setting.fetch() == SIZE + 100_000
    setting.assert_right()
    assert len(setting.server.requests) == 3


def test_redirects_are_followed_and_credentials_stay_with_their_host(
    setting: Setting, server: Any
) -> None:
    elsewhere = f"http://localhost:{server.server_port}/elsewhere"
    server.contents["/elsewhere"] = CONTENT
    server.always[PATH] = status(302, Location=elsewhere)
    setting.store = OneStore(f"{server.url}{PATH}", Authorization="Basic x", Other="kept")
    setting.fetch()
    setting.assert_right()
    assert server.asked(PATH)[0]["Authorization"] == "Basic x"
    assert "Authorization" not in server.asked("/elsewhere")[0]
    assert server.asked("/elsewhere")[0]["Other"] == "kept"


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("ftp://example.org/x", "leads to ftp://example.org/x; only https and http"),
        ("file:///etc/passwd", "leads to file:///etc/passwd"),
        (PATH, "redirected more than 5 times"),
    ],
)
def test_redirects_elsewhere_or_without_end_are_refused(
    setting: Setting, target: str, problem: str
) -> None:
    setting.server.always[PATH] = status(302, Location=target)
    with pytest.raises(DownloadError, match=problem):
        setting.fetch()
    assert setting.left() == []


def test_the_systems_proxy_is_used(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", setting.server.url)
    far = "http://corpora.invalid/clip.zip"
    setting.server.contents[far] = CONTENT
    setting.store = OneStore(far)
    setting.fetch()
    setting.assert_right()


def test_a_secure_client_speaks_only_https(setting: Setting) -> None:
    with pytest.raises(DownloadError, match="only https addresses are followed"):
        setting.fetch(Client())
    assert setting.server.requests == []


def test_a_refusal_is_not_tried_again(setting: Setting) -> None:
    setting.server.always[PATH] = lambda handler, *_: handler.answer(
        403, b'{"message": "budget\\nexceeded"}'
    )
    with pytest.raises(RefusedError, match=r"answers 403 Forbidden \(budget exceeded\); look") as e:
        setting.fetch()
    assert "secret" not in str(e.value)
    assert len(setting.server.requests) == 1


def test_an_unreachable_server_is_one_line(
    setting: Setting, closed_port: int, naps: list[float]
) -> None:
    setting.store = OneStore(f"http://127.0.0.1:{closed_port}/x")
    with pytest.raises(DownloadError, match=r"/x: cannot be reached \(.*refused.*\); gave up"):
        setting.fetch()
    assert len(naps) == 3


def test_a_server_without_tls_is_tried_as_one_that_cannot_be_reached(setting: Setting) -> None:
    setting.store = OneStore(f"https://127.0.0.1:{setting.server.server_port}/x")
    with pytest.raises(DownloadError, match="cannot be reached"):
        setting.fetch()


def test_stopping_ends_a_fetch_between_two_blocks_and_keeps_what_came(
    setting: Setting,
) -> None:
    setting.server.faults[PATH] = [
        lambda h, content, path: h.whole_or_range(content, path, cut=1000, stall=True)
    ]
    threading.Timer(0.1, setting.client.stop.set).start()
    with pytest.raises(StoppedError):
        setting.fetch()
    assert part_of(setting.target).read_bytes() == CONTENT[:1000]


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a\\..\\x"])
def test_a_name_that_leaves_the_folder_is_refused(path: str) -> None:
    with pytest.raises(DownloadError, match="leaves the folder"):
        RemoteFile(path, 1, "md5:" + "0" * 32)
