"""Counts, missing files, and what is off."""

from mrpn.corpora import Manifest
from mrpn.corpora.check import check
from mrpn.corpora.published import Published


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
