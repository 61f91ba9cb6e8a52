"""The command as users give it: what it refuses, shows, fetches and says."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from mrpn.cli.download import download_corpus
from mrpn.common.progress import console
from mrpn.corpora import Manifest, read_corpus
from mrpn.corpora.download import DownloadError

CLIP = "Actor_{0:02}/01-01-03-01-01-01-{0:02}.mp4"
Run = Callable[..., Any]


@pytest.fixture
def command(server: Any, make_zip: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command against the imitations, without waiting, and return its exit code."""
    server.zenodo(
        {
            f"Video_Speech_Actor_{n:02}.zip": make_zip({CLIP.format(n): bytes(range(n, 200))})
            for n in range(1, 25)
        }
    )
    media = {f"VideoFlash/{n}_DFA_ANG_XX.flv": b"%d" % n * 90 for n in (1001, 1002)}
    monkeypatch.setenv("MRPN_ZENODO", server.url)
    monkeypatch.setenv("MRPN_CREMA_D", server.repository(media, {"LICENSE.txt": b"ODbL"}))
    monkeypatch.setenv("MRPN_CREMA_D_LFS", f"{server.url}/none {server.url}/crema-d")
    monkeypatch.setattr("mrpn.corpora.download.client.Client._pause", lambda *_: None)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    app = typer.Typer()
    app.command()(download_corpus)

    def run(*arguments: object) -> Any:
        return app([str(argument) for argument in arguments], standalone_mode=False)

    return run


def test_nothing_comes_before_the_licence_is_accepted(
    command: Run, server: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "R"
    with console.capture() as said, pytest.raises(DownloadError, match="add --accept-licence"):
        command("ravdess", folder)
    assert "NonCommercial-ShareAlike 4.0" in said.get()
    assert (server.requests, folder.exists()) == ([], False)


@pytest.mark.parametrize(("reply", "comes"), [("y", True), ("n", False)])
def test_a_person_at_a_terminal_is_asked(
    command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: str, comes: bool
) -> None:
    typed = io.StringIO(f"{reply}\n")
    typed.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", typed)
    if comes:
        command("ravdess", tmp_path / "R", "--actors", 1)
    else:
        with pytest.raises(typer.Abort):
            command("ravdess", tmp_path / "R", "--actors", 1)
    assert (tmp_path / "R").exists() == comes


def test_a_dry_run_tells_what_would_come_and_writes_nothing(
    command: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "R"
    command("ravdess", folder, "--actors", "1-2", "--dry-run")
    out = capsys.readouterr().out
    assert "Video_Speech_Actor_02.zip" in out
    assert "2 files to fetch, 0 there already; " in out
    command("crema-d", folder, "--dry-run", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["to fetch"] == {f"VideoFlash/{n}_DFA_ANG_XX.flv": 360 for n in (1001, 1002)}
    assert (told["there"], told["bytes needed"]) == ([], 720)
    assert not folder.exists()


def test_what_came_is_a_corpus_that_the_reader_reads(command: Run, tmp_path: Path) -> None:
    folder = tmp_path / "R"
    with console.capture() as said:
        command("ravdess", folder, "--actors", "2,23-24", "--accept-licence", "--jobs", 2)
    assert said.get().splitlines()[-1].startswith("3 files, ")
    assert "3 fetched" in said.get()
    manifest: Manifest = read_corpus("ravdess", folder)
    assert sorted(manifest.actors) == ["2", "23", "24"]
    with console.capture() as said:
        command("ravdess", folder, "--actors", "2,23-24", "--accept-licence", "--unpack")
    assert "0 fetched (0 bytes), 3 there already, 0 failed" in " ".join(said.get().split())
    assert read_corpus("ravdess", folder).counts() == manifest.counts()
    assert not list(folder.glob("*.zip"))


def test_crema_d_comes_from_the_mirror_when_the_first_store_fails(
    command: Run, tmp_path: Path
) -> None:
    command("crema-d", tmp_path, "--accept-licence", "--actors", 1002)
    assert (tmp_path / "VideoFlash" / "1002_DFA_ANG_XX.flv").read_bytes() == b"1002" * 90
    assert (tmp_path / "LICENSE.txt").read_bytes() == b"ODbL"
    assert not (tmp_path / "VideoFlash" / "1001_DFA_ANG_XX.flv").exists()


def test_failures_are_one_line_after_all_others_came(
    command: Run, server: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in (2, 3):
        del server.contents[f"/records/1188976/files/Video_Speech_Actor_{n:02}.zip"]
    arguments = ("ravdess", tmp_path, "--actors", "1-4", "--accept-licence")
    with (
        console.capture() as said,
        pytest.raises(DownloadError, match=r"_0[23]\.zip: answers 404.*\(and 1 more"),
    ):
        command(*arguments)
    assert "2 fetched" in said.get()
    assert "2 failed" in said.get()
    with pytest.raises(DownloadError):
        command(*arguments, "--json")
    told = json.loads(capsys.readouterr().out)
    assert sorted(told["failed"]) == [f"Video_Speech_Actor_{n:02}.zip" for n in (2, 3)]
    assert told["there"] == 2


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("savee", "x"), "'savee' cannot be downloaded; there are ravdess, crema-d"),
        (("ravdess", "x", "--what", "flv"), "--what flv: ravdess has no such files"),
        (("crema-d", "x", "--actors", "7"), "'7' is outside crema-d's 1001 to 1091"),
    ],
)
def test_wrong_wishes_are_refused_before_anything_is_asked(
    command: Run, server: Any, arguments: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(DownloadError, match=problem):
        command(*arguments)
    assert server.requests == []


def test_a_file_is_no_folder(command: Run, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(DownloadError, match="is a file; name a folder"):
        command("ravdess", tmp_path / "x", "--accept-licence")
