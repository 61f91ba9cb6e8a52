"""How the input of weights is made is what their header says, never a guess."""

from pathlib import Path

import pytest

from mrpn.common.errors import WeightsError
from mrpn.inputs import Preprocessing
from mrpn.weights import WeightsHeader, preprocessing_of

PLACE = Path("w.safetensors")


def saying(header: WeightsHeader, **values: object) -> WeightsHeader:
    return header.model_copy(update={"preprocessing": values})


def test_what_the_header_says_is_the_preprocessing(header):
    wanted = Preprocessing(channels=1)
    found = preprocessing_of(PLACE, saying(header, **wanted.model_dump(mode="json")))
    assert found == wanted != Preprocessing()


def test_a_header_that_does_not_say_it_is_not_taken_for_the_usual_one(header):
    with pytest.raises(WeightsError) as caught:
        preprocessing_of(PLACE, saying(header))
    assert str(caught.value) == (
        "w.safetensors: does not say how its input is made; save it again with `preprocessing` in "
        "its header"
    )


def test_what_this_version_does_not_understand_is_one_line(header):
    with pytest.raises(WeightsError, match="its preprocessing cannot be read: unknown key 'rate'"):
        preprocessing_of(PLACE, saying(header, rate=16000))
