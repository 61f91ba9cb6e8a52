"""Faces as a stream: which crops come, in which order, from how few pictures held."""

import gc
import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image

from filming import film
from mrpn.common.errors import ConfigError, MediaError
from mrpn.media import ClipSettings, Faces, Frame, face_crops, iter_frames, stream_faces
from mrpn.media.alignment import tilt
from mrpn.media.face_stream import FaceStream
from mrpn.media.pace import Pace
from mrpn.media.search import detector_of
from squares import SETTINGS, Box, Picture, Squares, picture

pytestmark = pytest.mark.usefixtures("squares")
Play = Callable[..., None]
CLIP = Path("clip.mp4")


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Let any clip be these pictures, ten a second, or these frames."""

    def put(pictures: Iterable[Picture | Frame]) -> None:
        def stream(*_: object, pace: Pace, **__: object) -> Iterator[Frame]:
            for k, each in enumerate(pictures):
                frame = each if isinstance(each, Frame) else Frame.of(k / 10, each)
                pace.add(frame.time)
                yield frame

        monkeypatch.setattr(face_crops, "iter_frames", stream)

    return put


def find(settings: ClipSettings = SETTINGS, **given: object) -> tuple[Faces, list[Picture]]:
    crops: list[Picture] = []
    return stream_faces(CLIP, settings, crops.append, **given), crops  # type: ignore[arg-type]


def square(left: int, top: int = 40, side: int = 40) -> Box:
    return (left, top, left + side, top + side)


def test_a_moving_face_is_cut_out_of_every_picture(play: Play) -> None:
    play([picture(square(10 + 2 * k)) for k in range(30)])
    faces, crops = find()
    (track,) = faces.tracks
    assert (faces.looked_at, len(crops), faces.width, faces.height) == (30, 30, 160, 120)
    assert faces.duration == pytest.approx(3.0)
    assert track.crops.tolist() == list(range(30))
    np.testing.assert_allclose(track.times, np.arange(30) / 10)
    np.testing.assert_allclose(track.boxes[:, 0], 10 + 2 * np.arange(30), atol=0.5)
    np.testing.assert_allclose(track.landmarks[:, 0, 0], 22 + 2 * np.arange(30), atol=0.5)
    assert (np.stack(crops)[:, 2:-2, 2:-2, 0] == 200).all()


def test_a_picture_that_rests_does_not_lengthen_the_film(tmp_path: Path) -> None:
    times = (0.0, 1.0, 2.0, 22.0)
    path = film(tmp_path / "rest.mkv", [(time, picture(square(60))) for time in times], ticks=25)
    faces = stream_faces(path, SETTINGS, lambda _: None)
    assert faces.duration == pytest.approx(22.04)
    assert faces.rests == ((2.0, 22.0),)


def test_crops_come_in_the_order_of_time_and_tracks_know_their_own(play: Play) -> None:
    play([picture(square(10), square(90, side=50)) for _ in range(12)])
    faces, crops = find()
    assert len(crops) == 24
    main, other = faces.tracks
    assert main.weight > other.weight
    assert main.boxes[0].tolist() == [90, 40, 140, 90]
    assert {int(crops[n][16, 16, 0]) for n in main.crops} == {210}
    assert {int(crops[n][16, 16, 0]) for n in other.crops} == {200}
    times = np.empty(24)
    times[main.crops], times[other.crops] = main.times, other.times
    assert (np.diff(times) >= 0).all()


def test_one_face_that_stays_beats_a_larger_passer_by(play: Play) -> None:
    stay = square(60)
    passing = [
        picture(stay, (108, 30, 156, 90)) if 8 <= k < 12 else picture(stay) for k in range(40)
    ]
    play(passing)
    main, other = find()[0].tracks
    assert (len(main), main.boxes[0].tolist()) == (40, [60, 40, 100, 80])
    # Half a second before and after it was seen, its crops go on.
    assert len(other) == 14


def test_pictures_without_a_face_have_no_crop(play: Play) -> None:
    play([picture(square(60)) if k < 10 else picture() for k in range(40)])
    faces, crops = find()
    assert (len(crops), faces.looked_at) == (15, 40)
    play([picture()] * 5)
    faces, crops = find()
    assert (faces.tracks, crops, faces.looked_at) == ((), [], 5)


def test_in_a_crowd_the_weightiest_are_kept_and_do_not_take_turns(play: Play) -> None:
    crowd = [
        picture(square(5, 10, 30 + k % 2), square(60, 10, 31 - k % 2), square(110, 60, 45))
        for k in range(20)
    ]
    play(crowd)
    faces, crops = find(
        SETTINGS.model_copy(update={"max_faces": 2, "smooth": 0.0, "detect_every": 1})
    )
    assert [len(track) for track in faces.tracks] == [20, 20]
    assert len(crops) == 40


def test_a_cut_is_no_movement(play: Play) -> None:
    before = [picture(square(20), ground=20)] * 8
    after = [picture(square(100), ground=140)] * 8
    play(before + after)
    tracks = find()[0].tracks
    lefts = {round(float(x)) for track in tracks for x in track.boxes[:, 0]}
    assert lefts == {20, 100}
    assert sum(len(track) for track in tracks) == 16


def test_crops_cut_again_along_the_tracks_are_the_same(play: Play) -> None:
    play([picture(square(10 + 2 * k), square(100 - k, 70, 35)) for k in range(25)])
    for align in (False, True):
        settings = SETTINGS.model_copy(update={"align": align})
        faces, crops = find(settings)
        Squares.asked = 0
        again, same = find(settings, tracks=faces.tracks)
        assert Squares.asked == 0
        np.testing.assert_array_equal(same, crops)
        for one, other in zip(faces.tracks, again.tracks, strict=True):
            for name in ("times", "boxes", "scores", "landmarks", "crops", "weight"):
                np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_crops_can_be_cut_again_larger_and_wider(play: Play) -> None:
    pictures = [picture(square(10 + 2 * k)) for k in range(15)]
    play(pictures)
    wide = SETTINGS.model_copy(update={"size": 48, "margin": 2.0})
    _, direct = find(wide)
    _, again = find(wide, tracks=find()[0].tracks)
    np.testing.assert_array_equal(direct, again)
    assert again[0].shape == (48, 48, 3)


def test_some_pictures_of_some_tracks_can_be_cut_again(play: Play) -> None:
    play([picture(square(10), square(90, side=50)) for _ in range(12)])
    faces, crops = find()
    part = faces.tracks[1].take(np.array([3, 7]), faces.tracks[1].crops[[3, 7]])
    again, some = find(tracks=[part])
    np.testing.assert_array_equal(some, [crops[n] for n in part.crops])
    assert again.tracks[0].crops.tolist() == [0, 1]
    assert find(tracks=[])[0].tracks == ()


def test_tracks_of_another_file_or_without_landmarks_are_refused(play: Play) -> None:
    play([picture(square(10))] * 5)
    (track,) = find()[0].tracks
    play([Frame.of(k / 10 + 0.05, picture()) for k in range(5)])
    with pytest.raises(MediaError, match=r"clip\.mp4: has no picture at the times of the tracks"):
        find(tracks=[track])
    bare = type(track)(track.times, track.boxes, track.scores, None, 1.0, track.crops)
    with pytest.raises(ConfigError, match="align needs the eyes"):
        find(SETTINGS.model_copy(update={"align": True}), tracks=[bare])


class Watched(Frame):
    """A frame that counts how many of its kind live, and how often each is converted."""

    alive: ClassVar["weakref.WeakSet[Watched]"] = weakref.WeakSet()
    most = 0
    conversions = 0

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame.time, frame._source)
        self.converted = 0
        Watched.alive.add(self)
        Watched.most = max(Watched.most, len(Watched.alive))

    @property
    def image(self) -> Picture:
        self.converted += 1
        Watched.conversions = max(Watched.conversions, self.converted)
        return super().image

    def reduced(self, _: int) -> Picture:
        return super().image


@pytest.mark.parametrize("rate", [10.0, 25.0])
def test_about_a_second_of_pictures_is_held_however_long_the_clip(play: Play, rate: float) -> None:
    most = {}
    for count in (40, 400):
        gc.collect()
        Watched.most = Watched.conversions = 0
        boxes = itertools.cycle([square(30), square(34)])
        play(Watched(Frame.of(k / rate, picture(next(boxes), square(100)))) for k in range(count))
        faces, crops = find()
        assert (len(faces.tracks), len(crops), Watched.conversions) == (2, 2 * count, 1)
        most[count] = Watched.most
    assert most[40] == most[400] <= rate + 10


def test_places_do_not_depend_on_what_lies_beyond_the_look_ahead(play: Play) -> None:
    rng = np.random.default_rng(0)
    lefts = rng.integers(40, 60, 60)
    moving = [picture(square(int(left))) for left in lefts]
    found = {}
    for count in (60, 45, 33):
        play(moving[:count])
        (found[count],) = find(SETTINGS.model_copy(update={"detect_every": 1}))[0].tracks
    np.testing.assert_array_equal(found[60].boxes[:34], found[45].boxes[:34])
    np.testing.assert_array_equal(found[60].boxes[:22], found[33].boxes[:22])


def test_where_pictures_are_few_and_seldom_examined_faces_are_followed_still(play: Play) -> None:
    play(Frame.of(2.0 * k, picture(square(30 + k))) for k in range(11))
    faces, crops = find(SETTINGS.model_copy(update={"detect_every": 5, "frame_rate": 1}))
    assert ([len(track) for track in faces.tracks], len(crops)) == ([11], 11)


def test_whole_pictures_are_one_track(play: Play) -> None:
    play([picture()] * 4)
    faces, crops = find(SETTINGS.model_copy(update={"faces": "whole", "size": 120}))
    (track,) = faces.tracks
    assert (faces.detector, track.boxes.tolist()) == ("none", [[20, 0, 140, 120]] * 4)
    np.testing.assert_array_equal(crops[0], picture()[:, 20:140])
    again = find(SETTINGS.model_copy(update={"faces": "whole", "size": 120}), tracks=faces.tracks)
    np.testing.assert_array_equal(again[1], crops)


def real(path: Path, first: float, last: float) -> list[Picture]:
    return [f.image for f in iter_frames(path, 10) if first <= f.time < last]


@pytest.mark.data
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("voxceleb2/00015.mp4", "voxceleb2/681100216.mp4"),
        ("voxceleb2/00473.mp4", "voxceleb2/741400163.mp4"),
        ("grid/bbaf2n.mpg", "grid/pwij3p.mpg"),
    ],
)
def test_two_people_cut_into_one_another_are_two_faces(
    play: Play, data: Path, one: str, other: str
) -> None:
    paths = (data / "clips" / one, data / "clips" / other)
    shots = [real(path, start, start + 1.2) for start in (0.0, 1.2) for path in paths]
    play(itertools.chain(*shots))
    tracks = find(ClipSettings())[0].tracks
    which = np.repeat([0, 1, 0, 1], 12)
    seen = [which[np.round(10 * track.times).astype(int)] for track in tracks]
    assert sorted(one.tolist() for one in seen) == [[0] * 24, [1] * 24]


@pytest.mark.data
@pytest.mark.parametrize("live", [False, True])
def test_an_endless_stream_knows_two_people_again_after_every_cut(data: Path, live: bool) -> None:
    paths = [data / "clips" / "voxceleb2" / f"{name}.mp4" for name in ("00002", "741400163")]
    shots = [real(path, start, start + 1.2) for start in (0.0, 1.2) for path in paths]
    stream = FaceStream(ClipSettings(), live=live, endless=True)
    found = []
    for k, image in enumerate(itertools.chain(*shots)):
        found += stream.add(Frame.of(k / 10, image))
    found += stream.finish()
    shown = [[c.face for c in found if int(10 * c.time + 0.5) // 12 == k] for k in range(4)]
    assert [len(shot) for shot in shown] == [12] * 4
    (one,), (other,), *again = map(set, shown)
    assert one != other
    assert again == [{one}, {other}]
    assert stream.tracks() == ()


@pytest.mark.data
def test_one_actor_in_six_clips_is_one_face(play: Play, data: Path) -> None:
    clips = sorted((data / "crema-d" / "VideoFlash").iterdir())
    play(itertools.chain(*(real(path, 0, 1) for path in clips)))
    faces, _ = find(ClipSettings())
    assert [len(track) for track in faces.tracks] == [faces.looked_at]


@pytest.mark.data
@pytest.mark.parametrize("degrees", [-25, 25])
def test_aligned_crops_of_a_tilted_head_have_level_eyes(
    play: Play, data: Path, degrees: float
) -> None:
    straight = real(data / "clips" / "grid" / "bbaf2n.mpg", 0, 1)
    play([np.asarray(Image.fromarray(image).rotate(degrees)) for image in straight])
    tilts = {}
    for align in (False, True):
        settings = ClipSettings(size=160, margin=1.6, align=align)
        found = detector_of(settings).detect(np.stack(find(settings)[1]))
        tilts[align] = np.degrees([tilt(faces.landmarks[0]) for faces in found])
    assert np.abs(tilts[False] + degrees).max() < 8
    assert np.abs(tilts[True]).max() < 7
