"""Streams: the numbers of whole files where there is time to look ahead, and near them live."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from drawn_voices import voice
from mrpn import Recognizer
from mrpn.common.errors import MediaError
from mrpn.corpora.synthetic import SyntheticSettings, synthesize
from mrpn.media import Frame, write_video
from mrpn.media.face_stream import FaceCrop
from mrpn.recognition import LiveRecognizer, Moment, Windows
from mrpn.recognition.devices import camera, microphone
from mrpn.recognition.playing import Session, buffered, follow, merged, play

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


def crop(face: int, time: float, grey: int, weight: float = 1.0) -> FaceCrop:
    image = np.full((16, 16, 3), grey, np.uint8)
    return FaceCrop(time, face, np.array([grey, 0, 9, 9], np.float32), 0.9, weight, image)


def test_a_face_that_turns_out_to_be_an_older_one_is_one_face_in_the_window(write: Write) -> None:
    live = LiveRecognizer(Recognizer.from_file(write("video"), windows=WINDOWS))
    live._keep([crop(1, 0.0, 10), crop(1, 0.2, 20)], {})
    live._keep([crop(1, 0.4, 30), crop(2, 0.4, 40)], {})
    live._keep([crop(2, 0.6, 50)], {2: 1})
    (seen,) = live._window(0.0, 2.0).faces
    assert (seen.face, len(seen.features)) == (1, 4)
    assert seen.mouth.times.tolist() == [0.0, 0.2, 0.4, 0.6]
    assert seen.box[0] == 40


def test_numbers_are_given_as_faces_are_shown_the_weightiest_first(write: Write) -> None:
    live = LiveRecognizer(Recognizer.from_file(write("video"), windows=WINDOWS))
    live._keep([crop(4, 0.0, 10), crop(7, 0.0, 20, weight=3.0)], {})
    seen = live._window(0.0, 2.0).faces
    assert [(each.face, each.box[0]) for each in seen] == [(1, 20), (2, 10)]
    live._keep([crop(4, 1.0, 10)], {})
    live._keep([crop(9, 1.2, 30)], {9: 7})
    seen = live._window(0.8, 2.8).faces
    assert [(each.face, each.box[0]) for each in seen] == [(1, 30), (2, 10)]


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


def test_moments_come_with_the_last_picture_and_are_counted(write: Write, long_film: Path) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    session = Session()
    moments = list(play(long_film, recognizer, session=session))
    assert (session.pictures, session.dropped) == (46, 0)
    assert len(session.latencies) == len([m for m in moments if m.end <= 9.21])


def test_memory_holds_a_window_and_no_more(write: Write) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    live = LiveRecognizer(recognizer)
    picture, sound = np.zeros((32, 32, 3), np.uint8), voice(0.2)
    for count in range(200):
        live.sound(sound)
        live.picture(Frame.of(count / 5, picture))
        assert len(live._times) <= 15
        assert sum(map(len, live._kept.values())) <= 15
        assert len(live._hearing._wave) + sum(map(len, live._hearing._blocks)) <= 3 * 16000


def test_pictures_that_wait_too_long_are_dropped_and_sound_never() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)

    def produce(put: Callable[[object], None]) -> None:
        for count in range(20):
            put(Frame.of(float(count), picture))
            put(np.zeros(10, np.float32))

    session = Session()
    found = []
    for each in buffered([produce], session):
        time.sleep(0.05 if not found else 0)
        found.append(each)
    frames = [each for each in found if isinstance(each, Frame)]
    assert len(found) - len(frames) == 20
    assert len(frames) + session.dropped == 20
    assert session.dropped >= 10
    assert frames[-1].time == 19


def test_a_stream_that_breaks_says_so() -> None:
    def produce(put: Callable[[object], None]) -> None:
        raise MediaError("camera: unplugged")

    with pytest.raises(MediaError, match="unplugged"):
        list(buffered([produce], Session()))


def test_devices_that_are_not_there_are_one_line() -> None:
    with pytest.raises(MediaError, match=r"/dev/nothing: this camera cannot be opened .*--camera"):
        camera("/dev/nothing", 10)
    with pytest.raises(MediaError, match=r"nothing: this microphone cannot be opened"):
        microphone("nothing", 16000)


def test_a_file_in_time_takes_its_time_and_loses_no_sound(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "short.mp4"
    write_video(path, np.full((10, 32, 32, 3), 99, np.uint8), 5, voice(2.0))
    recognizer = Recognizer.from_file(write("audio", "video"), windows=WINDOWS)
    fast = list(play(path, recognizer))
    session = Session()
    same(list(play(path, recognizer, speed=4, session=session)), fast, 1e-6)
