import numpy as np
import pytest

from mrpn.common.errors import ConfigError
from mrpn.media import Detections, Frame
from mrpn.media.search import detector_of, search
from mrpn.media.settings import ClipSettings
from squares import SETTINGS, Picture, Squares, frames, picture


def examined(*pictures: Picture, **changes: object) -> list[int]:
    settings = SETTINGS.model_copy(update=changes)
    looks = list(search(frames(pictures), Squares(0.3), settings))
    assert [look.frame.time for look in looks] == [k / 10 for k in range(len(pictures))]
    return [k for k, look in enumerate(looks) if look.examined is not None]


HERE, AWAY = picture((50, 40, 90, 80)), picture()


@pytest.mark.parametrize("count", [1, 2, 4, 5, 9, 10, 14])
def test_where_nothing_happens_every_fourth_picture_and_the_last_are_examined(count: int) -> None:
    expected = sorted({*range(0, count, 4), count - 1})
    assert examined(*[HERE] * count) == expected
    assert examined(*[AWAY] * count) == expected


def test_where_a_face_comes_or_goes_every_picture_is_examined() -> None:
    assert examined(*[AWAY] * 6, *[HERE] * 7) == [0, 4, 5, 6, 7, 8, 12]
    assert examined(*[HERE] * 10, *[AWAY] * 7) == [0, 4, 8, 9, 10, 11, 12, 16]


def test_where_a_face_moves_the_middle_is_examined_and_so_on() -> None:
    moving = [picture((10 + k, 40, 50 + k, 80)) for k in range(9)]
    assert examined(*moving) == [0, 2, 4, 6, 8]
    faster = [picture((10 + 3 * k, 40, 50 + 3 * k, 80)) for k in range(9)]
    assert examined(*faster) == list(range(9))


def test_where_the_picture_changes_as_in_a_cut_every_picture_is_examined() -> None:
    other = picture((50, 40, 90, 80), ground=120)
    assert examined(*[HERE] * 6, *[other] * 7) == [0, 4, 5, 6, 7, 8, 12]


def test_a_seldom_asked_detector_is_asked_in_between_too() -> None:
    assert examined(*[HERE] * 25, detect_every=12) == [0, 12, 24]
    assert examined(*[HERE] * 3, *[AWAY] * 3, detect_every=1) == list(range(6))


def test_the_detector_sees_reduced_pictures_and_the_scale_back_is_known() -> None:
    large = np.repeat(np.repeat(HERE, 4, 0), 4, 1)
    (look,) = search([Frame.of(0.0, large)], Squares(), SETTINGS)
    assert look.examined.image.shape == (240, 320, 3)
    assert look.examined.scale.tolist() == [2, 2]


def test_pictures_that_change_their_size_are_examined_each_at_its_own() -> None:
    looks = list(search(frames([HERE, HERE[:, :140], HERE]), Squares(), SETTINGS))
    assert [look.examined.image.shape[1] for look in looks if look.examined] == [160, 160]
    every = SETTINGS.model_copy(update={"detect_every": 1})
    looks = list(search(frames([HERE, HERE[:, :140], HERE]), Squares(), every))
    assert [look.examined.image.shape[1] for look in looks] == [160, 140, 160]


@pytest.mark.usefixtures("squares")
def test_the_settings_choose_the_detector_and_half_the_threshold_to_go_on() -> None:
    assert detector_of(SETTINGS).threshold == pytest.approx(0.3)
    assert detector_of(ClipSettings(detector="none")).name == "none"
    with pytest.raises(ConfigError, match=r"'retinaface' takes no such option.*'model'"):
        detector_of(ClipSettings(model="a.onnx"))


def test_a_detector_without_landmarks_cannot_align() -> None:
    class Bare(Squares):
        name = "bare"

        def find(self, image: Picture) -> Detections:
            found = super().find(image)
            return Detections(found.boxes, found.scores)

    settings = SETTINGS.model_copy(update={"align": True})
    with pytest.raises(ConfigError, match="the detector 'bare' does not give"):
        list(search(frames([HERE]), Bare(), settings))
    assert len(list(search(frames([AWAY]), Bare(), settings))) == 1
