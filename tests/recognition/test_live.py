"""Streams: the numbers of whole files where there is time to look ahead, and near them live."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drawn_voices import RATE, voice
from mrpn import Recognizer
from mrpn.common.errors import ConfigError
from mrpn.corpora.synthetic import SyntheticSettings, synthesize
from mrpn.media import Frame
from mrpn.recognition import LiveRecognizer, Moment, Windows
from mrpn.recognition.live import PATIENCE
from mrpn.recognition.playing import Session, follow, merged, play

Write = Callable[..., Path]
WINDOWS = Windows(length=2, step=0.8)


def same(one: list[Moment], other: list[Moment], within: float) -> None:
    assert [(m.start, m.end, m.face) for m in one] == [(m.start, m.end, m.face) for m in other]
    for here, there in zip(one, other, strict=True):
        assert here.probabilities == pytest.approx(there.probabilities, abs=within)
        assert here.alone.keys() == there.alone.keys()


@pytest.mark.parametrize("modalities", [("audio", "video"), ("audio",), ("video",)])
def test_a_stream_with_time_says_what_the_file_says(
    write: Write, long_film: Path, modalities: tuple[str, ...]
) -> None:
    recognizer = Recognizer.from_file(write(*modalities), windows=WINDOWS)
    whole = recognizer.predict(long_film)
    for live in (False, True):
        stream = LiveRecognizer(recognizer, live=live)
        moments = list(follow(merged(long_film, recognizer), stream, Session()))
        same(moments, list(whole.timeline), 1e-6)


def test_a_drawn_face_live_is_near_the_whole_file(
    write: Write, detecting: dict[str, object], tmp_path: Path
) -> None:
    settings = SyntheticSettings(
        actors=2, emotions=("happy", "angry"), intensities=(1,), statements=(1,), repetitions=(1,)
    )
    manifest = synthesize(tmp_path / "drawn", settings)
    path = manifest.root / str(manifest.records[0].video)
    windows = Windows(length=1, step=0.4)
    recognizer = Recognizer.from_file(
        write("audio", "video", preprocessing=detecting), windows=windows
    )
    whole = recognizer.predict(path)
    exact = LiveRecognizer(recognizer, live=False)
    same(list(follow(merged(path, recognizer), exact, Session())), list(whole.timeline), 1e-6)
    same(list(play(path, recognizer)), list(whole.timeline), 0.05)


@pytest.mark.data
@pytest.mark.parametrize("live", [False, True])
def test_a_person_whom_cuts_are_seen_around_is_one_face(
    write: Write, detecting: dict[str, object], data: Path, live: bool
) -> None:
    detecting["clip"]["frame_rate"] = 10  # type: ignore[index]
    film = data / "clips" / "voxceleb2" / "00002.mp4"
    recognizer = Recognizer.from_file(write("video", preprocessing=detecting), windows=WINDOWS)
    whole = recognizer.predict(film)
    stream = LiveRecognizer(recognizer, live=live)
    moments = list(follow(merged(film, recognizer), stream, Session()))
    assert [moment.face for moment in moments] == [1] * len(whole.timeline)
    if not live:
        same(moments, list(whole.timeline), 1e-6)


def test_what_a_stream_lacks_is_said(write: Write, detecting: dict[str, object]) -> None:
    recognizer = Recognizer.from_file(
        write("audio", "video", preprocessing=detecting), windows=WINDOWS
    )
    grey, tone = np.full((120, 160, 3), 90, np.uint8), np.sin(np.arange(48000) / 9)
    for sound, problem in ((0 * tone, "silence"), (tone / 2, "no speech"), (voice(3.0), None)):
        live = LiveRecognizer(recognizer)
        live.picture(Frame.of(0.0, grey))
        live.sound(sound.astype(np.float32))
        answers = live.finish()
        assert live.problems == tuple(each for each in ("no face", problem) if each)
        assert bool(answers) == (problem is None)
    live = LiveRecognizer(recognizer, picture=False, sound=False)
    assert live.problems == ("no picture", "no sound")


def test_memory_holds_a_window_and_no_more(write: Write) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    live = LiveRecognizer(recognizer)
    picture, sound = np.zeros((32, 32, 3), np.uint8), voice(0.2)
    for count in range(200):
        live.sound(sound)
        live.picture(Frame.of(count / 5, picture))
        assert len(live._watching._times) <= 15
        assert sum(map(len, live._watching._kept.values())) <= 15
        assert len(live._hearing._wave) + sum(map(len, live._hearing._blocks)) <= 3 * 16000


def noise(seconds: float) -> list[Frame]:
    frames = np.random.default_rng(2).integers(0, 255, (round(5 * seconds), 32, 32, 3))
    return [Frame.of(k / 5, frame) for k, frame in enumerate(frames.astype(np.uint8))]


def kept(live: LiveRecognizer) -> tuple[float, int]:
    """Seconds of sound and crops that a stream holds."""
    hearing = live._hearing
    sound = len(hearing._wave) + sum(map(len, hearing._blocks))
    return sound / RATE, sum(map(len, live._watching._kept.values()))


def test_a_sound_that_has_ended_is_not_waited_for(write: Write) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    for is_live in (True, False):
        live = LiveRecognizer(recognizer, live=is_live)
        found = live.sound(voice(2.0)) + live.sound_ended()
        for frame in noise(10):
            found += live.picture(frame)
            assert kept(live)[1] <= (11 if is_live else 30)
        assert len(found) >= (10 if is_live else 7)
        found += live.picture_ended(10.0) + live.finish()
        pictures = np.stack([frame.image for frame in noise(10)])
        whole = recognizer.predict(pictures, times=np.arange(50) / 5, sound=voice(2.0))
        same(found, list(whole.timeline), 1e-6)


def test_pictures_that_have_ended_are_not_waited_for(write: Write) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    sound = voice(10.0)
    for is_live in (True, False):
        live, found = LiveRecognizer(recognizer, live=is_live), []
        for frame in noise(3):
            found += live.picture(frame)
        found += live.picture_ended()
        for start in range(0, 10 * RATE, RATE // 2):
            found += live.sound(sound[start : start + RATE // 2])
            assert kept(live)[0] <= 2.5
        assert len(found) == 11
        found += live.sound_ended() + live.finish()
        pictures = np.stack([frame.image for frame in noise(3)])
        whole = recognizer.predict(pictures, times=np.arange(15) / 5, sound=sound)
        same(found, list(whole.timeline), 1e-6)


def test_live_a_track_that_falls_behind_is_not_waited_for_until_it_goes_on(write: Write) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    live, found = LiveRecognizer(recognizer), list[Moment]()
    assert live.sound(voice(1.0)) == []
    came: dict[float, list[Moment]] = {}
    for frame in noise(14):
        came[frame.time] = live.picture(frame)
        assert kept(live)[1] <= 5 * (2 + PATIENCE) + 1
    answered = [time for time, moments in came.items() if moments]
    # From five seconds after the first window's end on, windows end with their last picture again.
    assert answered[0] == pytest.approx(2.0 + PATIENCE)
    assert len(came[answered[0]]) == 7
    assert np.diff(answered).max() <= 1.0
    # Silence up to now, as a device gives it, then speech.
    sounds = np.concatenate([np.zeros(13 * RATE, np.float32), voice(4.0)])
    for start in range(0, len(sounds), RATE):
        found += live.sound(sounds[start : start + RATE])
    for frame in noise(18)[70:]:
        found += live.picture(frame)
    assert [set(moment.alone) for moment in found][-1] == {"audio", "video"}
    assert found[-1].end == pytest.approx(18.0)
    assert kept(live)[0] <= 2.5


def test_live_sound_alone_is_answered_after_one_picture(write: Write) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    live, found, sound = LiveRecognizer(recognizer), list[Moment](), voice(15.0)
    live.picture(noise(1)[0])
    for start in range(0, len(sound), RATE):
        found += live.sound(sound[start : start + RATE])
        assert kept(live)[0] <= 2 + PATIENCE + 1
    assert found[-1].end > 14
    assert kept(live)[1] == 0


@pytest.mark.parametrize(
    ("times", "line"),
    [
        ((1.7e9,), "a picture at 1700000000 s, with the stream at 0 s; count times from its start"),
        ((0.0, 0.2, 0.2), "a picture at 0.2 s after one at 0.2 s: the times of pictures rise"),
        ((-1.0,), "a picture at -1 s: the times of pictures rise from 0 or later"),
        ((float("nan"),), "a picture at nan s: the times"),
    ],
)
def test_times_that_are_none_of_the_stream_are_one_line(
    write: Write, times: tuple[float, ...], line: str
) -> None:
    live = LiveRecognizer(Recognizer.from_file(write("video"), windows=WINDOWS))
    for time in times[:-1]:
        live.picture(Frame.of(time, np.zeros((32, 32, 3), np.uint8)))
    with pytest.raises(ConfigError, match=line):
        live.picture(Frame.of(times[-1], np.zeros((32, 32, 3), np.uint8)))
