"""A voice through an exported network, with onnxruntime and numpy alone: fifteen lines.

python examples/onnx_alone.py n2.onnx voice.wav   (16 kHz, mono, 16 bits; made by `mrpn export`)
"""

import json
import os
import sys
import wave
from pathlib import Path

import numpy as np

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it would report its use
import onnxruntime

about = json.loads(Path(sys.argv[1]).with_suffix(".json").read_text())
how, cut = about["preprocessing"]["spectrogram"], np.lib.stride_tricks.sliding_window_view
with wave.open(sys.argv[2]) as file:
    x = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
x = np.pad((x - x.mean()) / x.std(), how["window"] // 2, "reflect")
parts = cut(x, how["window"])[:: how["hop"]][:-1] * np.hanning(how["window"] + 1)[:-1]
values = (np.log(np.abs(np.fft.rfft(parts)[:, :-1]) ** 2 + 1e-6) + 3.5) / 5
voice = cut(values.astype("f4"), how["frames"], axis=0)[:: round(how["step"] * 16000 / how["hop"])]
inputs = {"audio": voice[None, :, None], "audio_length": np.array([len(voice)])}
if "video" in about["inputs"]:  # no face: one empty picture, of which none is read
    face = np.zeros((1, 1, *about["inputs"]["video"][2:]), np.float32)
    inputs |= {"video": face, "video_length": np.array([0])}
(probabilities,) = onnxruntime.InferenceSession(sys.argv[1]).run(["probabilities"], inputs)
for name, value in zip(about["classes"], probabilities[0], strict=True):
    print(f"{name:<12}{100 * value:5.1f} %")
