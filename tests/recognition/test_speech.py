"""The rule of speech: voices are speech; notes, noise, hum and silence are none."""

import numpy as np
import pytest

from drawn_voices import RATE, melody, voice
from mrpn.media import read_audio
from mrpn.recognition.speech import loudness, speech_share

SECONDS = np.arange(3 * RATE) / RATE
NOISE = np.random.default_rng(0).standard_normal(3 * RATE)


@pytest.mark.parametrize("gain", [1.0, 0.03])
def test_a_voice_is_speech_loud_or_quiet(gain: float) -> None:
    assert speech_share(gain * voice(3.0), RATE) > 0.3


def test_half_a_minute_of_silence_around_it_lowers_its_share() -> None:
    around = np.concatenate([np.zeros(3 * RATE, np.float32), voice(3.0)])
    assert speech_share(around, RATE) == pytest.approx(speech_share(voice(3.0), RATE) / 2, abs=0.05)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(0),
        np.zeros(100),
        np.zeros(3 * RATE),
        np.full(3 * RATE, 0.5),
        0.2 * NOISE,
        np.cumsum(NOISE) / 300,
        0.3 * np.sin(2 * np.pi * 220 * SECONDS),
        0.1 * np.sign(np.sin(2 * np.pi * 50 * SECONDS)),
        melody(3.0),
        1e-4 * voice(3.0),
    ],
    ids=[
        "empty",
        "short",
        "silence",
        "constant",
        "white",
        "brown",
        "tone",
        "hum",
        "melody",
        "faint",
    ],
)
def test_what_is_no_speech_is_none(sound: np.ndarray) -> None:
    assert speech_share(sound.astype(np.float32), RATE) == 0.0


def test_loudness_is_the_root_mean_square_of_twenty_milliseconds() -> None:
    values, step = loudness(np.repeat(np.array([0.5, -0.25], np.float32), 320), RATE)
    assert (values.tolist(), step) == ([0.5, 0.25], 0.02)


@pytest.mark.data
def test_real_voices_are_speech(data) -> None:
    files = sorted((data / "librispeech").rglob("*.flac"))[3::40]
    shares = [speech_share(read_audio(path)[: 4 * RATE], RATE) for path in files]
    assert all(share > 0 for share in shares)
