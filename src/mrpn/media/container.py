"""Opening media files, with one clear line for every way in which they are not media."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error

from mrpn.common.errors import MediaError
from mrpn.media.stills import is_still, read_still

# Only local files: a playlist inside a media file must not make FFmpeg open other addresses.
_OPTIONS = {"protocol_whitelist": "file"}
# FFmpeg renders plain text as a terminal's picture; here that is never what was meant.
_NOT_MEDIA = frozenset({"tty", "concat", "hls", "ffmetadata", "srt", "webvtt"})


@dataclass(frozen=True)
class MediaInfo:
    """What a media file holds.

    Attributes:
        duration: seconds, as its container says; 0 where it does not, and for a still.
        has_video: whether there is a picture (a cover image of a music file is none).
        has_audio: whether there is sound.
        width, height: of the picture in pixels, before any rotation; 0 without a picture.
        frame_rate: pictures per second on average; 0 without a picture, and for a still.
        audio_rate: samples per second; 0 without sound.
        audio_channels: number of channels; 0 without sound.
    """

    duration: float
    has_video: bool
    has_audio: bool
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    audio_rate: int = 0
    audio_channels: int = 0


def probe(path: Path) -> MediaInfo:
    """Return what a media file holds, from its headers alone.

    Raises MediaError if it is missing, empty or not media. Source: ours.
    """
    if is_still(path):
        height, width = read_still(path).shape[:2]
        return MediaInfo(0.0, has_video=True, has_audio=False, width=width, height=height)
    with open_media(path) as container:
        video, audio = video_stream(container), audio_stream(container)
        return MediaInfo(
            duration=max(0.0, (container.duration or 0) / av.time_base),
            has_video=video is not None,
            has_audio=audio is not None,
            width=video.codec_context.width if video else 0,
            height=video.codec_context.height if video else 0,
            frame_rate=float(video.average_rate or 0) if video else 0.0,
            audio_rate=audio.codec_context.sample_rate if audio else 0,
            audio_channels=audio.codec_context.layout.nb_channels if audio else 0,
        )


@contextmanager
def open_media(path: Path) -> Iterator[Any]:
    """Open a media file for reading; MediaError with one line if it cannot be."""
    check_file(path)
    try:
        container = av.open(f"file:{path}", options=_OPTIONS, metadata_errors="ignore")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaError(
            f"{path}: not a media file, or cut off before its index; copy or download it again"
        ) from error
    with container:
        if container.format.name in _NOT_MEDIA:
            raise MediaError(f"{path}: holds text, not picture or sound; give a media file")
        yield container


def check_file(path: Path) -> None:
    """Raise MediaError unless `path` is a file with something in it that can be opened."""
    try:
        if path.is_dir():
            raise MediaError(f"{path}: is a folder; give a media file")
        with path.open("rb") as file:
            start = file.read(64)
    except FileNotFoundError:
        raise MediaError(f"{path}: no such file; check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise MediaError(f"{path}: cannot be opened: {reason}") from error
    if not start:
        raise MediaError(f"{path}: the file is empty (0 bytes); copy or download it again")
    if start.startswith(b"version https://git-lfs"):
        raise MediaError(f"{path}: a Git LFS pointer, not the media; run `git lfs pull` there")


def video_stream(container: Any) -> Any | None:
    """Return the first stream of pictures, passing over cover images; None without one."""
    for stream in container.streams.video:
        cover = stream.disposition & av.stream.Disposition.attached_pic
        if not cover and stream.codec_context is not None:
            return stream
    return None


def audio_stream(container: Any) -> Any | None:
    """Return the first stream of sound that this FFmpeg can decode; None without one."""
    for stream in container.streams.audio:
        if stream.codec_context is not None and stream.codec_context.sample_rate:
            return stream
    return None


def decode(container: Any, stream: Any) -> Iterator[Any]:
    """Yield a stream's decoded frames; broken packets are passed over, a broken end ends it."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except IndexError:
            # Damage looks like a stream that was not announced: go on behind its packet.
            packets = container.demux(stream)
            continue
        except (StopIteration, av.error.FFmpegError, OSError):
            return
        try:
            frames = packet.decode()
        except (av.error.FFmpegError, ValueError):
            continue
        yield from frames


def origin(container: Any) -> float:
    """Return the file's own time zero in seconds, from which picture and sound both count."""
    return (container.start_time or 0) / av.time_base
