import numpy as np
import pytest

from mrpn.common.errors import ConfigError
from mrpn.media import detector


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="'blazeface'; known are dlib, none, retinaface, yunet"):
        detector("blazeface")


def test_none_takes_the_central_square() -> None:
    found = detector("none").detect(np.zeros((2, 40, 100, 3), np.uint8))
    assert [faces.boxes.tolist() for faces in found] == [[[30, 0, 70, 40]]] * 2
    assert found[0].scores.tolist() == [1.0]


def test_an_unknown_option_is_one_line() -> None:
    with pytest.raises(ConfigError, match=r"'retinaface' takes no such option: .*'colour'"):
        detector("retinaface", colour="red")
