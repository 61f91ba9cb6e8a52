"""Counts, missing files, and what is off."""

from dataclasses import replace

import numpy as np

from mrpn.corpora import Manifest
from mrpn.corpora.check import check
from mrpn.corpora.published import Published
from mrpn.media import write_video, write_wav


def test_clips_are_counted_by_class_actor_and_sex(six_actors: Manifest) -> None:
    found = check(six_actors)
    assert found.clips == 12
    assert found.by_class == {"happy": 6, "sad": 6}
    assert found.by_actor == {str(actor): 2 for actor in range(1, 7)}
    assert found.by_sex == {"female": 6, "male": 6}
    assert found.by_partition == {}


def test_missing_and_empty_files_are_listed_once(six_actors: Manifest) -> None:
    for record in six_actors.records[2:]:
        (six_actors.root / str(record.video)).write_text("media")
    (six_actors.root / "1-sad.mp4").touch()
    found = check(six_actors)
    assert found.missing == ("1-happy.mp4",)
    assert found.empty == ("1-sad.mp4",)
    assert not found.fine


def test_what_is_off_against_the_published_counts_is_told(six_actors: Manifest) -> None:
    published = Published(13, 7, {"happy": 6, "sad": 7}, {"train": 10})
    assert check(six_actors, published).off == (
        "12 clips, published are 13",
        "6 actors, published are 7",
        "6 clips of class sad, published are 7",
        "0 clips in train, published are 10",
    )
    assert check(six_actors, Published(12, 6, {"happy": 6, "sad": 6})).off == ()


def test_clips_are_counted_by_the_media_that_are_there(six_actors: Manifest) -> None:
    first, second, third, fourth = six_actors.records[:4]
    (six_actors.root / "v.mp4").write_text("media")
    (six_actors.root / "a.wav").write_text("media")
    clips = (
        replace(first, video="v.mp4", audio="a.wav"),
        replace(second, video="v.mp4", audio="gone.wav"),
        replace(third, video=None, audio="a.wav"),
        replace(fourth, video=None, audio=None, arrays="a.npz"),
    )
    assert check(replace(six_actors, records=clips)).by_media == {
        "picture and sound": 1,
        "picture alone": 1,
        "sound alone": 1,
        "nothing": 1,
    }


def test_files_are_opened_and_compared_only_if_that_is_asked_for(six_actors: Manifest) -> None:
    for record in six_actors.records:
        (six_actors.root / str(record.video)).write_text("media")
    quick = check(six_actors)
    assert (quick.fine, quick.opened, quick.broken, quick.twins) == (True, False, {}, ())
    found = check(six_actors, thorough=True, remarks=("a remark",))
    assert (found.fine, found.opened, len(found.broken)) == (False, True, 12)
    assert [len(twins.names) for twins in found.twins] == [12]
    assert (found.remarks, found.durations) == (("a remark",), None)


def test_a_content_that_occurs_twice_is_no_fault(six_actors: Manifest) -> None:
    for number, record in enumerate(six_actors.records):
        samples = np.full(1600 + 16 * max(0, number - 1), 0.1, np.float32)
        write_wav(six_actors.root / f"{record.id}.wav", samples)
    clips = tuple(replace(r, video=None, audio=f"{r.id}.wav") for r in six_actors.records)
    found = check(replace(six_actors, records=clips), thorough=True)
    assert [twins.clips for twins in found.twins] == [("1-happy", "1-sad")]
    assert found.fine


def test_a_video_without_sound_is_a_picture_alone_and_no_fault(six_actors: Manifest) -> None:
    write_video(six_actors.root / "1-happy.mp4", [np.zeros((48, 64, 3), np.uint8)] * 4, 8)
    write_wav(six_actors.root / "1-sad.mp4", np.full(1600, 0.1, np.float32))
    found = check(replace(six_actors, records=six_actors.records[:2]), thorough=True)
    assert found.by_media == {"picture alone": 1, "sound alone": 1}
    assert found.remarks == (
        "1 file without a picture, 1-sad.mp4",
        "1 file without sound, 1-happy.mp4",
    )
    assert (found.broken, found.fine) == ({}, True)


def test_an_archive_that_cannot_be_read_is_broken(six_actors: Manifest) -> None:
    for record in six_actors.records:
        (six_actors.root / str(record.video)).write_text("media")
    found = check(six_actors, unreadable={"a.zip": "not a zip archive"})
    assert (found.broken, found.fine) == ({"a.zip": "not a zip archive"}, False)
