"""The sound of a media file as one mono waveform, as a stream or whole."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.media.clock import Clock, with_next
from mrpn.media.container import MOST_CHANNELS, SOUND_RATES, audio_stream, decode, open_media
from mrpn.media.errors import MissingTrackError
from mrpn.media.pyav import load_av
from mrpn.media.stills import is_still

Wave = NDArray[np.float32]
# Sound this far from where its stamps say is put there; less is the rounding of stamps.
_TOLERANCE = 0.1
# Stamps that go back farther than this have started anew: nothing is dropped for them.
_MOST_OVERLAP = 1.0
# Silence put in for pauses between stamps: so many seconds, and so many times the sound so far.
_MOST_SILENCE = 600.0
_MOST_SILENCE_RATIO = 10.0
_SCALES = {"u1": 128.0, "i2": 2.0**15, "i4": 2.0**31, "i8": 2.0**63}


def read_audio(path: Path, rate: int = 16000) -> Wave:
    """Return the sound of any media file as mono float32 [N] in [-1, 1] at `rate` Hz.

    What `iter_audio` yields, in one piece. Source: ours; 16 kHz: the paper, section 3.

    Raises MediaError if the file cannot be read, has no sound, or none of it can be decoded.
    """
    return np.concatenate(list(iter_audio(path, rate)))


def iter_audio(path: Path, rate: int = 16000) -> Iterator[Wave]:
    """Yield the sound of any media file as blocks of about a second; memory stays the same.

    Channels are averaged, the rate is changed by libswresample. Sample n belongs to the time
    n / rate of the picture: sound is placed by its time stamps, with zeros before a late start and
    in pauses, and without what lies before time zero or repeats. Stamps that cannot be right are
    passed over. What a damaged file still gives is yielded. Source: ours.

    Args:
        path: any media file, also in a zip archive.
        rate: samples per second, > 0.

    Yields mono float32 [n] in [-1, 1].
    Raises MediaError if the file cannot be read, has no sound, or none of it can be decoded.
    """
    if rate <= 0:
        raise MediaError(f"{path}: cannot take {rate} samples per second; use a rate > 0")
    if is_still(path):
        raise MissingTrackError(f"{path}: no sound in a still image; give a file with sound")
    with open_media(path) as container:
        stream = audio_stream(path, container)
        if stream is None:
            raise MissingTrackError(f"{path}: no sound in this file; give one with an audio track")
        empty = True
        for block in _blocks(resampled(_placed(container, stream), rate), rate):
            empty = False
            samples = np.nan_to_num(block, copy=False, nan=0.0)
            yield np.clip(samples, -1.0, 1.0, out=samples)
    if empty:
        raise MediaError(f"{path}: its sound cannot be decoded; copy or download it again")


def _placed(container: Any, stream: Any) -> Iterator[tuple[int, Wave]]:
    """Yield the sound with its rate, without gaps, from the file's time zero on."""
    clock = Clock(container)
    position: float | None = None
    silence = decoded = 0.0
    for frame, following in with_next(filter(_sane, decode(container, stream))):
        rate, mono = frame.sample_rate, mono_of(frame)
        at = position or 0.0
        time = clock.time(frame.time, position, following and following.time)
        offset = 0.0 if time is None else time - at
        if position is not None and not (
            offset >= _TOLERANCE or -_MOST_OVERLAP <= offset <= -_TOLERANCE
        ):
            offset = 0.0
        if silence + offset > _MOST_SILENCE + _MOST_SILENCE_RATIO * decoded:
            offset = 0.0
        missing = round(offset * rate)
        if missing > 0:
            silence += offset
            yield from ((rate, zeros) for zeros in _zeros(missing, rate))
        mono = mono[max(0, -missing) :]
        decoded += len(mono) / rate
        position = at + (max(0, missing) + len(mono)) / rate
        yield rate, mono


def _sane(frame: Any) -> bool:
    return (
        frame.samples > 0
        and frame.sample_rate in SOUND_RATES
        and frame.layout.nb_channels <= MOST_CHANNELS
    )


def _zeros(count: int, most: int) -> Iterator[Wave]:
    for start in range(0, count, most):
        yield np.zeros(min(most, count - start), np.float32)


def resampled(parts: Iterable[tuple[int, Wave]], rate: int) -> Iterator[Wave]:
    """Yield sound at another rate.

    Args:
        parts: pieces of mono float32 [n] with the samples per second that they have.
        rate: samples per second wanted.
    """
    resampler: Any = None
    last_rate = 0
    for part_rate, part in parts:
        if part_rate != last_rate:
            yield from _flush(resampler)
            last_rate = part_rate
            resampler = None
            if part_rate != rate:
                resampler = load_av().AudioResampler(format="fltp", layout="mono", rate=rate)
        if resampler is None:
            yield part
        elif len(part):
            single = load_av().AudioFrame.from_ndarray(part[None], format="fltp", layout="mono")
            single.sample_rate = part_rate
            yield from (out.to_ndarray()[0] for out in resampler.resample(single))
    yield from _flush(resampler)


def _flush(resampler: Any) -> list[Wave]:
    if resampler is None:
        return []
    return [out.to_ndarray()[0] for out in resampler.resample(None)]


def _blocks(parts: Iterable[Wave], size: int) -> Iterator[Wave]:
    """Yield parts joined until they are `size` long or longer; none is empty."""
    held: list[Wave] = []
    length = 0
    for part in parts:
        held.append(part)
        length += len(part)
        if length >= size:
            yield np.concatenate(held)
            held, length = [], 0
    if length:
        yield np.concatenate(held)


def mono_of(frame: Any) -> Wave:
    """Return one decoded frame of sound with its channels averaged, as float32 [N]."""
    values = frame.to_ndarray()
    channels = frame.layout.nb_channels
    if not frame.format.is_planar:
        values = values.reshape(-1, channels).T
    mean = values.mean(axis=0, dtype=np.float64)
    kind = values.dtype.str[1:]
    if kind in _SCALES:
        mean = (mean - 128.0 if kind == "u1" else mean) / _SCALES[kind]
    return np.ascontiguousarray(mean, dtype=np.float32)
