import numpy as np

from mrpn.media.tracking import Tracker
from mrpn.media.tracklet import Tracklet
from squares import SETTINGS, Box, Picture, examined, picture


def follow(*pictures: Picture, step: float = 0.1, **changes: object) -> list[Tracklet]:
    tracker = Tracker(SETTINGS.model_copy(update=changes))
    made: list[Tracklet] = []
    for k, image in enumerate(pictures):
        made += tracker.add(k * step, examined(image))
    return made


def square(left: int, top: int = 20, side: int = 30) -> Box:
    return (left, top, left + side, top + side)


def lefts(tracklet: Tracklet) -> list[float]:
    return [float(values[0]) for values in tracklet.values]


def test_two_faces_that_move_stay_two_and_are_not_confused() -> None:
    pictures = [picture(square(10 + 5 * k), square(100 - 5 * k, top=70)) for k in range(10)]
    one, other = follow(*pictures)
    assert lefts(one) == [10 + 5 * k for k in range(10)]
    assert lefts(other) == [100 - 5 * k for k in range(10)]


def test_the_order_in_which_faces_are_found_does_not_matter() -> None:
    one, other = square(10), square(100)
    first, second = follow(picture(one, other), picture(other, one), picture(one, other))
    assert (lefts(first), lefts(second)) == ([10] * 3, [100] * 3)


def test_a_fast_face_is_met_where_its_motion_leads() -> None:
    (only,) = follow(*(picture(square(5 + 13 * k)) for k in range(9)))
    assert len(only.times) == 9


def test_a_short_loss_is_bridged_and_a_long_one_is_not() -> None:
    here, away = picture(square(50)), picture()
    assert len(follow(here, here, *[away] * 8, here)) == 1
    assert len(follow(here, here, *[away] * 11, here)) == 2
    assert len(follow(here, here, *[away] * 3, here, gap=0.2)) == 2


def test_where_pictures_are_examined_seldom_the_one_before_is_enough() -> None:
    here = picture(square(50))
    (only,) = follow(here, here, here, step=3.0)
    assert only.linked == [False, True, True]
    (bridged,) = follow(here, picture(), here)
    assert bridged.linked == [False, False]


def test_a_face_elsewhere_or_of_another_size_is_another() -> None:
    assert len(follow(picture(square(5)), picture(square(120)))) == 2
    assert len(follow(picture(square(40, side=70)), picture(square(65, 45, side=12)))) == 2


def test_an_unsure_face_goes_on_but_does_not_begin() -> None:
    sure, unsure = picture(square(50)), picture(square(52), score=0.4)
    assert follow(unsure, unsure) == []
    (only,) = follow(unsure, sure, unsure, unsure)
    np.testing.assert_allclose([v[4] for v in only.values], [0.9, 0.4, 0.4], atol=1e-6)


def test_a_cut_ends_every_face_and_the_next_begin_there() -> None:
    before, after = picture(square(50)), picture(square(50), ground=120)
    first, second = follow(before, before, before, after, after)
    assert (first.until, second.since) == (second.times[0], second.times[0])
    assert len(first.times), len(second.times) == (3, 2)


def test_places_are_in_pixels_of_the_whole_picture() -> None:
    tracker = Tracker(SETTINGS)
    seen = examined(picture(square(10)))
    (made,) = tracker.add(
        0.0, type(seen)(seen.image, np.array([2.0, 3.0]), seen.faces, seen.thumbnail)
    )
    np.testing.assert_allclose(made.values[0][:4], [20, 60, 80, 150])
    np.testing.assert_allclose(made.values[0][5:7], [2 * (10 + 0.3 * 30), 3 * (20 + 0.4 * 30)])
