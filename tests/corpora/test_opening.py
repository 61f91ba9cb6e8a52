"""Whether files are there, can be opened, and how long they last."""

from pathlib import Path

import numpy as np
import pytest

from mrpn.corpora import ClipRecord, Manifest
from mrpn.corpora.opening import Durations, Opened, durations_of, file_states, open_all
from mrpn.media import write_video, write_wav

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"


def corpus(root: Path, *media: tuple[str | None, str | None]) -> Manifest:
    records = tuple(
        ClipRecord(f"c{number}", "sad", "x", None, video, audio)
        for number, (video, audio) in enumerate(media)
    )
    return Manifest("mine", root, ("sad",), records)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A second of sound, half a second of pictures without, and four files of no use."""
    write_wav(tmp_path / "a.wav", np.zeros(16000, np.float32))
    write_video(tmp_path / "mute.mp4", [np.zeros((48, 64, 3), np.uint8)] * 4, 8)
    (tmp_path / "cut.mp4").write_bytes((tmp_path / "mute.mp4").read_bytes()[:400])
    (tmp_path / "text.wav").write_text("this is no sound\n" * 99)
    (tmp_path / "zero.wav").touch()
    (tmp_path / "pointer.flv").write_bytes(POINTER)
    return tmp_path


def test_files_are_whole_missing_empty_or_pointers(folder: Path) -> None:
    names = ("a.wav", "zero.wav", "gone.wav", "pointer.flv", "pointer.flv")
    states = file_states(corpus(folder, *((None, name) for name in names)))
    assert dict(states.whole) == {"a.wav": (folder / "a.wav").stat().st_size}
    assert (states.missing, states.empty) == (("gone.wav",), ("zero.wav",))
    assert states.pointers == ("pointer.flv",)


def test_opening_gives_the_duration_or_the_problem(folder: Path) -> None:
    media = ((None, "a.wav"), ("mute.mp4", None), ("cut.mp4", None), (None, "text.wav"))
    manifest = corpus(folder, *media, (None, "gone.wav"))
    opened = open_all(manifest, file_states(manifest).whole)
    assert list(opened) == ["a.wav", "mute.mp4", "cut.mp4", "text.wav"]
    assert opened["a.wav"] == Opened(1.0)
    assert opened["mute.mp4"].duration == pytest.approx(0.5, abs=0.01)
    for name in ("cut.mp4", "text.wav"):
        problem = opened[name].problem
        assert problem is not None
        assert str(folder) not in problem


def test_a_file_without_what_the_clip_needs_of_it_is_a_problem(folder: Path) -> None:
    manifest = corpus(folder, (None, "mute.mp4"), ("a.wav", None))
    opened = open_all(manifest, file_states(manifest).whole)
    assert {name: (o.problem, o.lacks) for name, o in opened.items()} == {
        "mute.mp4": ("there is no sound in it", None),
        "a.wav": ("there is no picture in it", None),
    }


def test_a_file_for_both_that_is_one_of_them_lacks_the_other(folder: Path) -> None:
    manifest = corpus(folder, ("mute.mp4", "mute.mp4"), ("a.wav", "a.wav"))
    opened = open_all(manifest, file_states(manifest).whole)
    assert {name: (o.problem, o.lacks) for name, o in opened.items()} == {
        "mute.mp4": (None, "sound"),
        "a.wav": (None, "picture"),
    }


def test_a_file_that_is_of_no_use_to_one_of_its_clips_is_a_problem(folder: Path) -> None:
    manifest = corpus(folder, ("mute.mp4", "mute.mp4"), (None, "mute.mp4"))
    opened = open_all(manifest, file_states(manifest).whole)
    assert opened["mute.mp4"].problem == "there is no sound in it"


def test_a_clip_lasts_as_long_as_the_longer_of_its_files() -> None:
    manifest = corpus(Path(), ("v1", "a1"), (None, "a2"), (None, "a3"), (None, "a4"))
    seconds = {"v1": 2.0, "a1": 3.0, "a2": 5.0, "a3": 0.0, "a4": 4.0}
    opened = {name: Opened(duration) for name, duration in seconds.items()}
    assert durations_of(manifest, opened) == Durations(3, 12.0, 3.0, 4.0, 5.0, "c0", "c1")
    assert durations_of(manifest, {}) is None
