from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mrpn.common.errors import MediaError
from mrpn.media import Faces, FaceTrack, draw_faces, iter_frames, probe, read_audio, write_video
from mrpn.media.drawing import COLOURS, draw_film, draw_track, place_at
from squares import PLACES


def track(times: list[float], lefts: list[float]) -> FaceTrack:
    boxes = np.array([[x, 40, x + 40, 90] for x in lefts], np.float32)
    points = (boxes[:, None, :2] + PLACES * [40, 50]).astype(np.float32)
    scores = np.full(len(times), 0.9, np.float32)
    return FaceTrack(np.array(times), boxes, scores, points, 1.0, np.arange(len(times)))


def left_at(made: FaceTrack, time: float) -> float | None:
    place = place_at(made, time)
    return None if place is None else float(place[0][0])


def test_between_pictures_that_follow_one_another_the_place_is_interpolated() -> None:
    made = track([0.0, 0.1, 0.2, 0.9, 1.0], [10, 20, 30, 100, 110])
    assert left_at(made, 0.1) == pytest.approx(20)
    assert left_at(made, 0.17) == pytest.approx(27)
    assert left_at(made, 0.25) == pytest.approx(30)
    assert left_at(made, 0.5) is None
    assert left_at(made, 0.85) == pytest.approx(100)
    assert left_at(made, 1.2) is None
    assert place_at(made, 0.15)[2][0, 0] == pytest.approx(25 + 0.3 * 40)


def test_the_usual_step_of_a_track_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made, found = track([0.0, 0.1, 0.2, 0.9, 1.0], [10, 20, 30, 100, 110]), []
    median = np.median
    monkeypatch.setattr(np, "median", lambda values: found.append(len(values)) or median(values))
    assert all(left_at(made, k / 100) is not None for k in range(20))
    assert found == [4]


def test_a_leap_is_not_drawn_as_a_movement() -> None:
    made = track([0.0, 0.1, 0.2], [10, 100, 100])
    assert left_at(made, 0.04) == pytest.approx(10)
    assert left_at(made, 0.06) == pytest.approx(100)


def test_a_still_has_its_face() -> None:
    assert left_at(track([0.0], [10]), 0.0) == pytest.approx(10)


def test_the_box_is_drawn_where_the_face_is_in_the_colour_of_its_number() -> None:
    canvas = Image.new("RGB", (320, 240))
    draw_track(canvas, track([0.0], [10]), 0.0, 2.0, number=2)
    drawn = np.asarray(canvas)
    rows, columns = np.nonzero((drawn == COLOURS[1]).all(axis=2))
    assert (columns.min(), columns.max()) == (20, 100)
    assert rows.max() == 180
    eye = drawn[round(2 * (40 + 0.4 * 50)), round(2 * (10 + 0.3 * 40))]
    assert eye.tolist() == list(COLOURS[1])
    blank = Image.new("RGB", (320, 240))
    draw_track(blank, track([0.0], [10]), 5.0, 2.0, number=1)
    assert np.asarray(blank).max() == 0


def test_the_clip_is_written_with_its_faces_its_length_and_its_sound(tmp_path: Path) -> None:
    clip, out = tmp_path / "clip.mp4", tmp_path / "new" / "faces.mp4"
    sound = (0.4 * np.sin(np.arange(32000) * 0.2)).astype(np.float32)
    write_video(clip, [np.full((120, 160, 3), 40, np.uint8)] * 50, 25, sound)
    made = track([k / 10 for k in range(10)], [60 + 2 * k for k in range(10)])
    faces = Faces((made,), 20, 2.0, 160, 120, "squares")
    assert draw_faces(clip, faces, out) == 50
    assert probe(out).frame_rate == 25
    assert len(read_audio(out)) == pytest.approx(32000, abs=1100)
    pictures = [frame.image.astype(int) for frame in iter_frames(out)]
    blue = [int(image[..., 2].max()) for image in pictures]
    assert min(blue[:23]) > 150
    assert max(blue[26:]) < 60


def test_odd_sides_a_variable_rate_and_stills_are_drawn_too(tmp_path: Path) -> None:
    still = tmp_path / "face.png"
    Image.fromarray(np.full((121, 161, 3), 40, np.uint8)).save(still)
    faces = Faces((track([0.0], [60]),), 1, 0.0, 161, 121, "squares")
    assert draw_faces(still, faces, tmp_path / "a.mp4") == 1
    (only,) = iter_frames(tmp_path / "a.mp4")
    assert (only.width, only.height) == (160, 120)


def test_a_clip_is_never_written_over(tmp_path: Path) -> None:
    film, link = tmp_path / "film.mp4", tmp_path / "link.mp4"
    write_video(film, [np.zeros((16, 16, 3), np.uint8)] * 3, 10)
    link.symlink_to(film)
    before = film.read_bytes()
    for out in (film, link):
        with pytest.raises(MediaError, match="is the clip itself; name another file to write"):
            draw_film(film, out, lambda canvas, *_: canvas)
    assert film.read_bytes() == before
