from functools import cache

import numpy as np
import pytest
from PIL import Image

from mrpn.corpora.synthetic import render_clip
from mrpn.media.appearance import Appearance, describe, difference
from mrpn.media.search import detector_of
from mrpn.media.settings import ClipSettings

Picture = np.ndarray


@cache
def drawn(actor: int, label: str = "neutral") -> tuple[Picture, Picture, Picture]:
    """Return a drawn person's picture, box and landmarks."""
    clip = render_clip(label, actor, size=(320, 240), rate=4, duration=0.5)
    image = np.asarray(next(iter(clip.frames)))
    faces = detector_of(ClipSettings()).detect(image[None])[0]
    return image, faces.boxes[0].astype(float), faces.landmarks[0].astype(float)


def looks(actor: int, label: str = "neutral") -> Picture:
    image, _, landmarks = drawn(actor, label)
    return describe(image, landmarks)[None]


def test_the_same_picture_is_no_difference() -> None:
    assert difference(looks(1), looks(1)) == pytest.approx(0, abs=1e-6)


def test_another_expression_is_less_different_than_another_person() -> None:
    expressions = [difference(looks(1), looks(1, label)) for label in ("happy", "angry")]
    people = [difference(looks(1), looks(actor)) for actor in (2, 3, 4, 5)]
    assert max(expressions) < 0.7 * min(people)


def test_size_place_and_tilt_in_the_picture_matter_little() -> None:
    image, _, landmarks = drawn(1)
    centre = np.array(image.shape[1::-1]) / 2
    scale, angle = 0.8, np.radians(20)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    back = np.linalg.inv(turn)
    middle = centre + np.array([12, 5])
    corner = centre - back @ middle
    matrix = (*back[0], corner[0], *back[1], corner[1])
    moved = Image.fromarray(image).transform(
        (320, 240), Image.Transform.AFFINE, matrix, Image.Resampling.BICUBIC
    )
    points = (landmarks - centre) @ turn.T + middle
    same = difference(describe(np.asarray(moved), points)[None], looks(1))
    people = min(difference(looks(1), looks(actor)) for actor in (2, 3, 4, 5))
    assert same < 0.5 * people


def test_the_most_similar_of_several_looks_count() -> None:
    some = np.concatenate([looks(1), looks(2)])
    assert difference(some, looks(2)) == pytest.approx(0, abs=1e-6)
    assert difference(some, looks(3)) == pytest.approx(
        min(difference(looks(1), looks(3)), difference(looks(2), looks(3)))
    )


def test_without_a_look_nothing_is_alike() -> None:
    assert difference(Appearance().looks, looks(1)) == float("inf")


def test_few_looks_are_kept_of_a_long_shot_the_first_and_the_latest() -> None:
    image, box, landmarks = drawn(1)
    kept = Appearance()
    for k in range(20):
        kept.sample(k, np.roll(image, k, axis=1), box, landmarks)
    assert len(kept.looks) == 8
    assert [kept.is_due(time) for time in (19.5, 20.9, 21.0)] == [False, False, True]
    first = describe(image, landmarks)
    assert difference(kept.looks[:1], first[None]) < 0.05


def test_looks_follow_one_another_sooner_at_first() -> None:
    image, box, landmarks = drawn(1)
    kept = Appearance()
    times = []
    for k in range(100):
        if kept.is_due(k / 10):
            kept.sample(k / 10, image, box, landmarks)
            times.append(k)
    assert times == [0, 4, 8, 12, 32, 52, 72, 92]


def test_a_detector_without_landmarks_will_do() -> None:
    image, box, _ = drawn(1)
    other, other_box, _ = drawn(2)
    one, same, another = Appearance(), Appearance(), Appearance()
    one.sample(0.0, image, box, None)
    same.sample(0.0, image, box + 2, None)
    another.sample(0.0, other, other_box, None)
    assert difference(one.looks, same.looks) < 0.5 * difference(one.looks, another.looks)
