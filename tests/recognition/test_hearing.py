"""Sound as a stream: what is kept of it, and sound that comes after its windows are over."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drawn_voices import RATE, voice
from mrpn import Recognizer
from mrpn.recognition import Windows
from mrpn.recognition.hearing import Heard, Hearing

Write = Callable[..., Path]
WINDOWS = Windows(length=2, step=0.8)


@pytest.fixture
def hearing(write: Write) -> Callable[[], Hearing]:
    recognizer = Recognizer.from_file(write("audio"), windows=WINDOWS)
    return lambda: Hearing(recognizer.scorer, recognizer.preprocessing, recognizer.windows)


def held(hearing: Hearing) -> int:
    return len(hearing._wave) + sum(map(len, hearing._blocks))


def same(one: Heard, other: Heard) -> None:
    assert (one.start, one.seconds, one.speech) == (other.start, other.seconds, other.speech)
    np.testing.assert_allclose(one.stacked(), other.stacked(), atol=1e-6)


def test_sound_in_one_block_is_that_in_many(hearing: Callable[[], Hearing]) -> None:
    whole, pieces, sound = hearing(), hearing(), voice(5.3)
    whole.add(sound)
    found = []
    for start in range(0, len(sound), 777):
        pieces.add(sound[start : start + 777])
        while pieces.complete():
            found.append(pieces.next())
    assert len(found) == 5
    for each in [*found, pieces.next()]:
        same(each, whole.next())


def test_sound_that_comes_after_its_windows_is_in_the_later_ones_alone(
    hearing: Callable[[], Hearing],
) -> None:
    late, known, sound = hearing(), hearing(), voice(8.0)
    for _ in range(5):
        assert late.next().seconds == 0
    for start in range(0, len(sound), RATE // 2):
        late.add(sound[start : start + RATE // 2])
        assert held(late) <= 4.5 * RATE
    assert held(late) == 4.0 * RATE
    known._number, known._first, known.samples = 5, 4 * RATE, 4 * RATE
    known.add(sound[4 * RATE :])
    for _ in range(3):
        same(late.next(), known.next())
