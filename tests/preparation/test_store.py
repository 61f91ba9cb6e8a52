"""The store: what goes in comes out, and what was cut off is cut away."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mrpn.preparation.crops import CropFormat, encode_crop
from mrpn.preparation.entry import ARRAYS, AUDIO, JOURNAL, VIDEO, Entry, read_journal
from mrpn.preparation.store import StoreReader, StoreWriter

SIZE = 8


@dataclass(frozen=True)
class Content:
    """What a source holds."""

    frames: NDArray[np.uint8]
    samples: NDArray[np.int16]
    pulse: NDArray[np.float32]


def content_of(frames: int, samples: int, rows: int = 0, seed: int = 0) -> Content:
    rng = np.random.default_rng(seed)
    return Content(
        frames=rng.integers(0, 256, (frames, SIZE, SIZE, 3)).astype(np.uint8),
        samples=rng.integers(-32767, 32768, samples).astype(np.int16),
        pulse=rng.normal(0, 1, (rows, 3)).astype(np.float32),
    )


def append(store: StoreWriter, key: str, content: Content, form: CropFormat = "raw") -> None:
    crops = [encode_crop(frame, form) for frame in content.frames]
    parts = {
        VIDEO: b"".join(crops),
        AUDIO: content.samples.tobytes(),
        ARRAYS: content.pulse.tobytes(),
    }
    files = {name: store.folder / f"{key}-{name}" for name in parts}
    for name, path in files.items():
        path.write_bytes(parts[name])
    entry = Entry(
        key=key,
        form=form,
        size=SIZE,
        crops=tuple(map(len, crops)),
        samples=len(content.samples),
        arrays={"pulse": (0, *content.pulse.shape)} if len(content.pulse) else {},
        duration=1.5,
        times=tuple(range(len(crops))),
        problems=() if crops else ("no face",),
    )
    store.append(entry, files)
    for path in files.values():
        path.unlink()


def write(folder: Path, sources: dict[str, Content]) -> None:
    with StoreWriter(folder) as store:
        for key, content in sources.items():
            if key not in store.entries:
                append(store, key, content)


THREE = {
    "a": content_of(3, 50, 2, seed=1),
    "b": content_of(0, 70, 0, seed=2),
    "c": content_of(2, 0, 1, seed=3),
}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 40), st.integers(0, 3)), min_size=1, max_size=6
    )
)
def test_what_is_stored_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("store")
    sources = {f"{i}": content_of(*size, seed=i) for i, size in enumerate(sizes)}
    write(folder, sources)
    reader = StoreReader(folder)
    assert list(reader.entries) == list(sources)
    for key, content in sources.items():
        entry = reader.entries[key]
        assert np.array_equal(reader.frames(entry), content.frames)
        assert np.array_equal(np.round(reader.audio(entry) * 32767), content.samples)
        arrays = reader.arrays(entry)
        assert list(arrays) == (["pulse"] if len(content.pulse) else [])
        assert all(np.array_equal(values, content.pulse) for values in arrays.values())
        assert entry.times == tuple(range(len(content.frames)))
        assert entry.problems == (() if len(content.frames) else ("no face",))


@pytest.mark.parametrize("form", ["raw", "jpeg"])
def test_some_of_the_crops_are_those_of_all(tmp_path: Path, form: CropFormat) -> None:
    with StoreWriter(tmp_path) as store:
        append(store, "before", content_of(2, 3), form)
        append(store, "a", content_of(6, 0, seed=4), form)
    reader = StoreReader(tmp_path)
    entry = reader.entries["a"]
    whole = reader.frames(entry)
    assert whole.shape == (6, SIZE, SIZE, 3)
    for first, after in ((0, 6), (2, 5), (3, None), (4, 4), (5, 99)):
        assert np.array_equal(reader.frames(entry, first, after), whole[first:after])


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_torn_line_is_cut_off_and_its_source_stored_again(tmp_path: Path, cut: int) -> None:
    write(tmp_path / "whole", THREE)
    write(tmp_path / "torn", THREE)
    journal = tmp_path / "torn" / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-cut])
    assert list(read_journal(tmp_path / "torn")[0]) == ["a", "b"]
    write(tmp_path / "torn", THREE)
    for name in (VIDEO, AUDIO, ARRAYS, JOURNAL):
        one, other = (tmp_path / part / name for part in ("whole", "torn"))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    ("name", "kept"), [(VIDEO, ["a", "b"]), (AUDIO, ["a"]), (ARRAYS, ["a", "b"])]
)
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
        store.append(Entry("x", failure="x.wav: not a media file"), {})
        append(store, "a", THREE["a"])
    entries, _ = read_journal(tmp_path)
    assert entries["x"].failure == "x.wav: not a media file"
    assert (entries["x"].frames, entries["x"].samples) == (0, 0)
    reader = StoreReader(tmp_path)
    assert np.array_equal(reader.frames(reader.entries["a"]), THREE["a"].frames)


def test_an_empty_store_reads_as_empty(tmp_path: Path) -> None:
    write(tmp_path, {"b": content_of(0, 0)})
    reader = StoreReader(tmp_path)
    entry = reader.entries["b"]
    assert len(reader.audio(entry)) == 0
    assert len(reader.frames(entry)) == 0
