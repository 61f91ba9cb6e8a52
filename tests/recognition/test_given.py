"""Pictures and sound at hand: what is refused, and that sound in pieces has no seams."""

import numpy as np
import pytest

from drawn_voices import RATE
from mrpn.common.errors import ConfigError
from mrpn.media.sound import resampled
from mrpn.recognition.given import checked_frames, checked_sound, checked_time, pieces

FRAMES = np.zeros((2, 8, 8, 3), np.uint8)
DAY = 86400.0


def test_times_are_taken_as_they_are_up_to_a_week() -> None:
    assert checked_frames(FRAMES, None).tolist() == [0.0, 0.04]
    assert checked_frames(FRAMES, [1, 7 * DAY]).tolist() == [1.0, 7 * DAY]
    with pytest.raises(ConfigError, match="more than 7 days in"):
        checked_frames(FRAMES, [1, 7 * DAY + 1])


def test_a_stream_may_pause_for_a_day() -> None:
    checked_time(DAY + 5, 2.0, 5.0)
    with pytest.raises(ConfigError, match="with the stream at 5 s; count times from its start"):
        checked_time(DAY + 6, 2.0, 5.0)


def test_samples_are_cut_off_at_full_scale() -> None:
    wave = checked_sound([0.5, -2.0, 3.0])
    assert (wave.dtype, wave.tolist()) == (np.float32, [0.5, -1.0, 1.0])


@pytest.mark.parametrize("rate", [8000, 44100])
def test_a_long_sound_is_resampled_without_seams(rate: int) -> None:
    wave = np.sin(np.arange(round(2.5 * rate)) * (2 * np.pi * 440 / rate)).astype(np.float32)
    found = np.concatenate(list(resampled(pieces(wave, rate), RATE)))
    once = np.concatenate(list(resampled([(rate, wave)], RATE)))
    np.testing.assert_allclose(found, once, atol=1e-6)
