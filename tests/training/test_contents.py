"""What is seen and heard in clips, by hashes."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.common.errors import CorpusError
from mrpn.corpora import ClipRecord, Manifest, read_corpus
from mrpn.training.contents import chosen_records, contents_of, has_people, material_of


def face(path: Path, grey: int, kind: str = "PNG") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((48, 48), grey, np.uint8)).save(path, kind)


def test_a_picture_has_the_hash_that_fer2013s_reader_keeps(tmp_path: Path) -> None:
    face(tmp_path / "train" / "happy" / "a.png", 7)
    faces = read_corpus("fer2013", tmp_path)
    kept = contents_of(faces, faces.records)
    bare = replace(faces, records=tuple(replace(r, extra={}) for r in faces.records))
    assert kept == contents_of(bare, bare.records) == {faces.records[0].extra["content"]}


def test_the_same_pixels_in_another_file_are_the_same_content(tmp_path: Path) -> None:
    face(tmp_path / "a.png", 7)
    face(tmp_path / "b.bmp", 7, "BMP")
    face(tmp_path / "c.png", 8)
    clips = [ClipRecord(n[0], "x", n, None, n, None) for n in ("a.png", "b.bmp", "c.png")]
    corpus = Manifest("faces", tmp_path, ("x",), tuple(clips))
    assert len(contents_of(corpus, clips)) == 2
    assert contents_of(corpus, clips[:1]) == contents_of(corpus, clips[1:2])


def test_sound_and_picture_count_each_and_names_do_not(manifest: Manifest, tmp_path: Path) -> None:
    first = manifest.records[0]
    moved = replace(first, id="other", video="v.mp4", audio="a.wav")
    shutil.copyfile(manifest.root / str(first.video), tmp_path / "v.mp4")
    shutil.copyfile(manifest.root / str(first.audio), tmp_path / "a.wav")
    elsewhere = Manifest("copy", tmp_path, manifest.classes, (moved,))
    assert len(contents_of(manifest, [first])) == 2
    assert contents_of(manifest, [first]) == contents_of(elsewhere, [moved])


def test_material_names_the_actors_and_commits_to_the_contents(manifest: Manifest) -> None:
    found = material_of(manifest, "train", ("3", "4"))
    assert (found.corpus, found.part, found.actors, found.clips) == ("tiny", "train", ("3", "4"), 6)
    assert found.contents == 12
    assert found.digest == material_of(manifest, "test", ("4", "3")).digest
    assert found.digest != material_of(manifest, "train", ("3", "5")).digest
    unhashed = material_of(manifest, "train", ("3", "4"), hashed=False)
    assert (unhashed.contents, unhashed.digest, unhashed.clips) == (0, "", 6)


def test_actors_have_the_clips_of_their_part_and_those_of_none(manifest: Manifest) -> None:
    parts = ("train", "test", None)
    records = tuple(
        replace(record, partition=parts[place % 3]) for place, record in enumerate(manifest.records)
    )
    parted = replace(manifest, records=records)
    chosen = {record.partition for record in chosen_records(parted, "train", ("1", "2", "3"))}
    assert chosen == {"train", None}
    assert {record.partition for record in chosen_records(parted, "test", ())} == {"test"}
    with pytest.raises(CorpusError, match="corpus 'tiny': no clips of its own for 'validation'"):
        chosen_records(parted, "validation", ())
    with pytest.raises(CorpusError, match="no clips of the actors 77 for 'test'"):
        chosen_records(parted, "test", ("77",))


def test_a_file_that_is_gone_cannot_be_compared(manifest: Manifest, tmp_path: Path) -> None:
    moved = replace(manifest, root=tmp_path)
    with pytest.raises(CorpusError, match=r"calm-1\.(wav|mp4)") as caught:
        material_of(moved, "test", ("1",))
    assert "\n" not in str(caught.value)


def test_faces_named_by_their_pixels_are_no_people(manifest: Manifest, tmp_path: Path) -> None:
    face(tmp_path / "train" / "happy" / "a.png", 7)
    assert not has_people(read_corpus("fer2013", tmp_path).records)
    assert has_people(manifest.records)
