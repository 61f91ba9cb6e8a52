"""Speed, tempo and pitch of waves, by tones and clicks."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from mrpn.training.pace import WINDOW, Pace, draw_part, play, resample, stretch

RATE = 16000
SEMITONE = 2 ** (1 / 12)


def tone(pitch: float, samples: int = 2 * RATE) -> Tensor:
    return torch.sin(2 * torch.pi * pitch * torch.arange(samples) / RATE) * 2**0.5


def peak(wave: Tensor) -> float:
    """The strongest frequency, to 0.06 Hz."""
    power = torch.fft.rfft(wave * torch.hann_window(len(wave)), 2**18).abs()
    return float(power.argmax()) * RATE / 2**18


@pytest.mark.parametrize(("semitones", "pitch"), [(2, 493.88), (-2, 391.995), (12, 880.0)])
def test_pitch_moves_a_tone_by_semitones_and_keeps_its_length(semitones: int, pitch: float) -> None:
    moved = play(tone(440), Pace(pitch=SEMITONE**semitones))
    assert len(moved) == 2 * RATE
    assert peak(moved) == pytest.approx(pitch, abs=0.1)
    assert float(moved.std()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("tempo", [0.5, 0.9, 1.1, 1.5])
def test_tempo_changes_the_length_and_keeps_the_pitch(tempo: float) -> None:
    played = play(tone(440), Pace(tempo=tempo))
    assert len(played) == round(2 * RATE / tempo)
    assert peak(played) == pytest.approx(440, abs=0.1)
    assert float(played.std()) == pytest.approx(1, abs=1e-3)


def test_speed_changes_both_and_all_three_go_together() -> None:
    fast = play(tone(440), Pace(speed=1.1))
    assert (len(fast), peak(fast)) == (round(2 * RATE / 1.1), pytest.approx(484, abs=0.1))
    all_three = play(tone(440), Pace(speed=1.1, tempo=0.8, pitch=SEMITONE))
    assert len(all_three) == round(2 * RATE / 0.88)
    assert peak(all_three) == pytest.approx(440 * 1.1 * SEMITONE, abs=0.1)


@pytest.mark.parametrize("pace", [Pace(tempo=0.8), Pace(tempo=1.25), Pace(pitch=1.12)])
def test_what_is_said_stays_in_its_place_and_order(pace: Pace) -> None:
    wave = torch.zeros(3 * RATE)
    places = [RATE // 2, RATE, 2 * RATE]
    for place in places:
        wave[place : place + 320] = tone(600, 320)
    played = play(wave, pace).square()
    for place in places:
        middle = (place + 160) / pace.shortening
        near = played[round(middle) - 640 : round(middle) + 640]
        assert float(near.sum()) > 0.5 * 320 / max(1, pace.shortening)
    assert float(played.sum()) == pytest.approx(3 * 320 / pace.shortening, rel=0.35)


def test_nothing_to_change_returns_the_very_wave() -> None:
    wave = tone(440)
    assert play(wave, Pace()) is wave
    assert stretch(wave, len(wave)) is wave
    assert resample(wave, len(wave)) is wave


def test_a_spline_through_a_line_is_the_line() -> None:
    line = torch.arange(2000.0)
    middle = resample(line, 3999)[100:-100]
    torch.testing.assert_close(middle, torch.arange(0, 1999.5, 0.5)[100:-100], atol=1e-3, rtol=0)


def test_a_slice_at_its_own_pace_is_a_piece_of_the_wave() -> None:
    wave = torch.arange(100.0)
    part = draw_part(wave, 30, Pace(), np.random.default_rng(3))
    assert torch.equal(part, wave[int(part[0]) : int(part[0]) + 30])
    starts = {int(draw_part(wave, 30, Pace(), np.random.default_rng(n))[0]) for n in range(50)}
    assert len(starts) > 20


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 4000),
    st.integers(1, 3000),
    st.floats(0.6, 1.5),
    st.floats(0.6, 1.5),
    st.floats(0.5, 2),
)
def test_a_slice_has_its_length_or_what_a_shorter_wave_gives(
    samples: int, wanted: int, speed: float, tempo: float, pitch: float
) -> None:
    pace = Pace(speed, tempo, pitch)
    part = draw_part(torch.ones(samples), wanted, pace, np.random.default_rng(0))
    assert len(part) <= wanted
    assert bool(part.isfinite().all())
    if min(len(part), samples, wanted * pace.shortening, samples / pace.shortening) > 1000:
        torch.testing.assert_close(part, torch.ones(len(part)), atol=1e-4, rtol=0)
        assert len(part) == pytest.approx(min(wanted, samples / pace.shortening), abs=1.5)


def test_a_wave_of_a_window_or_less_is_left_as_it_is() -> None:
    short = tone(440, WINDOW)
    assert torch.equal(play(short, Pace(tempo=0.8, pitch=1.1)), short)
    longer = tone(440, 2 * WINDOW)
    assert torch.equal(play(longer, Pace(tempo=2.0)), longer)
    assert torch.equal(play(short, Pace(tempo=0.8), 100), short[:100])


def test_silence_stays_silent() -> None:
    pace = Pace(tempo=1.2, pitch=math.sqrt(2))
    assert torch.equal(play(torch.zeros(RATE), pace), torch.zeros(round(RATE / 1.2)))
