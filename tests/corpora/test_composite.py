"""The composite corpus: pairing by class, disjoint faces, determinism."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    PARTS,
    ClipRecord,
    Manifest,
    Part,
    check_corpus,
    compose,
    ravdess_folds,
    read_corpus,
    select,
)


def voice(actor: int, label: str) -> ClipRecord:
    sex = "male" if actor % 2 else "female"
    name = f"v{actor}-{label}"
    return ClipRecord(name, label, str(actor), sex, None, f"{name}.wav", extra={"take": "1"})


def face(part: Part, label: str, number: int, content: str = "") -> ClipRecord:
    name = f"{part}-{label}-{number}"
    extra = {"content": content or name}
    return ClipRecord(name, label, "face-" + name, None, f"{part}/{name}.jpg", None, part, extra)


@pytest.fixture
def voices(tmp_path: Path) -> Manifest:
    labels = ("neutral", "calm", "sad")
    records = tuple(voice(actor, label) for actor in range(1, 7) for label in labels)
    return Manifest("voices", tmp_path / "sounds", labels, records, "CC0", ("a voice note",))


@pytest.fixture
def faces(tmp_path: Path) -> Manifest:
    counts = {"train": 40, "validation": 14, "test": 12}
    records = [
        face(part, label, number)
        for part in PARTS
        for label in ("neutral", "sad")
        for number in range(counts[part])
    ]
    records.append(face("train", "sad", 99, content="test-sad-0"))
    return Manifest("faces", tmp_path / "pictures", ("neutral", "sad"), tuple(records), "CC1")


def pairs(manifest: Manifest) -> set[tuple[str, str]]:
    return {(record.id, record.extra["face"]) for record in manifest.records}


def test_a_voice_meets_faces_of_its_class_in_every_part(voices: Manifest, faces: Manifest) -> None:
    made = compose(voices, faces, seed=0, faces_per_voice=3)
    assert made.name == "composite-voices-faces"
    assert made.kind == "composite"
    assert made.classes == ("neutral", "sad")
    assert made.licence == "voices: CC0; faces: CC1"
    assert Counter(r.partition for r in made.records) == {"train": 54, "validation": 18, "test": 18}
    by_id = {record.id: record for record in made.records}
    assert {i.partition("+")[2] for i in by_id} == {
        "train-1", "train-2", "train-3", "validation", "test",
    }  # fmt: skip
    record = by_id["v3-calm+train-3"]
    assert (record.label, record.actor, record.sex) == ("neutral", "3", "male")
    assert record.extra["voice_label"] == "calm"
    assert record.extra["voice"] == "v3-calm"
    assert record.extra["take"] == "1"
    for clip in made.records:
        assert clip.extra["face"].startswith(f"{clip.partition}-{clip.label}-")
        assert clip.video == f"pictures/{clip.partition}/{clip.extra['face']}.jpg"
        assert clip.audio == f"sounds/{clip.extra['voice']}.wav"


def test_faces_are_dealt_once_while_they_last(voices: Manifest, faces: Manifest) -> None:
    made = compose(voices, faces, seed=0, faces_per_voice=3)
    assert max(Counter(r.extra["face"] for r in made.records).values()) == 1
    more = compose(voices, faces, seed=0, faces_per_voice=8)
    used = Counter(r.extra["face"] for r in more.records if r.partition == "train")
    assert {len(used), min(used.values()), max(used.values())} == {80, 1, 3}
    assert "train: 96 neutral clips share 40 faces, in rounds" in more.notes
    assert "train: 48 sad clips share 40 faces, in rounds" in more.notes


def test_no_picture_stands_in_two_parts(voices: Manifest, faces: Manifest) -> None:
    made = compose(voices, faces, seed=0, faces_per_voice=30)
    assert "train-sad-99" not in {record.extra["face"] for record in made.records}
    assert any("1 clips dropped" in note for note in made.notes)


def test_the_warning_on_independence_is_always_there(voices: Manifest, faces: Manifest) -> None:
    made = compose(voices, faces, seed=0)
    assert "independent given the class" in made.notes[0]
    assert "a voice note" in made.notes


def test_pairing_follows_the_seed_and_not_the_order_of_files(
    voices: Manifest, faces: Manifest
) -> None:
    made = compose(voices, faces, seed=5)
    turned = compose(
        replace(voices, records=voices.records[::-1]),
        replace(faces, records=faces.records[::-1]),
        seed=5,
    )
    assert turned == made
    assert pairs(compose(voices, faces, seed=6)) != pairs(made)


def test_a_class_without_faces_is_named(voices: Manifest, faces: Manifest) -> None:
    with pytest.raises(CorpusError, match="'faces' has no faces of class 'calm' in 'train'"):
        compose(voices, faces, seed=0, calm_joins_neutral=False)
    without = replace(faces, records=tuple(f for f in faces.records if f.partition != "test"))
    with pytest.raises(CorpusError, match="no faces of class 'neutral' in 'test'"):
        compose(voices, without, seed=0)


def test_faces_without_parts_and_voices_without_sound_are_refused(
    voices: Manifest, faces: Manifest
) -> None:
    free = replace(faces, records=tuple(replace(f, partition=None) for f in faces.records))
    with pytest.raises(CorpusError, match="has no partition; the composite needs"):
        compose(voices, free, seed=0)
    mute = tuple(replace(v, video="x.mp4", audio=None) for v in voices.records)
    with pytest.raises(CorpusError, match="'voices': no clip has sound"):
        compose(replace(voices, records=mute), faces, seed=0)
    with pytest.raises(CorpusError, match="faces_per_voice is 0"):
        compose(voices, faces, seed=0, faces_per_voice=0)


@pytest.mark.data
def test_real_voices_and_faces_make_twelve_folds(data: Path, fer2013_folder: Path) -> None:
    made = read_corpus(
        "composite-ravdess-fer2013",
        data / "ravdess" / "Audio_Speech_Actors_01-24",
        faces=fer2013_folder,
        faces_per_voice=3,
    )
    assert made.classes == ("neutral", "happy", "sad", "angry", "fearful", "disgust", "surprised")
    assert len(made.records) == 1440 * 5
    assert check_corpus(made).fine
    for fold in ravdess_folds():
        parts = select(made, fold)
        assert [len(part) for part in parts] == [3600, 120, 120]
        seen = [{record.video for record in part} for part in parts]
        assert len(set.union(*seen)) == sum(map(len, seen))
        assert len(seen[2]) == 120
    shared = [note for note in made.notes if "in rounds" in note]
    assert len(shared) == 3
    assert all("disgust" in note for note in shared)
