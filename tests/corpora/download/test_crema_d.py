"""CREMA-D from an imitation of its repository, into an empty folder or into a clone."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.corpora.download import (
    Client,
    DownloadError,
    Outcome,
    crema_d_catalogue,
    download,
    survey,
)

ARCHIVE = "/crema-d/archive/HEAD.tar.gz"
CLIPS = [f"{actor}_{rest}" for actor in (1001, 1002, 1091) for rest in ("DFA_ANG_XX", "IEO_SAD_X")]
FORMATS = {"VideoFlash": "flv", "AudioWAV": "wav", "AudioMP3": "mp3"}
MEDIA = {
    f"{folder}/{clip}.{suffix}": f"{folder}{clip}".encode() * 40
    for folder, suffix in FORMATS.items()
    for clip in CLIPS
}
TABLES = {
    "SentenceFilenames.csv": b"Stimulus_Number,Filename\n",
    "processedResults/tabulatedVotes.csv": b"A,D\n" * 1000,
}
OTHERS = {
    "README.md": b"read",
    "finishedResponses.csv": b"x",
    "processFinishedResponses.r": b"x",
    "../../evil.csv": b"x",
    "processedResults/../../evil.csv": b"x",
}
ALL = range(1001, 1092)
NewClient = Callable[..., Client]


class Corpus:
    def __init__(self, server: Any, new_client: NewClient, folder: Path) -> None:
        self.server, self.new_client, self.folder = server, new_client, folder
        self.url = server.repository(MEDIA, {**TABLES, **OTHERS})

    def download(
        self, kinds: tuple[str, ...] = ("video-flash",), actors: Any = ALL, verify: bool = False
    ) -> tuple[Outcome, tuple[str, ...]]:
        client = self.new_client()
        catalogue = crema_d_catalogue(
            client, self.folder, kinds, actors, repository=self.url, stores=[self.url]
        )
        found = survey(catalogue.files, self.folder, verify=verify)
        return download(catalogue, found, self.folder, client), catalogue.notes

    def there(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.relative_to(self.folder).parts[0].startswith(".")
        }


@pytest.fixture
def corpus(server: Any, new_client: NewClient, tmp_path: Path) -> Corpus:
    return Corpus(server, new_client, tmp_path / "CREMA-D")


def of(folder: str, *actors: str) -> dict[str, bytes]:
    return {
        p: c
        for p, c in MEDIA.items()
        if p.startswith(folder) and p[len(folder) + 1 :][:4] in actors
    }


def test_only_what_is_asked_for_comes_with_its_tables_and_nothing_else(corpus: Corpus) -> None:
    outcome, notes = corpus.download(("video-flash",), [1001, 1091])
    assert (outcome.fetched, notes) == (4, ())
    assert corpus.there() == {**of("VideoFlash", "1001", "1091"), **TABLES}
    corpus.download(("audio-wav", "audio-mp3"), [1002])
    assert {p for p in corpus.there() if p.startswith("Audio")} == {
        *of("AudioWAV", "1002"),
        *of("AudioMP3", "1002"),
    }
    assert not list(corpus.folder.parent.rglob("evil*"))


def test_the_list_is_asked_for_again_only_when_it_has_changed(corpus: Corpus) -> None:
    corpus.download()
    size = corpus.server.sent[ARCHIVE]
    assert size == len(corpus.server.contents[ARCHIVE])
    assert corpus.download()[0] == Outcome(whole=6)
    assert corpus.server.sent[ARCHIVE] == size
    changed = {**MEDIA, "VideoFlash/1001_DFA_ANG_XX.flv": b"mended"}
    corpus.server.repository(changed, TABLES)
    assert corpus.download()[0].fetched == 1
    assert corpus.there()["VideoFlash/1001_DFA_ANG_XX.flv"] == b"mended"


@pytest.mark.parametrize("damage", ["table", "listing"])
def test_a_lost_table_or_list_is_fetched_again(corpus: Corpus, damage: str) -> None:
    corpus.download()
    lost = {"table": "SentenceFilenames.csv", "listing": ".mrpn-download/crema-d.json"}[damage]
    (corpus.folder / lost).write_bytes(b"{")
    assert corpus.download()[0] == Outcome(whole=6)
    assert corpus.there() == {**of("VideoFlash", "1001", "1002", "1091"), **TABLES}


def test_a_server_that_says_unchanged_of_what_was_never_fetched_is_refused(corpus: Corpus) -> None:
    corpus.server.always[ARCHIVE] = lambda handler, *_: handler.answer(304, b"")
    with pytest.raises(DownloadError, match="nothing has changed, though nothing is here"):
        corpus.download()


def test_pointers_that_lie_in_the_folder_are_replaced(
    corpus: Corpus, make_pointer: Callable[[bytes], bytes]
) -> None:
    for path, content in of("VideoFlash", "1001").items():
        (corpus.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus.folder / path).write_bytes(make_pointer(content))
    assert corpus.download()[0].fetched == 6
    assert of("VideoFlash", "1001").items() <= corpus.there().items()


def test_an_empty_file_which_git_lfs_keeps_without_a_pointer_is_made(
    corpus: Corpus,
) -> None:
    corpus.server.repository({**MEDIA, "VideoFlash/1003_DFA_ANG_XX.flv": b""}, TABLES)
    assert corpus.download(actors=[1003])[0].fetched == 1
    assert corpus.there()["VideoFlash/1003_DFA_ANG_XX.flv"] == b""


def test_a_list_cut_off_or_garbled_is_asked_for_again(corpus: Corpus) -> None:
    def short(handler: Any, content: bytes, path: str) -> None:
        handler.answer(200, content[:-4])

    def half(handler: Any, content: bytes, path: str) -> None:
        handler.answer(200, gzip.compress(gzip.decompress(content)[:3000]))

    def wrong(handler: Any, content: bytes, path: str) -> None:
        handler.answer(200, content[:-6] + bytes(2) + content[-4:])

    def page(handler: Any, content: bytes, path: str) -> None:
        handler.answer(200, b"<html>")

    def cut(handler: Any, content: bytes, path: str) -> None:
        handler.answer(200, content, cut=500)

    for fault in (short, half, wrong, page, cut):
        corpus.server.faults[ARCHIVE] = [fault]
        before = len(corpus.server.asked(ARCHIVE))
        (corpus.folder / "SentenceFilenames.csv").unlink(missing_ok=True)
        corpus.download()
        assert len(corpus.server.asked(ARCHIVE)) == before + 2
        assert TABLES.items() <= corpus.there().items()
    corpus.server.always[ARCHIVE] = page
    (corpus.folder / "SentenceFilenames.csv").unlink()
    with pytest.raises(DownloadError, match="the archive is damaged or cut off; gave up after 4"):
        corpus.download()


def test_an_archive_with_the_media_in_it_is_refused_with_a_way_out(
    corpus: Corpus, make_archive: Callable[[dict[str, bytes]], bytes]
) -> None:
    corpus.server.contents[ARCHIVE] = make_archive(MEDIA)
    with pytest.raises(DownloadError, match="itself instead of its LFS pointer; clone the repos"):
        corpus.download()


def test_an_archive_that_unpacks_without_end_is_refused(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrpn.corpora.download.repository._MOST_BYTES", 1000)
    with pytest.raises(DownloadError, match="refused"):
        corpus.download()


def test_a_repository_without_the_clips_is_told(corpus: Corpus) -> None:
    with pytest.raises(DownloadError, match="lists no such clips"):
        corpus.download(actors=[1050])


def test_a_clone_is_completed_in_place_by_its_own_pointers(
    corpus: Corpus, make_pointer: Callable[[bytes], bytes]
) -> None:
    (corpus.folder / ".git").mkdir(parents=True)
    for path, content in MEDIA.items():
        (corpus.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus.folder / path).write_bytes(make_pointer(content))
    own = corpus.folder / "VideoFlash" / "1002_DFA_ANG_XX.flv"
    own.write_bytes(b"smudged by git")
    del corpus.server.contents[ARCHIVE]
    outcome, notes = corpus.download()
    assert outcome.fetched == 5
    assert notes == ("1 files are no LFS pointers any more; they stay as they are",)
    there = corpus.there()
    for path, content in MEDIA.items():
        if path.startswith("Audio"):
            assert there[path] == make_pointer(content)
        elif path != "VideoFlash/1002_DFA_ANG_XX.flv":
            assert there[path] == content
    assert own.read_bytes() == b"smudged by git"
    assert corpus.download()[0] == Outcome(whole=5)
    damaged = corpus.folder / "VideoFlash" / "1001_DFA_ANG_XX.flv"
    status = damaged.stat()
    damaged.write_bytes(bytes(status.st_size))
    os.utime(damaged, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert corpus.download(verify=True)[0].fetched == 1
    assert damaged.read_bytes() == MEDIA["VideoFlash/1001_DFA_ANG_XX.flv"]


def test_a_completed_clip_of_a_clone_that_was_deleted_is_fetched_again(
    corpus: Corpus, make_pointer: Callable[[bytes], bytes]
) -> None:
    (corpus.folder / ".git").mkdir(parents=True)
    for path, content in of("VideoFlash", "1001", "1002").items():
        (corpus.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (corpus.folder / path).write_bytes(make_pointer(content))
    corpus.download()
    for path in of("VideoFlash", "1001", "1002"):
        (corpus.folder / path).unlink()
    assert corpus.download(actors=[1001])[0].fetched == 2
    assert corpus.there() == of("VideoFlash", "1001")
