"""The weights that ship, on films as people have them; nothing here needs a network."""

from pathlib import Path

import numpy as np
import pytest

from filming import turn_film
from mrpn import Recognizer
from mrpn.corpora.scan import VIDEO_SUFFIXES, media_files
from mrpn.corpora.synthetic import render_clip
from mrpn.media import write_video
from mrpn.recognition import Recognition
from mrpn.recognition.choosing import default_weights


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.from_pretrained(default_weights())


def check(result: Recognition) -> None:
    """Both are used, every window has its probabilities, and every set its labels."""
    assert result.used == ("audio", "video")
    assert result.timeline
    for answer in (result, *result.timeline, *result.people):
        assert sum(answer.probabilities.values()) == pytest.approx(1)
        assert answer.label in answer.labels
    starts = [moment.start for moment in result.timeline if moment.face in (1, None)]
    assert starts == sorted(starts)


def test_it_knows_seven_emotions_and_how_far_to_trust_itself(recognizer: Recognizer) -> None:
    assert len(recognizer.classes) == 7
    calibration = recognizer.answering.calibration
    assert calibration is not None
    assert set(calibration.doubts) == {"audio", "video", "audio+video"}
    assert all(each.part == "test" for each in calibration.on)


@pytest.mark.parametrize(
    ("size", "rate", "turn"),
    [
        ((360, 640), 24.0, None),
        ((1280, 720), 15.0, None),
        ((640, 480), 59.94, (0, 1, -1, 0)),
        ((320, 240), 30.0, (-1, 0, 0, -1)),
    ],
)
def test_recordings_of_any_size_rate_and_turn_are_recognised(
    recognizer: Recognizer,
    tmp_path: Path,
    size: tuple[int, int],
    rate: float,
    turn: tuple[int, int, int, int] | None,
) -> None:
    clip = render_clip("happy", size=size, rate=rate, duration=1.5)
    frames = list(clip.frames)
    path = tmp_path / "phone.mp4"
    if turn is not None:
        # Held sideways or upside down: the picture lies so, and the file tells how.
        quarters = {(0, 1, -1, 0): 1, (-1, 0, 0, -1): 2}[turn]
        frames = [np.ascontiguousarray(np.rot90(frame, quarters)) for frame in frames]
    write_video(path, frames, rate, clip.audio)
    if turn is not None:
        turn_film(path, turn)
    result = recognizer.predict(path)
    check(result)
    assert result.people[0].share > 0.9
    assert result.duration == pytest.approx(1.5, abs=0.2)


@pytest.mark.data
@pytest.mark.parametrize("folder", ["crema-d/VideoFlash", "clips/grid", "clips/voxceleb2"])
def test_films_of_real_people_are_recognised_from_face_and_voice(
    recognizer: Recognizer, data: Path, folder: str
) -> None:
    films = media_files(data / folder, VIDEO_SUFFIXES)
    assert films
    for name in films:
        check(recognizer.predict(data / folder / name))
