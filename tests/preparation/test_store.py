"""The store: what goes in comes out, and what was cut off is cut away."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.media import Clip
from mrpn.preparation.store import AUDIO, JOURNAL, VIDEO, StoreReader, StoreWriter, read_journal

SIZE = 4


def clip_of(frames: int, samples: int, seed: int = 0) -> Clip:
    rng = np.random.default_rng(seed)
    return Clip(
        frames=rng.integers(0, 256, (frames, SIZE, SIZE, 3)).astype(np.uint8),
        times=np.arange(frames) / 10,
        boxes=rng.uniform(0, 9, (frames, 4)).astype(np.float32),
        scores=np.ones(frames, np.float32),
        audio=rng.uniform(-1, 1, samples).astype(np.float32),
        duration=1.5,
        problems=("no face",) if frames == 0 else (),
        looked_at=frames + 2,
    )


def write(folder: Path, clips: dict[str, Clip]) -> None:
    with StoreWriter(folder) as store:
        for key, clip in clips.items():
            if key not in store.entries:
                store.append(key, clip)


THREE = {"a": clip_of(3, 50, 1), "b": clip_of(0, 70, 2), "c": clip_of(2, 0, 3)}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), min_size=1, max_size=6))
def test_what_is_stored_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    clips = {f"{i}": clip_of(*size, seed=i) for i, size in enumerate(sizes)}
    write(folder, clips)
    reader = StoreReader(folder)
    assert [entry.key for entry in reader.entries.values()] == list(clips)
    for key, clip in clips.items():
        entry = reader.entries[key]
        assert np.array_equal(reader.frames(entry), clip.frames.reshape(reader.frames(entry).shape))
        assert np.allclose(reader.audio(entry), clip.audio, atol=1 / 32767)
        assert np.allclose(entry.times, clip.times, atol=1e-4)
        assert (entry.problems, entry.duration) == (clip.problems, 1.5)
        assert entry.looked_at == len(clip.frames) + 2


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_torn_line_is_cut_off_and_its_source_stored_again(tmp_path: Path, cut: int) -> None:
    write(tmp_path / "whole", THREE)
    write(tmp_path / "torn", THREE)
    journal = tmp_path / "torn" / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-cut])
    assert list(read_journal(tmp_path / "torn")[0]) == ["a", "b"]
    write(tmp_path / "torn", THREE)
    for name in (VIDEO, AUDIO, JOURNAL):
        one, other = (tmp_path / part / name for part in ("whole", "torn"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(("name", "kept"), [(VIDEO, ["a", "b"]), (AUDIO, ["a"])])
def test_lines_ahead_of_their_data_do_not_count(tmp_path: Path, name: str, kept: list[str]) -> None:
    write(tmp_path, THREE)
    whole = (tmp_path / name).read_bytes()
    with (tmp_path / name).open("r+b") as file:
        file.truncate(len(whole) - 1)
    assert list(read_journal(tmp_path)[0]) == kept
    write(tmp_path, THREE)
    assert list(read_journal(tmp_path)[0]) == ["a", "b", "c"]
    assert (tmp_path / name).read_bytes() == whole


def test_data_ahead_of_their_line_are_cut_off(tmp_path: Path) -> None:
    write(tmp_path, THREE)
    whole = (tmp_path / VIDEO).read_bytes()
    with (tmp_path / VIDEO).open("ab") as file:
        file.write(b"half a picture")
    write(tmp_path, THREE)
    assert (tmp_path / VIDEO).read_bytes() == whole


@pytest.mark.parametrize("line", [b"{}\n", b"[]\n", b"nonsense\n", b'{"key": 3}\n'])
def test_lines_that_are_no_entries_end_the_journal(tmp_path: Path, line: bytes) -> None:
    write(tmp_path, THREE)
    with (tmp_path / JOURNAL).open("ab") as file:
        file.write(line)
    assert list(read_journal(tmp_path)[0]) == ["a", "b", "c"]


def test_a_failure_is_an_entry_without_data(tmp_path: Path) -> None:
    with StoreWriter(tmp_path) as store:
        store.append_failure("x", "x.wav: not a media file")
        store.append("a", THREE["a"])
    entries, _ = read_journal(tmp_path)
    assert entries["x"].failure == "x.wav: not a media file"
    assert (entries["x"].frames, entries["x"].samples) == (0, 0)
    reader = StoreReader(tmp_path)
    assert np.array_equal(reader.frames(reader.entries["a"]), THREE["a"].frames)


def test_a_box_that_is_not_known_is_kept_as_minus_one(tmp_path: Path) -> None:
    clip = clip_of(1, 0)
    clip.boxes[:] = np.nan
    write(tmp_path, {"a": clip})
    assert StoreReader(tmp_path).entries["a"].boxes == ((-1.0, -1.0, -1.0, -1.0),)


def test_an_empty_store_reads_as_empty(tmp_path: Path) -> None:
    write(tmp_path, {"b": clip_of(0, 0)})
    reader = StoreReader(tmp_path)
    entry = reader.entries["b"]
    assert len(reader.audio(entry)) == 0
    assert len(reader.frames(entry)) == 0
