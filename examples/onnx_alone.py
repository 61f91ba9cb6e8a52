"""A voice through an exported network, with onnxruntime and numpy alone.

python examples/onnx_alone.py n2.onnx voice.wav   (16 kHz, mono, 16 bits; made by `mrpn export`)
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np
import onnxruntime

about = json.loads(Path(sys.argv[1]).with_suffix(".json").read_text())
how = about["preprocessing"]["spectrogram"]
size, hop, stride = how["window"], how["hop"], round(how["step"] * 16000 / how["hop"])
with wave.open(sys.argv[2]) as file:
    x = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
x = (x - x.mean()) / x.std()
around = np.lib.stride_tricks.sliding_window_view(np.pad(x, size // 2, "reflect"), size)[::hop]
spectra = np.fft.rfft(around[: len(x) // hop] * np.hanning(size + 1)[:-1])[:, :-1]
values = (np.log(np.abs(spectra.T) ** 2 + 1e-6) + 3.5) / 5.0
starts = range(0, values.shape[1] - how["frames"] + 1, stride)
voice = np.stack([values[:, s : s + how["frames"]] for s in starts])[None, :, None]
inputs = {"audio": voice.astype(np.float32), "audio_length": np.array([voice.shape[1]])}
if "video" in about["inputs"]:  # no face: one empty picture, of which none is read
    face = np.zeros((1, 1, *about["inputs"]["video"][2:]), np.float32)
    inputs |= {"video": face, "video_length": np.array([0])}
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
(probabilities,) = session.run(["probabilities"], inputs)
for name, value in zip(about["classes"], probabilities[0], strict=True):
    print(f"{name:<12}{100 * value:5.1f} %")
