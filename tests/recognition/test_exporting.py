"""Exported networks: the original's numbers, for any batch, lengths and missing modalities."""

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from drawn_voices import voice
from mrpn import Recognizer
from mrpn.common.errors import ConfigError
from mrpn.inputs import Preprocessing
from mrpn.media import write_wav
from mrpn.network import BranchSpec, NetworkSpec, Sequence, Target, build_network
from mrpn.recognition.comparing import compare
from mrpn.recognition.exporting import export_onnx, quantise
from mrpn.weights import Calibration, Doubt

pytest.importorskip("onnx", reason="pip install mrpn[export]")
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "onnx_alone.py"
SMALL = Preprocessing.model_validate(
    {
        "clip": {"faces": "whole", "size": 16, "frame_rate": 5},
        "spectrogram": {"window": 64, "bins": 32, "frames": 32, "hop": 320, "step": 0.4},
        "channels": 1,
    }
)


def recognizer(
    aggregator: str, calibration: Calibration | None = None, preprocessing: Preprocessing = SMALL
) -> Recognizer:
    branch = BranchSpec(in_channels=1, width=4, features=8, aggregator=aggregator)
    spec = NetworkSpec(
        branches={"audio": branch, "video": branch}, targets={"class": Target(size=3)}, hidden=8
    )
    return Recognizer(build_network(spec), ("a", "b", "c"), preprocessing, calibration)


@pytest.mark.parametrize("aggregator", ["lstm", "mean"])
def test_onnx_runtime_says_what_the_network_says(aggregator: str, tmp_path: Path) -> None:
    own = recognizer(aggregator)
    path = tmp_path / "net.onnx"
    export_onnx(own, path)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for rows, long, short in ((1, 1, 1), (4, 7, 3)):
        lengths = torch.arange(rows) % (short + 1)
        audio = torch.randn(rows, long, *SMALL.shapes()["audio"])
        video = torch.randn(rows, short, *SMALL.shapes()["video"])
        feed = {
            "audio": audio.numpy(),
            "audio_length": np.full(rows, long),
            "video": video.numpy(),
            "video_length": lengths.numpy(),
        }
        scores, probabilities = session.run(None, feed)
        batch = {
            "audio": Sequence(audio, torch.full((rows,), long)),
            "video": Sequence(video, lengths),
        }
        with torch.inference_mode():
            expected = own.network(batch).fused
        assert np.abs(scores - expected.numpy()).max() < 1e-4
        assert np.abs(probabilities - expected.softmax(1).numpy()).max() < 1e-5


def test_probabilities_are_calibrated_by_what_is_there(tmp_path: Path) -> None:
    doubts = {
        "audio": Doubt(temperature=2.0, clips=9),
        "audio+video": Doubt(temperature=0.5, clips=9),
    }
    own = recognizer("mean", Calibration(doubts=doubts))
    export_onnx(own, tmp_path / "net.onnx")
    assert compare(own, tmp_path / "net.onnx", []).largest < 1e-5
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"))
    feed = {
        "audio": np.random.default_rng(0).standard_normal((2, 2, 1, 32, 32)).astype(np.float32),
        "audio_length": np.array([2, 2]),
        "video": np.zeros((2, 1, 1, 16, 16), np.float32),
        "video_length": np.array([0, 1]),
    }
    scores, probabilities = session.run(None, feed)
    for row, temperature in enumerate((2.0, 0.5)):
        expected = torch.tensor(scores[row] / temperature).softmax(0).numpy()
        assert probabilities[row] == pytest.approx(expected, abs=1e-6)


def test_a_description_lies_beside_the_file(tmp_path: Path) -> None:
    export_onnx(recognizer("lstm"), tmp_path / "net.onnx")
    about = json.loads((tmp_path / "net.json").read_text())
    assert about["classes"] == ["a", "b", "c"]
    assert about["inputs"]["audio"] == ["batch", "time", 1, 32, 32]
    assert Preprocessing.model_validate(about["preprocessing"]) == SMALL
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.json", "net.onnx"]


def test_what_cannot_be_exported_is_one_line(tmp_path: Path) -> None:
    for name, kind in (("bilstm", "BiLSTM"), ("transformer", "Transformer")):
        with pytest.raises(ConfigError, match=f"{kind}Aggregator cannot be written as ONNX"):
            export_onnx(recognizer(name), tmp_path / "net.onnx")
    with pytest.raises(ConfigError, match=r"net\.pt: a network is exported as \.onnx"):
        export_onnx(recognizer("lstm"), tmp_path / "net.pt")


def test_eight_bits_are_smaller_and_near(tmp_path: Path) -> None:
    own = recognizer("lstm")
    export_onnx(own, tmp_path / "net.onnx")
    quantise(tmp_path / "net.onnx", tmp_path / "small.onnx")
    found = compare(own, tmp_path / "small.onnx", [])
    assert (found.clips, found.random) == (8, True)
    assert 0 < found.largest < 0.1
    assert (tmp_path / "small.onnx").stat().st_size < (tmp_path / "net.onnx").stat().st_size


def test_the_example_without_this_package_says_what_the_recognizer_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = recognizer("lstm", preprocessing=Preprocessing.model_validate({"channels": 1}))
    export_onnx(own, tmp_path / "net.onnx")
    write_wav(tmp_path / "voice.wav", voice(2.0))
    arguments = [str(EXAMPLE), str(tmp_path / "net.onnx"), str(tmp_path / "voice.wav")]
    monkeypatch.setattr(sys, "argv", arguments)
    runpy.run_path(str(EXAMPLE))
    shown = {
        line.split()[0]: float(line.split()[1]) for line in capsys.readouterr().out.splitlines()
    }
    result = own.predict(tmp_path / "voice.wav")
    assert shown == pytest.approx(
        {name: 100 * value for name, value in result.probabilities.items()}, abs=0.051
    )
