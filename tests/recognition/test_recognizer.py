"""The recognizer: equal to the network run by hand, and honest about what it did not have."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from mrpn import Recognizer
from mrpn.common.errors import MediaError, WeightsError
from mrpn.inputs import Preprocessing
from mrpn.media import read_clip, write_video, write_wav
from mrpn.network import BranchSpec, NetworkSpec, Sequence, Target, build_network
from mrpn.recognition.recognizer import UNLOCATED
from mrpn.weights import TrainingData, WeightsHeader, load_weights, save_weights

CLASSES = ("happy", "sad", "angry")
PREPROCESSING = Preprocessing.model_validate(
    {
        "clip": {"faces": "whole", "size": 16, "frame_rate": 5},
        "spectrogram": {"window": 64, "bins": 32, "frames": 32, "hop": 320, "step": 0.4},
        "channels": 1,
    }
)
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the weights of a small network with branches for the given modalities."""

    def weights(
        *modalities: str, classes: tuple[str, ...] = CLASSES, preprocessing: object = None
    ) -> Path:
        branch = BranchSpec(in_channels=1, width=4, features=8)
        network = build_network(
            NetworkSpec(
                branches=dict.fromkeys(modalities, branch),
                targets={"class": Target(size=len(classes))},
                kind="n2" if len(modalities) > 1 else "unimodal",
                hidden=8,
            )
        )
        network.train()
        torch.manual_seed(0)
        batch = {
            name: Sequence.from_list([torch.randn(2, *PREPROCESSING.shapes()[name])] * 3)
            for name in modalities
        }
        network(batch)  # moves the running statistics away from their start
        header = WeightsHeader(
            network=network.spec,
            classes={"class": classes},
            preprocessing=preprocessing or PREPROCESSING.model_dump(mode="json"),
            training_data=(TrainingData(name="made up", licence="CC0-1.0"),),
            licence="CC0-1.0",
        )
        save_weights(tmp_path / "w.safetensors", network, header)
        return tmp_path / "w.safetensors"

    return weights


@pytest.fixture
def tone() -> np.ndarray:
    return (0.3 * np.sin(np.arange(16000) * 0.1)).astype(np.float32)


@pytest.fixture
def film(tmp_path: Path, tone: np.ndarray) -> Path:
    frames = np.random.default_rng(0).integers(0, 255, (5, 32, 32, 3)).astype(np.uint8)
    write_video(tmp_path / "film.mp4", frames, 5, tone)
    return tmp_path / "film.mp4"


@pytest.mark.parametrize("modalities", [("audio", "video"), ("audio",), ("video",)])
def test_it_says_what_the_network_says_by_hand(
    write: Write, film: Path, modalities: tuple[str, ...]
) -> None:
    path = write(*modalities)
    result = Recognizer.from_file(path).predict(film)
    network, header = load_weights(path)
    tensors = Preprocessing.model_validate(header.preprocessing).sequences(
        read_clip(film, film, PREPROCESSING.clip)
    )
    with torch.inference_mode():
        batch = {name: Sequence.from_list([tensors[name]]) for name in modalities}
        expected = network(batch).targets["class"][0].softmax(0)
    assert tuple(result.probabilities) == CLASSES
    torch.testing.assert_close(torch.tensor(list(result.probabilities.values())), expected)
    assert result.used == modalities
    assert result.problems == ((UNLOCATED,) if "video" in modalities else ())
    assert result.label == CLASSES[int(expected.argmax())]


def test_probabilities_sum_to_one_and_never_vary(write: Write, film: Path) -> None:
    path = write("audio", "video")
    recognizer = Recognizer.from_file(path)
    first, second = recognizer.predict(film), recognizer.predict(str(film))
    assert sum(first.probabilities.values()) == pytest.approx(1, abs=1e-6)
    assert first == second == Recognizer.from_file(path).predict(film)
    assert first.duration == pytest.approx(1.0, abs=0.1)


def test_a_result_is_plain_values(write: Write, film: Path) -> None:
    result = Recognizer.from_file(write("audio", "video")).predict(film)
    assert result.to_dict() == {
        "source": str(film),
        "label": result.label,
        "probabilities": result.probabilities,
        "used": ["audio", "video"],
        "problems": [UNLOCATED],
        "duration": result.duration,
    }


def test_without_sound_the_face_decides_and_it_is_said(
    write: Write, film: Path, tmp_path: Path
) -> None:
    mute = tmp_path / "mute.mp4"
    write_video(mute, np.full((5, 32, 32, 3), 99, np.uint8), 5)
    result = Recognizer.from_file(write("audio", "video")).predict(mute)
    assert (result.used, result.problems) == (("video",), ("no sound", UNLOCATED))
    assert sum(result.probabilities.values()) == pytest.approx(1, abs=1e-6)


def test_without_picture_or_face_the_voice_decides_and_it_is_said(
    write: Write, film: Path, tmp_path: Path, tone: np.ndarray
) -> None:
    detecting = PREPROCESSING.model_dump(mode="json")
    detecting["clip"]["faces"] = "detect"
    recognizer = Recognizer.from_file(write("audio", "video", preprocessing=detecting))
    faceless, voice = tmp_path / "faceless.mp4", tmp_path / "voice.wav"
    write_video(faceless, np.full((3, 64, 64, 3), 99, np.uint8), 5, tone)
    write_wav(voice, tone)
    for file, problem in ((faceless, "no face"), (voice, "no picture")):
        result = recognizer.predict(file)
        assert (result.used, result.problems) == (("audio",), (problem,))


def test_a_network_of_one_modality_does_not_miss_the_other(
    write: Write, tmp_path: Path, tone: np.ndarray
) -> None:
    write_wav(tmp_path / "voice.wav", tone)
    result = Recognizer.from_file(write("audio")).predict(tmp_path / "voice.wav")
    assert (result.used, result.problems) == (("audio",), ())


def test_a_file_without_what_the_network_takes_is_an_error(
    write: Write, tmp_path: Path, tone: np.ndarray
) -> None:
    recognizer = Recognizer.from_file(write("video"))
    write_wav(tmp_path / "voice.wav", tone)
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
