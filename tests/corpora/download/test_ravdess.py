"""RAVDESS from an imitation of Zenodo, and what Zenodo may answer instead."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.corpora.download import Client, DownloadError, download, ravdess_catalogue, survey

API = "/api/records/1188976"
NAMES = [
    *(f"Video_Speech_Actor_{n:02}.zip" for n in range(1, 25)),
    *(f"Video_Song_Actor_{n:02}.zip" for n in range(1, 25) if n != 18),
    "Audio_Speech_Actors_01-24.zip",
    "Audio_Song_Actors_01-24.zip",
]
ALL = tuple(range(1, 25))


@pytest.fixture(autouse=True)
def zenodo(server: Any) -> Any:
    server.zenodo({name: name.encode() * 100 for name in NAMES})
    return server


@pytest.mark.parametrize(
    ("kinds", "actors", "names", "notes"),
    [
        (["speech-video"], (1, 7), [NAMES[0], NAMES[6]], 0),
        (["speech-video"], ALL, NAMES[:24], 0),
        (["song-video"], (17, 18), ["Video_Song_Actor_17.zip"], 1),
        (["song-video", "song-audio"], ALL, [*NAMES[24:47], NAMES[48]], 1),
        (["speech-audio"], (3,), [NAMES[47]], 1),
        (["speech-audio", "song-audio"], ALL, NAMES[47:], 0),
    ],
)
def test_only_what_is_asked_for_is_listed(
    server: Any,
    client: Client,
    kinds: list[str],
    actors: tuple[int, ...],
    names: list[str],
    notes: int,
) -> None:
    catalogue = ravdess_catalogue(client, kinds, actors, base=server.url)
    assert [file.path for file in catalogue.files] == names
    assert len(catalogue.notes) == notes


def test_the_archives_come_from_the_page_that_knows_ranges(
    server: Any, client: Client, tmp_path: Path
) -> None:
    catalogue = ravdess_catalogue(client, ["speech-video"], (1, 2), base=f"{server.url}/")
    outcome = download(catalogue, survey(catalogue.files, tmp_path), tmp_path, client)
    assert outcome.fetched == 2
    assert (tmp_path / NAMES[1]).read_bytes() == NAMES[1].encode() * 100
    assert {path for path, _, _ in server.requests[1:]} == {
        f"/records/1188976/files/{name}" for name in NAMES[:2]
    }


def test_a_file_the_record_lacks_is_named(server: Any, client: Client) -> None:
    server.zenodo({NAMES[0]: b"x", "../../evil": b"y"})
    with pytest.raises(DownloadError, match=r"lists no 'Video_Speech_Actor_02\.zip' among its 2"):
        ravdess_catalogue(client, ["speech-video"], (1, 2), base=server.url)
    only = ravdess_catalogue(client, ["speech-video"], (1,), base=server.url)
    assert [file.path for file in only.files] == [NAMES[0]]


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>please log in</html>",
        b"",
        b"[]",
        b'{"files": 3}',
        b"\xff\xfe",
        json.dumps({"files": [{"key": "a", "size": -1, "checksum": "md5:" + "0" * 32}]}).encode(),
        json.dumps({"files": [{"key": "a", "size": 1, "checksum": "md5:../../x"}]}).encode(),
    ],
)
def test_an_answer_that_is_no_record_is_one_line(
    server: Any, client: Client, naps: list[float], answer: bytes
) -> None:
    server.contents[API] = answer
    with pytest.raises(DownloadError, match=f"{API}: not the answer expected.*gave up") as failure:
        ravdess_catalogue(client, ["speech-video"], (1,), base=server.url)
    assert "\n" not in str(failure.value)
    assert len(naps) == 3


def test_errors_of_the_api_are_tried_again_only_if_they_may_pass(
    server: Any, client: Client, naps: list[float]
) -> None:
    def failing(handler: Any, content: bytes, path: str) -> None:
        handler.answer(500, b"")

    server.faults[API] = [failing] * 2
    assert ravdess_catalogue(client, ["speech-video"], (1,), base=server.url).files
    assert len(naps) == 2
    server.always[API] = failing
    with pytest.raises(DownloadError, match="answers 500 Internal Server Error; gave up after 4"):
        ravdess_catalogue(client, ["speech-video"], (1,), base=server.url)
    del server.always[API], server.contents[API]
    naps.clear()
    with pytest.raises(DownloadError, match="answers 404 Not Found; look at that address"):
        ravdess_catalogue(client, ["speech-video"], (1,), base=server.url)
    assert naps == []


def test_a_list_without_end_is_cut_off(
    server: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mrpn.corpora.download.client._MOST_TEXT", 1000)
    with pytest.raises(DownloadError, match="answers more than 1000 bytes"):
        ravdess_catalogue(client, ["speech-video"], (1,), base=server.url)


def test_archives_are_replaced_by_folders_if_asked_for(
    server: Any,
    new_client: Callable[..., Client],
    tmp_path: Path,
    make_zip: Callable[[dict[str, bytes]], bytes],
) -> None:
    clip = "Actor_01/01-01-01-01-01-01-01.mp4"
    server.zenodo({NAMES[0]: make_zip({clip: b"film" * 99}), NAMES[1]: make_zip({"../x": b"y"})})
    catalogue = ravdess_catalogue(new_client(), ["speech-video"], (1, 2), base=server.url)

    def unpacked() -> Any:
        found = survey(catalogue.files, tmp_path)
        return download(catalogue, found, tmp_path, new_client(), unpacked=True)

    outcome = unpacked()
    assert outcome.fetched == 2
    assert "refused, its member '../x' leaves" in outcome.failed[NAMES[1]]
    assert (tmp_path / "Video_Speech_Actor_01" / clip).read_bytes() == b"film" * 99
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"Video_Speech_Actor_01", NAMES[1], ".mrpn-download"}
    requests = len(server.requests)
    assert (unpacked().whole, len(server.requests)) == (2, requests)
    (tmp_path / NAMES[0]).write_bytes(b"left by a kill between unpacking and removing")
    assert unpacked().whole == 2
    assert not (tmp_path / NAMES[0]).exists()
    (tmp_path / "Video_Speech_Actor_01" / clip).unlink()
    found = survey(catalogue.files, tmp_path)
    assert [file.path for file in found.wanted] == [NAMES[0]]
