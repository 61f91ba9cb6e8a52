"""The user's own modalities: npz files in folders and tables, Parquet rows."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import Manifest, check_corpus, read_corpus
from mrpn.corpora.arrays import read_array_corpus
from mrpn.media.arrays import read_arrays

Touch = Callable[..., Path]
Pack = Callable[[Path], Path]


def listed(manifest: Manifest) -> list[tuple[str, str, str, str | None]]:
    assert all(record.video is record.audio is None for record in manifest.records)
    return [(r.id, r.label, r.actor, r.arrays) for r in manifest.records]


def test_npz_files_take_label_and_actor_from_their_folders(touch: Touch, zipped: Pack) -> None:
    folder = touch("own/Fear/ann/1.npz", "own/sad/2.npz", "own/sad/2.mp4") / "own"
    manifest = read_array_corpus(folder)
    assert manifest.classes == ("sad", "fearful")
    assert listed(manifest) == [
        ("Fear+ann+1", "fearful", "ann", "Fear/ann/1.npz"),
        ("sad+2", "sad", "sad+2", "sad/2.npz"),
    ]
    assert [r.actor for r in read_array_corpus(folder, actor=r"\d").records] == ["1", "2"]
    assert read_array_corpus(zipped(folder), name="own").digest == manifest.digest
    with pytest.raises(CorpusError, match=r"no labelled clips; .* such as happy/clip\.npz"):
        read_array_corpus(folder / "sad")


def test_a_table_names_an_npz_in_each_row(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("emotion,file,who\nsad,a/1.npz,7\nhappy,,8\n")
    columns = "label=emotion, arrays=file, actor=who"
    manifest = read_array_corpus(tmp_path / "t.csv", columns=columns)
    assert listed(manifest) == [("a+1", "sad", "7", "a/1.npz")]
    assert manifest.notes == ("t.csv: left out: row 2 names neither video nor audio nor arrays",)


def test_a_parquet_with_columns_of_lists_is_read_row_by_row(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "label": ["sad", "happy"],
            "actor": ["x", "y"],
            "pose": [[[0.0, 1.0]], [[2.0, 3.0], [4.0, 5.0]]],
            "heart": [[60.0], [61.0]],
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    manifest = read_corpus("arrays", tmp_path / "t.parquet")
    assert listed(manifest) == [
        ("t+0", "sad", "x", "t.parquet#0"),
        ("t+1", "happy", "y", "t.parquet#1"),
    ]
    assert manifest.records[0].extra == {}
    second = read_arrays(tmp_path / "t.parquet#1")
    assert np.array_equal(second["pose"], [[2, 3], [4, 5]])
    assert manifest.file("t.parquet#1") == tmp_path / "t.parquet"
    found = check_corpus(manifest, thorough=True)
    assert (found.by_media, found.fine, found.durations) == ({"arrays": 2}, True, None)


def test_arrays_stay_in_a_saved_manifest_and_count_in_its_digest(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("label,arrays\nsad,a/1.npz\n")
    manifest = read_array_corpus(tmp_path / "t.csv")
    for suffix in (".json", ".parquet"):
        manifest.save(tmp_path / f"m{suffix}")
        assert Manifest.load(tmp_path / f"m{suffix}") == manifest
    (tmp_path / "t.csv").write_text("id,label,arrays\na+1,sad,a/2.npz\n")
    assert read_array_corpus(tmp_path / "t.csv").digest != manifest.digest


def test_arrays_that_cannot_be_read_are_found_by_the_check(tmp_path: Path) -> None:
    (tmp_path / "sad").mkdir()
    (tmp_path / "sad" / "1.npz").write_text("no arrays")
    found = check_corpus(read_array_corpus(tmp_path), thorough=True)
    assert found.broken == {"sad/1.npz": "not an .npz file, or damaged; write it again"}


def test_options_of_the_other_kind_are_refused(touch: Touch) -> None:
    folder = touch("sad/1.npz")
    (folder / "t.csv").write_text("label,arrays\nsad,sad/1.npz\n")
    with pytest.raises(CorpusError, match="columns and root are for a table"):
        read_array_corpus(folder, columns={"label": "emotion"})
    with pytest.raises(CorpusError, match="actor: is for folders"):
        read_array_corpus(folder / "t.csv", actor="x")
