"""Windows: where they lie, and that their results are those of the pieces cut at their borders."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_voices import RATE, voice
from mrpn import Recognizer
from mrpn.common.errors import ConfigError
from mrpn.inputs import Preprocessing
from mrpn.media import Frame, read_clip
from mrpn.recognition import LiveRecognizer, Windows

Write = Callable[..., Path]


def test_windows_lie_where_the_step_says_and_a_short_rest_is_passed_over() -> None:
    windows = Windows(length=4, step=1)
    assert windows.spans(0) == [(0, 0)]
    assert windows.spans(3.2) == [(0, 3.2)]
    assert windows.spans(4.4) == [(0, 4)]
    assert windows.spans(4.5) == [(0, 4), (1, 4.5)]
    assert windows.spans(6.2) == [(0, 4), (1, 5), (2, 6)]


@given(duration=st.floats(0, 100), length=st.floats(0.5, 10), share=st.floats(0.1, 1))
def test_windows_leave_no_gap_and_less_than_half_a_step(
    duration: float, length: float, share: float
) -> None:
    windows = Windows(length=length, step=length * share)
    spans = windows.spans(duration)
    assert spans[0][0] == 0
    assert all(b[0] <= a[1] + 1e-9 for a, b in pairwise(spans))
    assert 0 <= duration - spans[-1][1] <= max(windows.step / 2, 0)


def test_the_step_becomes_a_whole_number_of_the_segments_steps() -> None:
    every = Preprocessing.model_validate({"spectrogram": {"step": 0.4}})
    assert Windows(step=1.0).fitted(every).step == pytest.approx(0.8)
    assert Windows(step=0.1).fitted(every).step == pytest.approx(0.4)
    assert Windows(step=1.0).fitted(Preprocessing()).step == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("length", "step", "line"),
    [
        (2.0, 3.0, "a step of 3 s leaves gaps between windows of 2 s"),
        (0.0, 1.0, "a window of 0 s is not above 0, up to 600 s"),
        (float("nan"), 1.0, "a window of nan s is not above 0"),
        (float("inf"), 1.0, "a window of inf s is not above 0"),
        (4.0, 0.0, "a step of 0 s is not above 0"),
        (4.0, -1.0, "a step of -1 s is not above 0"),
    ],
)
def test_windows_that_are_none_or_leave_gaps_are_refused(
    length: float, step: float, line: str
) -> None:
    with pytest.raises(ConfigError, match=line):
        Windows(length=length, step=step)


def test_without_a_step_windows_begin_each_second_or_side_by_side() -> None:
    assert Windows.of(4.0, None) == Windows(4.0, 1.0)
    assert Windows.of(0.5, None) == Windows(0.5, 0.5)
    assert Windows.of(4.0, 2.0) == Windows(4.0, 2.0)


def test_windows_side_by_side_are_the_pieces_cut_at_their_borders(
    write: Write, long_film: Path
) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=Windows(length=2, step=2))
    clip = read_clip(long_film, long_film, recognizer.preprocessing.clip)
    whole = recognizer.predict(clip.frames, times=clip.times, sound=clip.audio)
    assert [m.start for m in whole.timeline] == [0, 2, 4, 6, 8]
    for moment in whole.timeline:
        inside = (clip.times >= moment.start - 1e-9) & (clip.times < moment.end - 1e-9)
        first, after = (round(t * RATE) for t in (moment.start, moment.end))
        piece = recognizer.predict(
            clip.frames[inside],
            times=clip.times[inside] - moment.start,
            sound=clip.audio[first:after],
        )
        assert piece.probabilities == pytest.approx(moment.probabilities, abs=1e-6)
        assert piece.alone["audio"] == pytest.approx(moment.alone["audio"], abs=1e-6)


@pytest.mark.parametrize(
    ("length", "step", "kept", "count"), [(8, 8, 8.0, 1), (2, 2, 4.0, 2), (4, 0.8, 11.2, 10)]
)
def test_a_rest_that_no_window_holds_is_passed_over_with_sound_and_pictures(
    write: Write, length: float, step: float, kept: float, count: int
) -> None:
    windows = Windows(length, step)
    recognizer = Recognizer.from_file(write("audio", "video"), windows=windows)
    seconds = kept + 0.3 * windows.fitted(recognizer.preprocessing).step
    frames = np.random.default_rng(1).integers(0, 255, (round(5 * seconds), 32, 32, 3))
    frames, sound = frames.astype(np.uint8), voice(seconds)
    times = np.arange(len(frames)) / 5
    whole = recognizer.predict(frames, times=times, sound=sound)
    first = recognizer.predict(
        frames[times < kept - 1e-9],
        times=times[times < kept - 1e-9],
        sound=sound[: round(kept * RATE)],
    )
    assert whole.duration > first.duration + 0.1
    assert len(whole.timeline) == count
    assert whole.timeline[-1].end == pytest.approx(kept)
    for one, other in zip(whole.timeline, first.timeline, strict=True):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)
    stream = LiveRecognizer(recognizer, live=False)
    live = stream.sound(sound)
    for time, frame in zip(times, frames, strict=True):
        live += stream.picture(Frame.of(time, frame))
    live += stream.finish()
    for one, other in zip(live, whole.timeline, strict=True):
        assert (one.start, one.end) == (other.start, other.end)
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_overlapping_windows_depend_on_no_more_than_a_window_before_them(write: Write) -> None:
    recognizer = Recognizer.from_file(write("audio"), windows=Windows(length=2, step=0.4))
    sound = voice(9.2)
    whole = recognizer.predict(sound)
    loud_start = sound.copy()
    loud_start[: 3 * RATE] *= 0.2
    other = recognizer.predict(loud_start)
    same = [
        a.probabilities == pytest.approx(b.probabilities, abs=1e-6)
        for a, b in zip(whole.timeline, other.timeline, strict=True)
    ]
    starts = np.array([moment.start for moment in whole.timeline])
    # A window that starts at 3 s holds segments that came in with windows from 1 s on.
    assert all(np.array(same)[starts >= 3.0 + 2.0])
    assert not all(np.array(same)[starts < 3.0])


def test_segments_are_encoded_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    recognizer = Recognizer.from_file(write("audio"), windows=Windows(length=2, step=0.4))
    encoded: list[int] = []
    encode = recognizer.scorer.encode
    monkeypatch.setattr(
        recognizer.scorer, "encode", lambda m, x: encoded.append(len(x)) or encode(m, x)
    )
    sound = voice(9.2)
    recognizer.predict(sound)
    assert sum(encoded) == recognizer.preprocessing.segment_count(len(sound))
