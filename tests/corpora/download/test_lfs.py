"""Git LFS: pointers, and objects by the batch API of a repository or its mirror."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.corpora.download import Catalogue, Client, DownloadError, download, survey
from mrpn.corpora.download.errors import StoreError
from mrpn.corpora.download.lfs import LfsStore, read_pointer
from mrpn.corpora.download.part import RemoteFile

BATCH = "/crema-d.git/info/lfs/objects/batch"
OID = "18b0f01617f370a033aa080d4fcb3761c8c85bd41aa214d5e14fd4c653dd6879"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 73567\n".encode()


def made(count: int) -> dict[str, bytes]:
    return {f"AudioMP3/{n:04}.mp3": b"%d;" % n * 50 for n in range(count)}


def files_of(media: dict[str, bytes]) -> list[RemoteFile]:
    return [
        RemoteFile(path, len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
        for path, content in media.items()
    ]


def batches(server: Any) -> list[list[dict[str, Any]]]:
    return [json.loads(body)["objects"] for path, _, body in server.requests if path == BATCH]


def test_a_pointer_is_read_as_git_lfs_writes_it() -> None:
    assert read_pointer("a.mp3", POINTER) == RemoteFile("a.mp3", 73567, f"sha256:{OID}")
    extended = POINTER.replace(b"oid", b"ext-0-foo sha256:00\noid")
    assert read_pointer("a.mp3", extended) == RemoteFile("a.mp3", 73567, f"sha256:{OID}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"FLV\x01\x05",
        POINTER[:-1],
        POINTER + b"more",
        POINTER.replace(b"sha256", b"sha512"),
        POINTER.replace(b"18b0", b"../0"),
        POINTER.replace(b"73567", b"-1"),
        POINTER.replace(b"73567", b"9" * 19),
    ],
)
def test_anything_else_is_no_pointer(content: bytes) -> None:
    assert read_pointer("a.mp3", content) is None


def test_objects_are_asked_for_a_hundred_at_a_time(
    server: Any, client: Client, tmp_path: Path
) -> None:
    media = made(205)
    files = files_of(media)
    store = LfsStore(client, [server.repository(media, {})], files)
    found = survey(files, tmp_path)
    outcome = download(Catalogue(tuple(files), store), found, tmp_path, client)
    assert outcome.fetched == 205
    assert {path: (tmp_path / path).read_bytes() for path in media} == media
    assert [len(objects) for objects in batches(server)] == [100, 100, 5]
    sent = next(entry for entry in server.requests if entry[0] == BATCH)
    assert sent[1]["Accept"] == sent[1]["Content-Type"] == "application/vnd.git-lfs+json"
    assert json.loads(sent[2])["operation"] == "download"
    got = server.asked(f"/objects/{files[0].digest.removeprefix('sha256:')}")
    assert got[0]["X-Pass"] == "1"


def test_an_object_that_is_not_there_fails_alone(
    server: Any, client: Client, tmp_path: Path
) -> None:
    media = made(3)
    files = files_of(media)
    store = LfsStore(client, [server.repository(media, {})], files)
    del server.contents[f"/objects/{files[1].digest.removeprefix('sha256:')}"]
    found = survey(files, tmp_path)
    outcome = download(Catalogue(tuple(files), store), found, tmp_path, client)
    assert outcome.fetched == 2
    assert outcome.failed == {
        "AudioMP3/0001.mp3": "AudioMP3/0001.mp3: no store gives out its object "
        "(404, Object does not exist); try another day"
    }
    assert sorted(path.name for path in (tmp_path / "AudioMP3").iterdir()) == [
        "0000.mp3",
        "0002.mp3",
    ]


def test_a_place_that_has_expired_is_asked_for_anew(
    server: Any, client: Client, tmp_path: Path
) -> None:
    media = made(2)
    files = files_of(media)
    store = LfsStore(client, [server.repository(media, {})], files)
    path = f"/objects/{files[0].digest.removeprefix('sha256:')}"
    server.faults[path] = [lambda handler, *_: handler.answer(403, b"expired")]
    found = survey(files, tmp_path)
    outcome = download(Catalogue(tuple(files), store), found, tmp_path, client)
    assert outcome.fetched == 2
    assert sorted(len(objects) for objects in batches(server)) == [1, 2]


def test_an_object_that_stays_forbidden_is_asked_for_twice(
    server: Any, client: Client, tmp_path: Path
) -> None:
    files = files_of(made(1))
    store = LfsStore(client, [server.repository(made(1), {})], files)
    path = f"/objects/{files[0].digest.removeprefix('sha256:')}"
    server.always[path] = lambda handler, *_: handler.answer(403, b"no")
    found = survey(files, tmp_path)
    outcome = download(Catalogue(tuple(files), store), found, tmp_path, client)
    assert "answers 403 Forbidden; look at" in outcome.failed["AudioMP3/0000.mp3"]
    assert "signature" not in outcome.failed["AudioMP3/0000.mp3"]
    assert len(server.asked(path)) == 2


def test_a_mirror_is_asked_when_the_first_store_is_over_its_budget(
    server: Any, new_client: Callable[..., Client], tmp_path: Path
) -> None:
    media = made(150)
    files = files_of(media)
    first = server.repository(media, {})
    mirror = server.repository(media, {}, name="/mirror")
    server.always[BATCH] = lambda handler, *_: handler.answer(
        403, b'{"message": "This repository exceeded its LFS budget."}'
    )
    client = new_client()
    store = LfsStore(client, [first, f"{mirror}.git"], files)
    found = survey(files, tmp_path)
    assert download(Catalogue(tuple(files), store), found, tmp_path, client).fetched == 150
    assert len(server.asked(BATCH)) == 1
    assert len(server.asked("/mirror.git/info/lfs/objects/batch")) == 2
    client = new_client()
    store = LfsStore(client, [first], files)
    found = survey(files, tmp_path / "other")
    with pytest.raises(StoreError, match=r"403 Forbidden \(This repository exceeded its LFS bu"):
        download(Catalogue(tuple(files), store), found, tmp_path / "other", client)


def test_a_mirror_fills_in_for_single_objects(server: Any, client: Client) -> None:
    media = made(2)
    files = files_of(media)
    server.repository(media, {})
    answer = {"objects": [{"oid": "f" * 64, "size": 1, "actions": {"download": {"href": "x:y"}}}]}
    server.contents[BATCH] = json.dumps(answer).encode()
    mirror = server.repository(media, {}, name="/mirror")
    server.contents[f"/x{BATCH}"] = json.dumps(answer).encode()
    store = LfsStore(client, [f"{server.url}/x/crema-d", mirror], files)
    assert "/objects/" in store.locate(files[0], renew=False).url
    alone = LfsStore(client, [f"{server.url}/x/crema-d"], files)
    with pytest.raises(DownloadError, match=r"no store gives out its object \(no answer\)"):
        alone.locate(files[0], renew=False)


@pytest.mark.parametrize("answer", [b"<html>", b'{"objects": [{"actions": 1}]}', b'{"objects": 1}'])
def test_a_garbled_answer_is_one_line(server: Any, client: Client, answer: bytes) -> None:
    files = files_of(made(1))
    store = LfsStore(client, [server.repository(made(1), {})], files)
    server.contents[BATCH] = answer
    with pytest.raises(StoreError, match=f"{BATCH}: not the answer expected") as failure:
        store.locate(files[0], renew=False)
    assert "\n" not in str(failure.value)


def test_a_store_that_is_busy_is_given_time(server: Any, client: Client, naps: list[float]) -> None:
    files = files_of(made(1))
    store = LfsStore(client, [server.repository(made(1), {})], files)
    busy = lambda handler, *_: handler.answer(429, b"", **{"Retry-After": "9"})  # noqa: E731
    server.faults[BATCH] = [busy]
    assert store.locate(files[0], renew=False)
    assert naps == [9]
