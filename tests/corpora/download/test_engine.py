"""Many files: several at once, one failure alone, nothing twice, and real kills."""

import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from killing import in_a_child
from mrpn.corpora.download import (
    Catalogue,
    Client,
    DownloadError,
    Outcome,
    RemoteFile,
    alone_in,
    download,
    survey,
)
from mrpn.corpora.download.errors import StoreError
from mrpn.corpora.download.fetch import Place
from mrpn.corpora.download.journal import Journal
from mrpn.corpora.download.part import held_of

NewClient = Callable[..., Client]


class Folder:
    """Ten served files of different sizes, and their download into a folder."""

    renewable = False

    def __init__(self, server: Any, new_client: NewClient, path: Path, size: int = 20_000) -> None:
        self.server, self.new_client, self.path = server, new_client, path
        self.contents = {
            f"Actor_{n:02}/{n}.bin": random.Random(n).randbytes(size + n) for n in range(10)
        }
        self.contents["empty.bin"] = b""
        self.files = tuple(
            RemoteFile(name, len(content), server.put(f"/{name}", content).digest)
            for name, content in self.contents.items()
        )

    def locate(self, file: RemoteFile, renew: bool) -> Place:  # noqa: ARG002
        return Place(f"{self.server.url}/{file.path}")

    def download(self, *, verify: bool = False, **how: Any) -> Outcome:
        found = survey(self.files, self.path, verify=verify)
        catalogue = Catalogue(self.files, self, how.pop("tables", {}))
        with alone_in(self.path):
            return download(catalogue, found, self.path, self.new_client(), **how)

    def assert_right(self) -> None:
        there = {
            path.relative_to(self.path).as_posix(): path.read_bytes()
            for path in self.path.rglob("*")
            if path.is_file() and path.parent.name != ".mrpn-download"
        }
        assert there == self.contents


@pytest.fixture
def folder(server: Any, new_client: NewClient, tmp_path: Path) -> Folder:
    return Folder(server, new_client, tmp_path / "corpus")


@pytest.mark.parametrize("jobs", [1, 4])
def test_all_come_and_nothing_is_fetched_twice(folder: Folder, jobs: int) -> None:
    total = sum(map(len, folder.contents.values()))
    first = folder.download(jobs=jobs)
    folder.assert_right()
    assert first == Outcome(whole=0, fetched=11, received=total)
    requests = len(folder.server.requests)
    assert requests == 10
    assert folder.server.connections <= jobs
    assert folder.download() == Outcome(whole=11)
    assert len(folder.server.requests) == requests
    assert sum(folder.server.sent.values()) == total


@pytest.mark.parametrize("seed", range(3))
def test_every_mixture_of_faults_ends_in_the_right_files(folder: Folder, seed: int) -> None:
    draw = random.Random(seed)
    faults: list[Callable[..., None]] = [
        lambda h, content, path: h.whole_or_range(content, path, cut=draw.randrange(20_000)),
        lambda h, content, path: h.whole_or_range(bytes(len(content)), path),
        lambda h, content, _: h.answer(200, content),
        lambda h, content, _: h.answer(200, content[:500]),
        lambda h, *_: h.answer(draw.choice([416, 429, 500, 503]), b"busy"),
        lambda h, *_: setattr(h, "close_connection", True),
    ]
    for name in folder.contents:
        folder.server.faults[f"/{name}"] = draw.choices(faults, k=3)
    assert folder.download().fetched == 11
    folder.assert_right()


def test_one_file_that_fails_does_not_stop_the_others(folder: Folder) -> None:
    lost = "Actor_03/3.bin"
    good = folder.server.contents.pop(f"/{lost}")
    outcome = folder.download()
    assert (outcome.fetched, list(outcome.failed)) == (10, [lost])
    assert f"{lost}: answers 404 Not Found" in outcome.failed[lost]
    assert not list(folder.path.rglob("3.bin*"))
    folder.server.contents[f"/{lost}"] = good
    assert folder.download() == Outcome(whole=10, fetched=1, received=len(good))
    folder.assert_right()


def test_a_store_that_fails_file_after_file_is_left_alone(folder: Folder) -> None:
    folder.server.contents.clear()
    with pytest.raises(DownloadError, match="8 files in a row failed, the last one: http"):
        folder.download(jobs=1)
    # One more may have been under way.
    assert len(folder.server.requests) in (8, 9)


def test_a_store_that_gives_out_nothing_ends_it_at_once(folder: Folder) -> None:
    def silent(file: RemoteFile, renew: bool) -> Place:
        raise StoreError("the store is closed")

    folder.locate = silent  # type: ignore[method-assign]
    with pytest.raises(StoreError, match="closed"):
        folder.download()


def test_a_full_disk_ends_it_with_the_systems_reason(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mrpn.corpora.download.part.Part.write", full)
    with pytest.raises(OSError, match="No space left"):
        folder.download()


def test_a_disk_too_small_is_told_before_anything_comes(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(folder.path.parent)._replace(free=100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(DownloadError, match=r"200\.0 kB are needed and 100\.0 kB are free"):
        folder.download(tables={"a.csv": b"x"})
    assert folder.server.requests == []
    assert not (folder.path / "a.csv").exists()


def test_what_is_there_in_part_needs_no_room(folder: Folder) -> None:
    folder.server.faults["/Actor_03/3.bin"] = [
        lambda h, content, path: h.whole_or_range(content, path, cut=15_000)
    ] + [lambda h, *_: h.answer(500, b"")] * 3
    folder.download()
    found = survey(folder.files, folder.path)
    assert [file.path for file in found.wanted] == ["Actor_03/3.bin"]
    assert found.needed == 20_003 - 15_000


def test_files_brought_by_hand_are_checked_once_and_kept(folder: Folder) -> None:
    for name in list(folder.contents)[:2]:
        target = folder.path / name
        target.parent.mkdir(parents=True)
        target.write_bytes(folder.contents[name])
    assert folder.download().whole == 2
    assert Journal(folder.path).is_whole(folder.files[0])
    folder.assert_right()


@pytest.mark.parametrize("damage", [lambda c: b"?" + c[1:], lambda c: c[:-1]])
def test_a_touched_file_is_read_again_and_fetched_if_it_is_wrong(
    folder: Folder, damage: Callable[[bytes], bytes]
) -> None:
    folder.download()
    target = folder.path / "Actor_05/5.bin"
    os.utime(target, ns=(1, 1))
    assert folder.download() == Outcome(whole=11)
    target.write_bytes(damage(target.read_bytes()))
    assert folder.download().fetched == 1
    folder.assert_right()


def test_verify_finds_damage_that_size_and_time_do_not_show(folder: Folder) -> None:
    folder.download()
    target = folder.path / "Actor_05/5.bin"
    times = target.stat().st_mtime_ns
    target.write_bytes(bytes(20_005))
    os.utime(target, ns=(times, times))
    assert folder.download() == Outcome(whole=11)
    assert folder.download(verify=True).fetched == 1
    folder.assert_right()


def test_a_torn_line_of_the_journal_costs_one_reading(folder: Folder) -> None:
    folder.download()
    journal = folder.path / ".mrpn-download" / "journal.jsonl"
    journal.write_text(journal.read_text(encoding="utf-8")[:-20] + "\n[]\n7", encoding="utf-8")
    known = Journal(folder.path)
    assert sum(known.is_whole(file) for file in folder.files) == 10
    assert folder.download() == Outcome(whole=11)
    assert all(Journal(folder.path).is_whole(file) for file in folder.files)


def test_a_file_announced_anew_is_fetched_anew(folder: Folder) -> None:
    folder.download()
    name = "Actor_05/5.bin"
    new = folder.server.put(f"/{name}", b"new")
    changed = RemoteFile(name, 3, new.digest)
    folder.files = tuple(changed if file.path == name else file for file in folder.files)
    folder.contents[name] = b"new"
    assert folder.download().fetched == 1
    folder.assert_right()


def test_tables_are_written_and_left_alone_when_they_are_right(folder: Folder) -> None:
    table = folder.path / "tables" / "a.csv"
    folder.download(tables={"tables/a.csv": b"a,b\n"})
    before = table.stat().st_ino
    folder.download(tables={"tables/a.csv": b"a,b\n"})
    assert (table.read_bytes(), table.stat().st_ino) == (b"a,b\n", before)


def test_two_downloads_into_one_folder_are_refused(folder: Folder) -> None:
    with (
        alone_in(folder.path),
        pytest.raises(DownloadError, match="another download is at work"),
        alone_in(folder.path),
    ):
        pass
    with alone_in(folder.path):
        pass


def test_a_killed_download_goes_on_from_its_bytes(
    server: Any, new_client: NewClient, tmp_path: Path
) -> None:
    folder = Folder(server, new_client, tmp_path / "corpus", size=400_000)

    def slowly(handler: Any, content: bytes, path: str) -> None:
        """Half of the file, and the rest while the client is being killed."""
        handler.whole_or_range(content, path, cut=len(content) // 2, stall=True)

    for n in range(2, 10, 2):
        server.faults[f"/Actor_{n:02}/{n}.bin"] = [slowly]
    halves = [folder.path / f"Actor_{n:02}/{n}.bin" for n in (2, 4)]
    folder.new_client = lambda: new_client(read=30.0)
    code = in_a_child(
        lambda: folder.download(jobs=2),
        kill_when=lambda: all(held_of(half) >= 200_000 for half in halves),
    )
    assert code == -signal.SIGKILL
    whole = [file for file in folder.files if (folder.path / file.path).is_file()]
    assert {file.path for file in whole} >= {"Actor_00/0.bin", "Actor_01/1.bin"}
    for file in whole:
        assert (folder.path / file.path).read_bytes() == folder.contents[file.path]
    server.faults.clear()
    before = sum(server.sent.values())
    folder.new_client = new_client
    outcome = folder.download(jobs=2)
    folder.assert_right()
    total = sum(map(len, folder.contents.values()))
    assert outcome.whole == len(whole)
    assert outcome.received == sum(server.sent.values()) - before
    # All in all each byte was sent once: a kill cost nothing.
    assert sum(server.sent.values()) == total


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Answer Ctrl-C as a terminal's process does, even where a background job ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_ends_at_once_though_the_server_says_nothing(
    folder: Folder, new_client: NewClient, keyboard: None
) -> None:
    folder.new_client = lambda: new_client(read=30.0)
    for name in folder.contents:
        folder.server.always[f"/{name}"] = lambda h, content, path: h.whole_or_range(
            content, path, cut=5000, stall=True
        )
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        folder.download(jobs=1)
    assert time.monotonic() - began < 3
    assert held_of(folder.path / "Actor_00/0.bin") == 5000
