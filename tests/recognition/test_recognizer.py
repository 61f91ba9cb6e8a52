"""The recognizer: equal to the network run by hand, and honest about what it did not have."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from drawn_voices import RATE, melody, voice
from filming import slow_film
from mrpn import Recognizer
from mrpn.common.errors import ConfigError, MediaError, WeightsError
from mrpn.inputs import Preprocessing
from mrpn.media import Frame, face_stream, read_clip, write_video, write_wav
from mrpn.network import Sequence
from mrpn.recognition import Failed, LiveRecognizer, Recognition, Windows
from mrpn.weights import load_weights

Write = Callable[..., Path]


@pytest.mark.parametrize("modalities", [("audio", "video"), ("audio",), ("video",)])
def test_it_says_what_the_network_says_by_hand(
    write: Write, film: Path, modalities: tuple[str, ...]
) -> None:
    path = write(*modalities)
    result = Recognizer.from_file(path).predict(film)
    network, header = load_weights(path)
    preprocessing = Preprocessing.model_validate(header.preprocessing)
    tensors = preprocessing.sequences(read_clip(film, film, preprocessing.clip))
    with torch.inference_mode():
        batch = {name: Sequence.from_list([tensors[name]]) for name in modalities}
        expected = network(batch).targets["class"][0].softmax(0)
        by_itself = {
            name: network({name: batch[name]}).targets["class"][0].softmax(0) for name in modalities
        }
    classes = header.class_names
    assert tuple(result.probabilities) == classes
    _same(result.probabilities, expected)
    assert result.alone.keys() == by_itself.keys()
    for name, values in by_itself.items():
        _same(result.alone[name], values)
    assert result.used == modalities
    assert result.problems == ()
    assert result.label == classes[int(expected.argmax())]
    assert len(result.timeline) == 1


def _same(values: dict[str, float], expected: torch.Tensor) -> None:
    found = torch.tensor(list(values.values()), dtype=expected.dtype)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_probabilities_sum_to_one_and_never_vary(write: Write, film: Path) -> None:
    path = write("audio", "video")
    recognizer = Recognizer.from_file(path)
    first, second = recognizer.predict(film), recognizer.predict(str(film))
    assert sum(first.probabilities.values()) == pytest.approx(1, abs=1e-6)
    assert first == second == Recognizer.from_file(path).predict(film)
    assert first.duration == pytest.approx(1.0, abs=0.1)


def test_without_sound_the_face_decides_and_it_is_said(
    write: Write, film: Path, tmp_path: Path
) -> None:
    mute = tmp_path / "mute.mp4"
    write_video(mute, np.full((5, 32, 32, 3), 99, np.uint8), 5)
    result = Recognizer.from_file(write("audio", "video")).predict(mute)
    assert (result.used, result.problems) == (("video",), ("no sound",))
    assert sum(result.probabilities.values()) == pytest.approx(1, abs=1e-6)


def test_without_picture_or_face_the_voice_decides_and_it_is_said(
    write: Write,
    film: Path,
    tmp_path: Path,
    speech: np.ndarray,
    detecting: dict[str, object],
) -> None:
    recognizer = Recognizer.from_file(write("audio", "video", preprocessing=detecting))
    faceless, voice = tmp_path / "faceless.mp4", tmp_path / "voice.wav"
    write_video(faceless, np.full((3, 64, 64, 3), 99, np.uint8), 5, speech)
    write_wav(voice, speech)
    for file, problem in ((faceless, "no face"), (voice, "no picture")):
        result = recognizer.predict(file)
        assert (result.used, result.problems) == (("audio",), (problem,))


def test_a_network_of_one_modality_does_not_miss_the_other(
    write: Write, tmp_path: Path, speech: np.ndarray
) -> None:
    write_wav(tmp_path / "voice.wav", speech)
    result = Recognizer.from_file(write("audio")).predict(tmp_path / "voice.wav")
    assert (result.used, result.problems) == (("audio",), ())


def test_a_file_without_what_the_network_takes_is_an_error(
    write: Write, tmp_path: Path, speech: np.ndarray
) -> None:
    recognizer = Recognizer.from_file(write("video"))
    write_wav(tmp_path / "voice.wav", speech)
    with pytest.raises(MediaError, match=r"voice\.wav: .*no picture"):
        recognizer.predict(tmp_path / "voice.wav")


def test_a_text_file_is_an_error_that_names_it(write: Write, tmp_path: Path) -> None:
    (tmp_path / "letter.mp4").write_text("Dear all,\n" * 50, encoding="utf-8")
    with pytest.raises(MediaError, match=r"letter\.mp4: not a media file"):
        Recognizer.from_file(write("audio", "video")).predict(tmp_path / "letter.mp4")


@pytest.mark.parametrize(
    ("preprocessing", "line"),
    [
        ({"colour": 1}, "unknown key 'colour'"),
        ({"channels": 2}, "'channels'"),
        ({"spectrogram": {"step": 0.0001}}, "it must be a whole number"),
    ],
)
def test_preprocessing_that_cannot_be_read_is_an_error_of_the_weights(
    write: Write, preprocessing: dict[str, object], line: str
) -> None:
    path = write("audio", "video", preprocessing=preprocessing)
    with pytest.raises(WeightsError) as caught:
        Recognizer.from_file(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: its preprocessing cannot be read: ")
    assert line in message
    assert "\n" not in message


def test_music_does_not_speak_for_a_face_and_speaks_only_where_there_is_nothing_else(
    write: Write, tmp_path: Path
) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"))
    noise = np.random.default_rng(0).integers(0, 255, (10, 32, 32, 3)).astype(np.uint8)
    write_video(tmp_path / "clip.mp4", noise, 5, melody(2.0))
    write_wav(tmp_path / "song.wav", melody(2.0))
    seen = recognizer.predict(tmp_path / "clip.mp4")
    assert (seen.used, seen.problems) == (("video",), ("no speech",))
    assert (seen.timeline[0].voice, seen.timeline[0].speech) == ("none", 0.0)
    heard = recognizer.predict(tmp_path / "song.wav")
    assert (heard.used, heard.problems) == (("audio",), ("no picture", "no speech"))
    said = [heard, *heard.timeline]
    assert [(each.answer, each.labels) for each in said] == [("unsure", ())] * len(said)


def test_pictures_without_times_are_taken_as_25_a_second_and_that_is_said(write: Write) -> None:
    recognizer = Recognizer.from_file(write("video"))
    frames = np.random.default_rng(0).integers(0, 255, (50, 16, 16, 3)).astype(np.uint8)
    found, timed = recognizer.predict(frames), recognizer.predict(frames, times=np.arange(50) / 25)
    assert found.problems == ("no times, taken as 25 pictures a second",)
    assert timed.problems == ()
    assert (found.duration, found.probabilities) == (timed.duration, timed.probabilities)


def test_files_and_the_same_arrays_give_the_same(write: Write, film: Path) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"))
    clip = read_clip(film, film, recognizer.preprocessing.clip)
    frames = clip.frames.repeat(2, axis=1).repeat(2, axis=2)
    result = recognizer.predict(frames, times=clip.times, sound=clip.audio, rate=RATE)
    again = recognizer.predict(clip.frames, times=clip.times, sound=clip.audio)
    assert result.source == "frames"
    assert result.used == ("audio", "video")
    assert again.probabilities == pytest.approx(recognizer.predict(film).probabilities, abs=0.02)
    alone = recognizer.predict(clip.audio)
    assert (alone.source, alone.used) == ("samples", ("audio",))
    assert alone.probabilities == pytest.approx(again.alone["audio"], abs=1e-6)


@pytest.mark.parametrize(
    ("source", "options", "line"),
    [
        (np.zeros((2, 8, 8, 3), np.uint8), {"times": np.zeros(2)}, "times of frames rise"),
        (np.zeros((2, 8, 8, 3), np.uint8), {"times": np.arange(3.0)}, "2 frames need as many"),
        (np.zeros((2, 8, 8, 3)), {"times": np.arange(2.0)}, "frames are RGB, uint8"),
        (np.zeros((0, 8, 8, 3), np.uint8), {"times": np.zeros(0)}, "frames are RGB, uint8"),
        (np.zeros((2, 8, 8, 3), np.uint8), {"times": [-1.0, 0.0]}, "times of frames rise"),
        (np.zeros((2, 8, 8, 3), np.uint8), {"times": ["a", "b"]}, "2 frames need as many"),
        (
            np.zeros((2, 8, 8, 3), np.uint8),
            {"times": [1.7e9, 1.7e9 + 1]},
            "frames at 1700000001 s are more than 7 days in; count their times from the recording",
        ),
        (np.zeros((2, 8, 8, 3), np.uint8), {"sound": [0, 1]}, "samples are mono, floats"),
        (np.zeros((2, 8, 8, 3), np.uint8), {"sound": [[0.0], [1.0, 2.0]]}, "samples are mono"),
        (np.zeros((2, 8, 8, 3), np.uint8), {"rate": 8000}, "a rate goes with samples"),
        (np.zeros(99), {"sound": np.ones(99)}, "times and sound go with pictures, not samples"),
        (np.zeros(99), {"times": np.arange(99)}, "times and sound go with pictures, not samples"),
        (np.zeros(99, np.int16), {}, "samples are mono, floats"),
        (np.array([0.1, np.nan]), {}, "samples have gaps"),
        (np.zeros(99), {"rate": 0}, "a rate of 0 samples a second is not above 0"),
        ("a.mp4", {"rate": 8000}, "not a file"),
    ],
)
def test_arrays_that_are_none_are_one_line(
    write: Write, source: object, options: dict[str, object], line: str
) -> None:
    with pytest.raises(ConfigError, match=line):
        Recognizer.from_file(write("audio", "video")).predict(source, **options)


def test_lists_of_times_and_samples_are_taken_as_arrays_are(write: Write, film: Path) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"))
    clip = read_clip(film, film, recognizer.preprocessing.clip)
    given = recognizer.predict(clip.frames, times=clip.times, sound=clip.audio)
    lists = recognizer.predict(clip.frames, times=clip.times.tolist(), sound=clip.audio.tolist())
    assert lists == given


def test_a_long_sound_is_read_piece_by_piece(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    recognizer = Recognizer.from_file(write("audio"), windows=Windows(2, 0.8))
    whole = recognizer.predict(voice(6.0))
    joined: list[int] = []
    concatenate = np.concatenate

    def noted(parts: list[np.ndarray]) -> np.ndarray:
        made = concatenate(parts)
        joined.append(len(made))
        return made

    monkeypatch.setattr("mrpn.recognition.hearing.np.concatenate", noted)
    long = recognizer.predict(concatenate([voice(6.0), 0.5 * voice(54.0)]))
    assert max(joined) <= 3 * RATE
    for one, other in zip(long.timeline, whole.timeline[:-2], strict=False):
        assert one.probabilities == pytest.approx(other.probabilities, abs=1e-6)


def test_threads_are_handed_to_the_detector_of_pictures_at_hand_and_of_streams(
    write: Write, detecting: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    found = face_stream.detector_of
    monkeypatch.setattr(
        face_stream,
        "detector_of",
        lambda settings, threads: asked.append(threads) or found(settings, threads),
    )
    recognizer = Recognizer.from_file(write("video", preprocessing=detecting), threads=2)
    grey = np.full((2, 120, 160, 3), 90, np.uint8)
    with pytest.raises(MediaError, match="no face"):
        recognizer.predict(grey)
    LiveRecognizer(recognizer).picture(Frame.of(0.0, grey[0]))
    assert asked == [2, 2]


def test_a_face_in_a_picture_that_rests_is_not_lost(write: Write, tmp_path: Path) -> None:
    recognizer = Recognizer.from_file(write("video"))
    slow = recognizer.predict(slow_film(tmp_path / "slow.mp4", 3, "1/10"))
    assert (slow.duration, slow.problems) == (30.0, ())
    frames = np.random.default_rng(0).integers(0, 255, (4, 16, 16, 3)).astype(np.uint8)
    rested = recognizer.predict(frames, times=[0.0, 1.0, 2.0, 22.0])
    assert (rested.duration, rested.problems) == (23.0, ())


def test_many_files_come_in_order_and_a_bad_one_harms_no_other(
    write: Write, film: Path, tmp_path: Path
) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"))
    folder = tmp_path / "films"
    (folder / "b").mkdir(parents=True)
    (folder / "a.mp4").write_text("no film")
    shutil.copy(film, folder / "b" / "film.mp4")
    bad, good = recognizer.predict_all(folder)
    assert isinstance(bad, Failed)
    assert bad.reason.startswith(f"{folder / 'a.mp4'}: ")
    assert isinstance(good, Recognition)
    assert good.probabilities == recognizer.predict(film).probabilities
    named = recognizer.predict_all([str(folder / "b" / "*.mp4"), folder / "gone.mp4"])
    assert [(type(each), each.source) for each in named] == [
        (Recognition, good.source),
        (Failed, str(folder / "gone.mp4")),
    ]


def test_a_folder_or_a_list_for_one_recording_names_the_method_for_many(
    write: Write, tmp_path: Path
) -> None:
    recognizer = Recognizer.from_file(write("audio", "video"))
    with pytest.raises(MediaError, match=r"is a folder; predict_all\(\) takes folders and lists"):
        recognizer.predict(tmp_path)
    with pytest.raises(ConfigError, match=r"not a list; predict_all\(\) takes folders and lists"):
        recognizer.predict([tmp_path])  # type: ignore[arg-type]
