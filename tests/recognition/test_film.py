"""The film with a timeline drawn on it: sizes, labels, held answers, and where curves break."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from filming import turn_film
from mrpn import Recognizer
from mrpn.common.errors import ConfigError
from mrpn.media import FaceTrack, iter_frames, probe, write_video
from mrpn.recognition import Moment, Person, Recognition
from mrpn.recognition.files import is_drawn
from mrpn.recognition.film import box_label, film_size
from mrpn.recognition.panel import Line, row_title

TURNED = (0, 1, -1, 0)
FACE, VOICE, BOTH = (240, 110, 180), (240, 228, 66), (235, 238, 242)


def moment(
    start: float, face: int | None, happy: float, voice: float | None = None, answer: str = ""
) -> Moment:
    probabilities = {"happy": happy, "sad": 1 - happy}
    alone = {"video": {"happy": 0.7, "sad": 0.3}} if face else {}
    if voice is not None:
        alone["audio"] = {"happy": voice, "sad": 1 - voice}
    return Moment(
        answer=answer or ("happy" if happy >= 0.5 else "sad"),
        probabilities=probabilities,
        alone=alone,
        labels=(),
        start=start,
        end=start + 4,
        face=face,
        box=None,
        face_share=1.0,
        speech=0.5,
        voice="own",
    )


def recognised(path: Path, faces: int) -> Recognition:
    """A result of a film of a second, with boxes in its upper left quarter."""
    info = probe(path)
    answer = {"answer": "happy", "probabilities": {"happy": 0.6, "sad": 0.4}, "labels": ()}
    box = np.array([[2, 2, info.width / 2, info.height / 2]] * 5, np.float32)
    track = FaceTrack(np.arange(5) / 5, box, np.ones(5, np.float32), None, 1.0, np.arange(5))
    numbers = range(1, faces + 1)
    return Recognition(
        **answer,
        alone={},
        source=str(path),
        problems=(),
        duration=1.0,
        timeline=tuple(replace(moment(0, n, 0.8, voice=0.3), end=1.0) for n in numbers),
        people=tuple(Person(**answer, alone={}, face=n, first=0, last=1, share=1) for n in numbers),
        tracks=(track,) * faces,
    )


def grey(path: Path, width: int, height: int) -> Path:
    write_video(path, [np.full((height, width, 3), 90, np.uint8)] * 5, 5)
    return path


def sides(path: Path) -> tuple[int, int]:
    info = probe(path)
    return info.width, info.height


def test_small_films_are_enlarged_until_text_is_readable() -> None:
    assert film_size(640, 360) == (640, 360)
    assert film_size(224, 224) == (480, 480)
    assert film_size(360, 288) == (600, 480)
    assert film_size(122, 160) == (480, 630)
    assert film_size(64, 640) == (128, 1280)
    assert film_size(2, 1280) == (2, 1280)


def test_the_panel_is_below_the_picture_with_a_row_per_face_up_to_three(tmp_path: Path) -> None:
    film = grey(tmp_path / "film.mp4", 640, 360)
    sizes = []
    for faces in (1, 2, 3, 5):
        recognised(film, faces).film(tmp_path / "drawn.mp4")
        sizes.append(sides(tmp_path / "drawn.mp4"))
    assert sizes == [(640, 500), (640, 554), (640, 632), (640, 632)]
    (picture, *_) = iter_frames(tmp_path / "drawn.mp4")
    np.testing.assert_allclose(picture.image[200:350], 90, atol=8)
    assert picture.image[362:, -3:].max() < 60


def test_a_turned_film_is_upright_and_its_panel_below(tmp_path: Path) -> None:
    film = grey(tmp_path / "film.mp4", 640, 360)
    turn_film(film, TURNED)
    recognised(film, 1).film(tmp_path / "drawn.mp4")
    assert sides(tmp_path / "drawn.mp4") == (360, 780)


def test_all_three_curves_are_drawn_in_their_colours(tmp_path: Path) -> None:
    film = grey(tmp_path / "film.mp4", 1280, 720)
    recognised(film, 1).film(tmp_path / "drawn.mp4")
    *_, last = iter_frames(tmp_path / "drawn.mp4")
    panel = last.image[720:].astype(int)
    column = panel[:, panel.shape[1] // 3]
    rows = [int(np.abs(column - colour).sum(axis=1).argmin()) for colour in (BOTH, FACE, VOICE)]
    near = [np.abs(column - colour).sum(axis=1).min() for colour in (BOTH, FACE, VOICE)]
    assert max(near) < 120
    assert rows == sorted(rows)


def test_the_film_keeps_sound_and_length_and_is_drawn_on(write, film: Path, tmp_path: Path) -> None:
    result = Recognizer.from_file(write("audio", "video")).predict(film)
    result.film(tmp_path / "drawn.mp4")
    found, before = probe(tmp_path / "drawn.mp4"), probe(film)
    assert (found.has_audio, found.width, found.height) == (True, 480, 620)
    assert found.duration == pytest.approx(before.duration, abs=0.1)


def test_a_film_is_never_written_over_its_recording(tmp_path: Path) -> None:
    film = grey(tmp_path / "film.mp4", 64, 64)
    (tmp_path / "link.mp4").symlink_to(film)
    before, result = film.read_bytes(), recognised(film, 1)
    for out in (result.source, tmp_path / ".." / tmp_path.name / "film.mp4", tmp_path / "link.mp4"):
        with pytest.raises(ConfigError, match="is a recording itself, give the output another"):
            result.film(out)
    assert film.read_bytes() == before


def test_a_drawn_film_says_so(tmp_path: Path) -> None:
    film = grey(tmp_path / "film.mp4", 64, 64)
    recognised(film, 1).film(tmp_path / "drawn.mp4")
    assert is_drawn(tmp_path / "drawn.mp4")
    assert not is_drawn(film)


def test_the_box_says_its_number_the_class_and_how_sure() -> None:
    assert box_label(moment(0, 1, 0.8), 1, 1) == "happy 80 %"
    assert box_label(moment(0, 2, 0.4), 2, 3) == "2  sad 60 %"
    assert box_label(moment(0, 1, 0.55, answer="unsure"), 1, 1) == "unsure: happy 55 %"
    assert box_label(moment(0, 1, 0.6, voice=0.1), 1, 2) == "1  happy 60 %, voice differs"
    assert (box_label(None, 2, 2), box_label(None, 1, 1)) == ("2", "?")


def test_a_row_says_whose_it_is_and_which_class_it_shows() -> None:
    assert row_title(moment(0, 2, 0.4), 2) == "face 2: P(sad)"
    voice = moment(0, None, 0.8, voice=0.8)
    assert row_title(voice, 1) == "voice alone: P(happy)"
    assert row_title(replace(voice, speech=0.0), 1) == "sound alone: P(happy)"
    assert row_title(moment(0, 2, 0.4), 2, past=True) == "face 2: P(sad), not now"
    assert row_title(None, 3) == "face 3: never judged"


def test_the_last_answer_is_held_and_that_of_a_face_which_left_is_not() -> None:
    moments = [moment(0, 1, 0.8), moment(1, 1, 0.2)]
    held = Line(moments, until=5.0)
    assert [held.at(time) for time in (-1, 0, 2.4, 2.5, 99)] == [
        None,
        *moments[:1] * 2,
        *moments[1:] * 2,
    ]
    gone = Line(moments, until=9.0)
    assert (gone.at(4.9), gone.at(5.0)) == (moments[1], None)
    assert [gone.latest(time) for time in (-1, 2.4, 5.0)] == [moments[0], moments[0], moments[1]]


def test_a_curve_is_cut_to_what_is_shown_and_breaks_where_nothing_is_known() -> None:
    line = Line([moment(0, 1, 0.8, voice=0.1), moment(1, 1, 0.2), moment(9, 1, 0.6)], until=13.0)
    both = line.curve("both", "happy", 1.0, 20.0)
    assert both == [[(1.0, 0.8), (2.5, 0.8), (2.5, 0.2), (5, 0.2)], [(9, 0.6), (20.0, 0.6)]]
    assert line.curve("audio", "sad", 0.0, 2.0) == [[(0, 0.9), (2.0, 0.9)]]
    assert line.curve("audio", "sad", 3.0, 8.0) == []
    assert Line([], until=0.0).curve("both", "happy", 0.0, 1.0) == []
