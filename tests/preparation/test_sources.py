"""What is read once: sources behind clips, and when they count as changed."""

import os
from pathlib import Path

from mrpn.corpora.manifest import ClipRecord
from mrpn.preparation.sources import Source, distinct_sources, sources_of


def record(video: str | None, audio: str | None, arrays: str | None = None) -> ClipRecord:
    return ClipRecord("x", "calm", "1", None, video, audio, arrays=arrays)


def test_one_file_is_one_source_and_two_files_are_two() -> None:
    assert sources_of(record("a.mp4", "a.mp4")) == (Source("a.mp4", "a.mp4"),)
    assert sources_of(record("a.png", "b.wav")) == (Source("a.png", None), Source(None, "b.wav"))
    assert sources_of(record(None, "b.wav")) == (Source(None, "b.wav"),)


def test_arrays_are_a_source_beside_the_others() -> None:
    assert sources_of(record(None, None, "a.npz")) == (Source(arrays="a.npz"),)
    assert sources_of(record("a.mp4", "a.mp4", "t.parquet#3")) == (
        Source("a.mp4", "a.mp4"),
        Source(arrays="t.parquet#3"),
    )


def test_the_faces_of_a_film_do_not_hang_on_how_its_sound_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"12")
    both, mute = Source("a.mp4", "a.mp4"), Source(video="a.mp4")
    assert both.faces_key(tmp_path, "d") == mute.faces_key(tmp_path, "d")
    assert both.faces_key(tmp_path, "d") != both.faces_key(tmp_path, "e")
    assert Source(audio="a.mp4").faces_key(tmp_path, "d") is None


def test_shared_sources_come_once_in_order_of_first_use() -> None:
    records = [record("1.png", "v.wav"), record("2.png", "v.wav"), record("1.png", None)]
    assert distinct_sources(records) == [
        Source("1.png", None),
        Source(None, "v.wav"),
        Source("2.png", None),
    ]


def test_a_source_changes_with_its_file_its_settings_and_its_part(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    both, sound = Source("a.mp4", "a.mp4"), Source(None, "a.mp4")
    absent = both.key(tmp_path, "s")
    file.write_bytes(b"12")
    os.utime(file, ns=(5, 5))
    key = both.key(tmp_path, "s")
    assert key == both.key(tmp_path, "s")
    file.write_bytes(b"34")
    os.utime(file, ns=(6, 6))
    others = {absent, both.key(tmp_path, "s"), both.key(tmp_path, "t"), sound.key(tmp_path, "s")}
    assert len({key, *others}) == 5


def test_rows_of_a_table_have_the_stamp_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"1")
    keys = {Source(f"f.csv#{row}", None).key(tmp_path, "s") for row in (0, 1)}
    (tmp_path / "f.csv").write_bytes(b"12")
    assert len(keys | {Source("f.csv#0", None).key(tmp_path, "s")}) == 3
