"""The faces of a stream: what is kept of them, and which number each has."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mrpn import Recognizer
from mrpn.media import Frame
from mrpn.media.face_stream import FaceCrop
from mrpn.recognition.watching import Watching

Write = Callable[..., Path]


def watching(write: Write) -> Watching:
    recognizer = Recognizer.from_file(write("video"))
    return Watching(recognizer.scorer, recognizer.preprocessing, live=True)


def crop(face: int, time: float, grey: int, weight: float = 1.0) -> FaceCrop:
    image = np.full((16, 16, 3), grey, np.uint8)
    return FaceCrop(time, face, np.array([grey, 0, 9, 9], np.float32), 0.9, weight, image)


def test_a_face_that_turns_out_to_be_an_older_one_is_one_face_in_the_window(write: Write) -> None:
    faces = watching(write)
    faces.keep([crop(1, 0.0, 10), crop(1, 0.2, 20)], {})
    faces.keep([crop(1, 0.4, 30), crop(2, 0.4, 40)], {})
    faces.keep([crop(2, 0.6, 50)], {2: 1})
    (seen,) = faces.window(0.0, 2.0)
    assert (seen.face, len(seen.features)) == (1, 4)
    assert seen.mouth.times.tolist() == [0.0, 0.2, 0.4, 0.6]
    assert seen.box[0] == 40


def test_numbers_are_given_as_faces_are_shown_the_weightiest_first(write: Write) -> None:
    faces = watching(write)
    faces.keep([crop(4, 0.0, 10), crop(7, 0.0, 20, weight=3.0)], {})
    seen = faces.window(0.0, 2.0)
    assert [(each.face, each.box[0]) for each in seen] == [(1, 20), (2, 10)]
    faces.keep([crop(4, 1.0, 10)], {})
    faces.keep([crop(9, 1.2, 30)], {9: 7})
    seen = faces.window(0.8, 2.8)
    assert [(each.face, each.box[0]) for each in seen] == [(1, 30), (2, 10)]


def test_what_is_kept_of_a_crop_is_not_its_picture(write: Write) -> None:
    faces = watching(write)
    faces.add(Frame.of(0.0, np.zeros((32, 32, 3), np.uint8)))
    ((one,),) = faces._kept.values()
    assert not any(isinstance(v, np.ndarray) and v.ndim == 3 for v in vars(one).values())


def test_a_stream_without_pictures_has_no_end(write: Write) -> None:
    faces = watching(write)
    assert (faces.until, faces.complete(2.0), faces.window(0.0, 2.0)) == (0.0, False, [])
    faces.end()
    assert (faces.until, faces.complete(2.0)) == (0.0, False)


def test_the_end_that_is_told_goes_before_the_usual_one(write: Write) -> None:
    faces = watching(write)
    for k in range(5):
        faces.add(Frame.of(k / 5, np.zeros((32, 32, 3), np.uint8)))
    assert faces.until == pytest.approx(1.0)
    faces.end(3.0)
    assert (faces.until, faces.complete(3.0), faces.complete(3.1)) == (3.0, True, False)
