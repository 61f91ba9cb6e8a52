"""Writing clips: mp4 with H.264 and AAC, and wav; atomic, the same input gives the same bytes."""

import math
import wave
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import MediaError
from mrpn.common.files import atomic_path
from mrpn.media.pyav import load_av

_BITEXACT = {"fflags": "+bitexact", "movflags": "+faststart"}
_AUDIO_FRAME = 1024


def write_video(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    rate: float,
    audio: NDArray[np.float32] | None = None,
    audio_rate: int = 16000,
    *,
    crf: int = 20,
    comment: str = "",
) -> int:
    """Write pictures, and sound if given, as one mp4 file, atomically.

    The encoder runs on one thread with bit-exact flags, so that the same input gives the same
    bytes on the same build of FFmpeg. Source: ours.

    Args:
        path: the file to write; its folder is made.
        frames: RGB pictures, uint8 [H, W, 3], all of one size, both sides even; may be a
            generator, one picture is held at a time.
        rate: pictures per second, > 0.
        audio: the sound, float32 [N] mono in [-1, 1]; None writes no audio track.
        audio_rate: samples per second of `audio`.
        crf: quality of H.264, 0 (lossless) to 51.
        comment: kept in the file's header.

    Returns the number of pictures written.
    Raises MediaError if there is no picture, one has a wrong size or type, the rate or the sound
    is not as above, or they cannot be encoded.
    """
    if not 0 < rate < math.inf:
        raise MediaError(f"{path}: cannot write video at {rate} frames per second; use a rate > 0")
    exact_rate = Fraction(rate).limit_denominator(30000)
    if audio is not None:
        audio = _checked_sound(path, audio)
    with atomic_path(path) as partial:
        with _encoding(path, partial) as container:
            if comment:
                container.metadata["comment"] = comment
            count = _write_tracks(
                container,
                path,
                frames,
                rate=exact_rate,
                audio=audio,
                audio_rate=audio_rate,
                crf=crf,
            )
        if count == 0:
            raise MediaError(f"{path}: no picture to write")
    return count


def write_wav(path: Path, samples: NDArray[np.float32], rate: int = 16000) -> None:
    """Write float32 [N] mono samples in [-1, 1] as 16-bit PCM wav, atomically. Source: ours.

    Raises MediaError if the samples are not mono, or not finite.
    """
    values = np.clip(_checked_sound(path, samples), -1.0, 1.0)
    pcm = np.round(values * 32767.0).astype("<i2")
    with atomic_path(path) as partial, wave.open(str(partial), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())


@contextmanager
def _encoding(path: Path, partial: Path) -> Iterator[Any]:
    """Open an mp4 to write, whatever its name looks like; MediaError if it cannot be encoded."""
    av = load_av()
    try:
        with av.open(f"file:{partial}", "w", format="mp4", options=_BITEXACT) as container:
            yield container
    except av.error.FFmpegError as error:
        # As a full disk, which is said as it is.
        if isinstance(error, OSError):
            raise
        raise MediaError(f"{path}: cannot be encoded: {error.strerror or error}") from error


def _write_tracks(
    container: Any,
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
    *,
    rate: Fraction,
    audio: NDArray[np.float32] | None,
    audio_rate: int,
    crf: int,
) -> int:
    video = _video_stream(container, rate, crf)
    sound = None if audio is None else _audio_stream(container, audio_rate)
    cut = 0
    count = 0
    size: tuple[int, ...] = ()
    for image in frames:
        if count == 0:
            size = image.shape
            _check_picture(path, image)
            video.height, video.width = size[:2]
        elif image.shape != size:
            raise MediaError(f"{path}: picture {count} is {image.shape}, the first was {size}")
        frame = load_av().VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame.pts, frame.time_base = count, 1 / rate
        container.mux(video.encode(frame))
        count += 1
        if sound is not None and audio is not None:
            cut = _write_sound(container, sound, audio, cut, int(count / rate * audio_rate))
    if count:
        container.mux(video.encode(None))
        if sound is not None and audio is not None:
            _write_sound(container, sound, audio, cut, len(audio) + _AUDIO_FRAME)
            container.mux(sound.encode(None))
    return count


def _video_stream(container: Any, rate: Fraction, crf: int) -> Any:
    name = "libx264" if "libx264" in load_av().codecs_available else "mpeg4"
    stream = container.add_stream(name, rate=rate)
    stream.pix_fmt = "yuv420p"
    stream.thread_count = 1
    if name == "libx264":
        stream.options = {"crf": str(crf), "preset": "superfast", "flags": "+bitexact"}
    else:
        stream.options = {"qscale": "3", "flags": "+bitexact+qscale", "global_quality": "354"}
    return stream


def _audio_stream(container: Any, rate: int) -> Any:
    stream = container.add_stream("aac", rate=rate)
    stream.layout = "mono"
    stream.thread_count = 1
    stream.bit_rate = 96000
    stream.options = {"flags": "+bitexact"}
    return stream


def _write_sound(
    container: Any, stream: Any, audio: NDArray[np.float32], start: int, until: int
) -> int:
    """Encode whole AAC frames from `start` while they end by `until`; return where it stopped."""
    while start < len(audio) and start + _AUDIO_FRAME <= until:
        part = np.asarray(audio[start : start + _AUDIO_FRAME], np.float32)
        frame = load_av().AudioFrame.from_ndarray(
            np.ascontiguousarray(part[None]), format="fltp", layout="mono"
        )
        frame.sample_rate = stream.rate
        frame.pts, frame.time_base = start, Fraction(1, stream.rate)
        container.mux(stream.encode(frame))
        start += _AUDIO_FRAME
    return start


def _checked_sound(path: Path, samples: NDArray[np.float32]) -> NDArray[np.float32]:
    values = np.asarray(samples, np.float32)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise MediaError(
            f"{path}: sound is finite numbers [N] of one channel, not {list(values.shape)}"
            + ("; average the channels" if values.ndim > 1 else " with gaps (nan or inf)")
        )
    return values


def _check_picture(path: Path, image: NDArray[np.uint8]) -> None:
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise MediaError(
            f"{path}: a picture is uint8 [H, W, 3], not {image.dtype} {list(image.shape)}"
        )
    if image.shape[0] % 2 or image.shape[1] % 2:
        raise MediaError(
            f"{path}: H.264 needs even sides, the pictures are "
            f"{image.shape[1]}x{image.shape[0]}; crop or pad them by one"
        )
