"""The sound of a media file as one mono waveform."""

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.container import audio_stream, decode, open_media, origin
from mrpn.media.errors import MissingTrackError
from mrpn.media.stills import is_still

# A later start of the sound than this is taken for a broken time stamp, not for a pause.
_LATEST_START = 60.0
_SCALES = {"u1": 128.0, "i2": 2.0**15, "i4": 2.0**31, "i8": 2.0**63}


def read_audio(path: Path, rate: int = 16000) -> NDArray[np.float32]:
    """Return the sound of any media file as mono float32 [N] in [-1, 1] at `rate` Hz.

    Channels are averaged, the rate is changed by libswresample. Where the sound starts after the
    file's time zero it is preceded by zeros, so that sample n belongs to the time n / rate of the
    picture too. What a damaged file still gives is returned. Source: ours; 16 kHz: the paper,
    section 3.

    Raises MediaError if the file cannot be read, has no sound, or none of it can be decoded.
    """
    if is_still(path):
        raise MissingTrackError(f"{path}: no sound in a still image; give a file with sound")
    with open_media(path) as container:
        stream = audio_stream(container)
        if stream is None:
            raise MissingTrackError(f"{path}: no sound in this file; give one with an audio track")
        parts, start = _resampled(container, stream, rate)
    if not sum(len(part) for part in parts):
        raise MediaError(f"{path}: its sound cannot be decoded; copy or download it again")
    if 0 < start <= _LATEST_START:
        parts.insert(0, np.zeros(round(start * rate), np.float32))
    samples = np.nan_to_num(np.concatenate(parts), copy=False, nan=0.0)
    return np.clip(samples, -1.0, 1.0, out=samples)


def _resampled(container: Any, stream: Any, rate: int) -> tuple[list[NDArray[np.float32]], float]:
    """Return the decoded sound in parts at `rate`, and the time of its first sample in seconds."""
    parts: list[NDArray[np.float32]] = []
    start: float | None = None
    resampler: av.AudioResampler | None = None
    last_rate = 0
    for frame in decode(container, stream):
        if frame.samples == 0 or not frame.sample_rate:
            continue
        if start is None:
            start = 0.0 if frame.time is None else frame.time - origin(container)
        if frame.sample_rate != last_rate:
            parts.extend(_flush(resampler))
            last_rate = frame.sample_rate
            resampler = None
            if last_rate != rate:
                resampler = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        mono = _mono(frame)
        if resampler is None:
            parts.append(mono)
            continue
        single = av.AudioFrame.from_ndarray(mono[None], format="fltp", layout="mono")
        single.sample_rate = last_rate
        parts.extend(out.to_ndarray()[0] for out in resampler.resample(single))
    parts.extend(_flush(resampler))
    return parts, start or 0.0


def _flush(resampler: av.AudioResampler | None) -> list[NDArray[np.float32]]:
    if resampler is None:
        return []
    return [out.to_ndarray()[0] for out in resampler.resample(None)]


def _mono(frame: Any) -> NDArray[np.float32]:
    """Return one decoded frame's channels averaged, as float32 [N]."""
    values = frame.to_ndarray()
    channels = frame.layout.nb_channels
    if not frame.format.is_planar:
        values = values.reshape(-1, channels).T
    mean = values.mean(axis=0, dtype=np.float64)
    kind = values.dtype.str[1:]
    if kind in _SCALES:
        mean = (mean - 128.0 if kind == "u1" else mean) / _SCALES[kind]
    return np.ascontiguousarray(mean, dtype=np.float32)
