"""Voices follow their emotion in pitch, energy and tempo, and can be told apart."""

import numpy as np
import pytest

from mrpn.common.errors import ConfigError
from mrpn.corpora.synthetic import render_clip
from mrpn.corpora.synthetic.identity import identity
from mrpn.corpora.synthetic.prosody import speak
from mrpn.corpora.synthetic.voice import RATE, say_clip


def say(emotion, actor=1, *, intensity=2, noise=0.0, seed=0, duration=1.6):
    return say_clip(
        identity(actor, 0),
        emotion,
        duration,
        intensity=intensity,
        statement=1,
        noise=noise,
        random=np.random.default_rng(seed),
    )


def heard_pitch(wave):
    """Median pitch in Hz by autocorrelation of 64 ms frames."""
    frames = np.lib.stride_tricks.sliding_window_view(wave, 1024)[::512]
    loud = frames[(frames**2).mean(axis=1) > 0.2 * (frames**2).mean()]
    pitches = []
    for frame in loud - loud.mean(axis=1, keepdims=True):
        echo = np.correlate(frame, frame, "full")[1023:]
        low, high = RATE // 500, RATE // 70
        pitches.append(RATE / (low + np.argmax(echo[low:high])))
    return float(np.median(pitches))


def heard_tempo(wave):
    """Syllables per second: the strongest rhythm of the loudness between 1.5 and 9 Hz."""
    level = np.sqrt((wave[: len(wave) // 160 * 160].reshape(-1, 160) ** 2).mean(axis=1))
    level = level - level.mean()
    strength = np.abs(np.fft.rfft(level * np.hanning(level.size), 4096))
    hertz = np.fft.rfftfreq(4096, 0.01)
    range_ = (hertz > 1.5) & (hertz < 9)
    return float(hertz[range_][np.argmax(strength[range_])])


def loudness(wave):
    return float(np.sqrt((wave**2).mean()))


def test_a_voice_is_bounded_mono_of_the_clips_length():
    wave = say("angry", noise=1.0, duration=1.25)
    assert (wave.dtype, wave.shape) == (np.float32, (20000,))
    assert 0.05 < np.abs(wave).max() < 1
    assert np.isfinite(wave).all()


@pytest.mark.parametrize("actor", [1, 2])
def test_pitch_follows_the_emotion(actor):
    neutral, fearful, disgust = (
        heard_pitch(say(e, actor)) for e in ("neutral", "fearful", "disgust")
    )
    assert fearful > 1.35 * neutral
    assert disgust < 0.85 * neutral
    assert neutral == pytest.approx(identity(actor, 0).pitch, rel=0.12)


def test_women_speak_higher_than_men():
    assert heard_pitch(say("neutral", 2)) > 1.3 * heard_pitch(say("neutral", 1))


@pytest.mark.parametrize("actor", [1, 2])
def test_energy_follows_the_emotion(actor):
    neutral, angry, sad = (loudness(say(e, actor)) for e in ("neutral", "angry", "sad"))
    assert angry > 1.15 * neutral
    assert sad < 0.7 * neutral


@pytest.mark.parametrize("actor", [1, 2])
def test_tempo_follows_the_emotion(actor):
    who = identity(actor, 0)
    assert heard_tempo(say("sad", actor)) == pytest.approx(4.6 * who.pace * 0.62, rel=0.15)
    assert heard_tempo(say("angry", actor)) == pytest.approx(4.6 * who.pace * 1.28, rel=0.15)


def test_surprise_rises_and_sadness_falls():
    def change(emotion):
        speech = speak(
            identity(1, 0),
            emotion,
            1.6,
            intensity=2,
            statement=1,
            noise=0,
            random=np.random.default_rng(0),
        )
        return np.median(speech.pitch[-80:]) / np.median(speech.pitch[:80])

    assert change("surprised") > 1.15
    assert change("sad") < 0.85


def test_intensity_brings_out_the_emotion():
    assert heard_pitch(say("fearful", intensity=2)) > heard_pitch(say("fearful", intensity=1))


def test_the_same_numbers_give_the_same_voice():
    np.testing.assert_array_equal(say("happy", noise=1.0), say("happy", noise=1.0))
    assert not np.array_equal(say("happy", noise=1.0), say("happy", noise=1.0, seed=1))


def test_face_and_voice_may_disagree_without_touching_each_other():
    both, mixed = render_clip("happy", 3), render_clip("happy", 3, voice="sad")
    np.testing.assert_array_equal(next(both.frames), next(mixed.frames))
    assert not np.array_equal(both.audio, mixed.audio)
    assert both.audio.size == mixed.audio.size
    with pytest.raises(ConfigError, match="emotion 'bored' is unknown"):
        render_clip("bored")
