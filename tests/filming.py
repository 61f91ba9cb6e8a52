"""Media files with properties that the project itself never writes, made on the spot."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray


def film(
    path: Path,
    pictures: Sequence[tuple[float, NDArray[np.uint8]]],
    sounds: Sequence[tuple[float, NDArray[np.float32]]] = (),
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container: dict[str, str] | None = None,
    colorspace: int | None = None,
    color_range: int | None = None,
    named: bool = True,
    ticks: int = 1000,
    sound_codec: str = "pcm_s16le",
    sound_rate: int = 16000,
) -> Path:
    """Write pictures (RGB) and sounds (mono) at the given times in seconds; return the path.

    Colours are converted by `colorspace` and `color_range`; the file names them unless told not to.
    Times are rounded to `ticks` per second, which is the frame rate the file tells.
    """
    with av.open(str(path), "w", options={"fflags": "+bitexact", **(container or {})}) as output:
        video = sound = None
        if pictures:
            video = output.add_stream(codec, rate=ticks)
            video.pix_fmt, video.options = pix_fmt, options or {}
            video.height, video.width = pictures[0][1].shape[:2]
            video.codec_context.time_base = Fraction(1, ticks)
            if colorspace is not None and named:
                video.codec_context.colorspace = colorspace
            if color_range is not None and named:
                video.codec_context.color_range = color_range
        if sounds:
            sound = output.add_stream(sound_codec, rate=sound_rate)
            sound.layout = "mono"
        for time, picture in pictures:
            frame = _picture(picture, pix_fmt, colorspace, color_range)
            frame.pts, frame.time_base = round(time * ticks), Fraction(1, ticks)
            if not named:
                frame.colorspace, frame.color_range = 2, 0
            output.mux(video.encode(frame))
        for time, wave in sounds:
            output.mux(sound.encode(_sound(time, wave, sound, sound_rate)))
        for stream in (video, sound):
            if stream is not None:
                output.mux(stream.encode(None))
    return path


def slow_film(path: Path, count: int, rate: str, *, last: int = 1) -> Path:
    """Write so many pictures at a rate such as "1/10", the last one `last` times as long."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=Fraction(rate))
        stream.height = stream.width = 32
        frame = av.VideoFrame.from_ndarray(bars(32, 32), format="rgb24")
        for number in range(count):
            frame.pts, frame.time_base = number, 1 / Fraction(rate)
            for packet in stream.encode(frame.reformat(format="yuv420p")):
                packet.duration = last if number == count - 1 else 1
                output.mux(packet)
        output.mux(stream.encode(None))
    return path


def bars(width: int = 112, height: int = 48) -> NDArray[np.uint8]:
    """Return a picture of seven upright bars of different colours."""
    colours = [(200, 30, 40), (20, 180, 60), (30, 50, 220), (128, 128, 128)]
    colours += [(255, 255, 255), (0, 0, 0), (250, 220, 30)]
    picture = np.zeros((height, width, 3), np.uint8)
    for k, colour in enumerate(colours):
        picture[:, width * k // 7 : width * (k + 1) // 7] = colour
    return picture


def flash_tags(content: bytes | bytearray, kind: int) -> list[int]:
    """Return where the tags of a Flash file begin that hold sound (8) or pictures (9)."""
    at, tags = 13, []
    while at + 11 < len(content):
        if content[at] == kind:
            tags.append(at)
        at += 15 + int.from_bytes(content[at + 1 : at + 4], "big")
    return tags


def _picture(
    picture: NDArray[np.uint8],
    pix_fmt: str,
    colorspace: int | None,
    color_range: int | None,
) -> Any:
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    return frame.reformat(format=pix_fmt, dst_colorspace=colorspace, dst_color_range=color_range)


def _sound(time: float, wave: NDArray[np.float32], stream: Any, rate: int) -> Any:
    values = np.round(np.clip(wave, -1, 1) * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(values[None], format="s16", layout="mono")
    frame.sample_rate = rate
    frame.pts, frame.time_base = round(time * rate), Fraction(1, rate)
    return frame


def turn_film(path: Path, turn: tuple[int, int, int, int]) -> None:
    """Have an MP4 file say that its picture is to be turned by this matrix, as phones do."""
    content = path.read_bytes()
    plain = _matrix((1, 0, 0, 1))
    track = content.index(plain, content.index(b"tkhd"))
    path.write_bytes(content[:track] + _matrix(turn) + content[track + len(plain) :])


def _matrix(values: tuple[int, int, int, int]) -> bytes:
    """Return the bytes of a display matrix [[a, b], [c, d]] as mp4 has it."""
    a, b, c, d = ((value << 16).to_bytes(4, "big", signed=True) for value in values)
    return a + b + bytes(4) + c + d + bytes(12) + (1 << 30).to_bytes(4, "big")
