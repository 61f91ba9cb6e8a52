"""The manifest: what it refuses, what it tells, and its files."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import ClipRecord, Manifest

CLIP = ClipRecord("a", "happy", "1", "male", "x/a.mp4", "x/a.mp4", "train", {"take": "2"})


def manifest(*records: ClipRecord, root: Path = Path("media")) -> Manifest:
    return Manifest("mine", root, ("happy", "sad"), records, "CC0", ("a note",))


def test_an_empty_corpus_names_its_folder() -> None:
    with pytest.raises(CorpusError, match="media: no clips of corpus 'mine'"):
        manifest()


@pytest.mark.parametrize(
    ("record", "line"),
    [
        (replace(CLIP, id="a/b"), "clip 'a/b' has an id that cannot name a file"),
        (replace(CLIP, label="glad"), "clip 'a' has label 'glad'"),
        (replace(CLIP, actor=""), "clip 'a' has no actor"),
        (replace(CLIP, sex="m"), "clip 'a' has sex 'm'"),
        (replace(CLIP, partition="dev"), "clip 'a' has partition 'dev'"),  # type: ignore[arg-type]
        (replace(CLIP, video=None, audio=None), "clip 'a' has neither picture nor sound"),
    ],
)
def test_a_clip_that_is_not_in_order_is_named(record: ClipRecord, line: str) -> None:
    with pytest.raises(CorpusError, match=line):
        manifest(record)


def test_an_id_may_not_come_twice() -> None:
    with pytest.raises(CorpusError, match="'a' among them"):
        manifest(CLIP, replace(CLIP, label="sad"))


def test_a_class_may_not_be_listed_twice() -> None:
    with pytest.raises(CorpusError, match="class 'sad' is listed twice"):
        Manifest("mine", Path(), ("sad", "sad"), (replace(CLIP, label="sad"),))


def test_actors_by_sex_in_natural_order() -> None:
    clips = [
        replace(CLIP, id="b", actor="10"),
        CLIP,
        replace(CLIP, id="c", actor="2", sex="female"),
        replace(CLIP, id="d", actor="x", sex=None),
    ]
    assert manifest(*clips).actors == ("1", "2", "10", "x")
    assert manifest(*clips).actors_by_sex() == {
        "male": ("1", "10"),
        "female": ("2",),
        "unknown": ("x",),
    }


def test_an_actor_of_two_sexes_is_refused() -> None:
    clips = manifest(CLIP, replace(CLIP, id="b", sex="female"))
    with pytest.raises(CorpusError, match="actor '1' is both male and female"):
        clips.actors_by_sex()


def test_counts_name_classes_without_clips() -> None:
    assert manifest(CLIP).counts() == {"happy": 1, "sad": 0}


def test_the_frame_has_a_row_per_clip_and_a_column_per_extra() -> None:
    frame = manifest(CLIP, replace(CLIP, id="b", extra={})).to_frame()
    assert list(frame["id"]) == ["a", "b"]
    assert frame.loc[0, "extra.take"] == "2"
    assert pd.isna(frame.loc[1, "extra.take"])


def test_media_are_found_from_the_root() -> None:
    clips = manifest(CLIP)
    assert clips.path("x/a.mp4") == Path("media/x/a.mp4")
    assert clips.path("f.csv#3") == Path("media/f.csv#3")
    assert clips.path(None) is None


def test_the_digest_is_of_the_clips_not_of_their_order_or_place() -> None:
    other = replace(CLIP, id="b")
    one = manifest(CLIP, other)
    moved = replace(CLIP, video="y/a.mp4", audio="y/a.mp4")
    assert manifest(other, moved, root=Path("elsewhere")).digest == one.digest
    assert manifest(replace(CLIP, label="sad"), other).digest != one.digest
    assert manifest(replace(CLIP, video="x/c.mp4"), other).digest != one.digest


@pytest.mark.parametrize("suffix", [".json", ".parquet"])
def test_a_saved_manifest_comes_back_as_it_was(tmp_path: Path, suffix: str) -> None:
    bare = ClipRecord("b", "sad", "2", None, None, "b.wav")
    clips = manifest(CLIP, bare, root=tmp_path)
    file = tmp_path / f"clips{suffix}"
    clips.save(file)
    assert Manifest.load(file) == clips
    assert Manifest.load(file, root=Path("moved")).path("b.wav") == Path("moved/b.wav")
    assert [f.name for f in tmp_path.iterdir()] == [file.name]


def test_a_manifest_changed_by_hand_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "clips.json"
    manifest(CLIP).save(file)
    file.write_text(file.read_text().replace('"actor": "1"', '"actor": "2"'))
    with pytest.raises(CorpusError, match="does not match the digest"):
        Manifest.load(file)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json", b"[]"),
        ("a.json", b"\xff\xfe"),
        ("a.json", json.dumps({"format": "mrpn-manifest-1"}).encode()),
        ("a.parquet", b"PAR1"),
    ],
)
def test_a_file_that_is_no_manifest_is_one_clear_line(
    tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(CorpusError, match=r"a\.\w+: not a manifest") as raised:
        Manifest.load(file)
    assert "\n" not in str(raised.value)


def test_a_parquet_table_that_is_no_manifest_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    pd.DataFrame({"id": ["a"]}).to_parquet(file)
    with pytest.raises(CorpusError, match="its format is not"):
        Manifest.load(file)


def test_a_missing_manifest_and_an_unknown_suffix_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no such manifest"):
        Manifest.load(tmp_path / "none.json")
    with pytest.raises(CorpusError, match=r"not '\.csv'"):
        manifest(CLIP).save(tmp_path / "clips.csv")


def test_a_corpus_of_media_keeps_its_digest_and_arrays_enter_it() -> None:
    assert manifest(CLIP).digest[:16] == "be3d86ea1e865e28"
    posed = replace(CLIP, video=None, audio=None, arrays="x/a.npz")
    assert manifest(posed).digest != manifest(replace(posed, arrays="x/b.npz")).digest
    assert posed.addresses == ("x/a.npz",)
    assert CLIP.addresses == ("x/a.mp4",)
