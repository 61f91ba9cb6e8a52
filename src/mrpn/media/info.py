"""What a media file holds, without reading all of it."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from mrpn.common.errors import MediaError
from mrpn.media.clock import TIME_BASE
from mrpn.media.container import MOST_PIXELS, audio_stream, decode, open_media, video_stream
from mrpn.media.frame import turned
from mrpn.media.stills import is_still, read_still

# The values of a codec's field order that mean whole pictures: unknown and progressive.
_PROGRESSIVE = (0, 1)
# Tracks that make a file last.
_SHOWN = ("video", "audio", "subtitle")
# Formats whose headers say how long a file lasts.
_SAYING = {"avi", "flv", "matroska", "mov", "wav"}


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
        rotation: by how many degrees clockwise the picture is turned to be upright: 0, 90, 180
            or 270. Stills count as upright, since they are turned when they are read.
        interlaced: whether the header says that pictures are interlaced; the pictures of some
            files that are say so themselves alone.
        video_codec, audio_codec: FFmpeg's names of them, as "h264"; empty without such a track.
    """

    duration: float
    has_video: bool
    has_audio: bool
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    audio_rate: int = 0
    audio_channels: int = 0
    rotation: int = 0
    interlaced: bool = False
    video_codec: str = ""
    audio_codec: str = ""


def probe(path: Path) -> MediaInfo:
    """Return what a media file holds, from its headers and its first picture.

    Raises MediaError if it is missing, empty, not media, or announces what cannot be. Source: ours.
    """
    if is_still(path):
        height, width = read_still(path).shape[:2]
        return MediaInfo(0.0, has_video=True, has_audio=False, width=width, height=height)
    with open_media(path) as container:
        video, audio = video_stream(path, container), audio_stream(path, container)
        if video is not None and not video.codec_context.width:
            raise MediaError(
                f"{path}: its header announces no size of the picture, or one of more than "
                f"{MOST_PIXELS} pixels; it is damaged, or has to be made smaller"
            )
        return MediaInfo(
            duration=max(0.0, (container.duration or 0) / TIME_BASE),
            has_video=video is not None,
            has_audio=audio is not None,
            width=video.codec_context.width if video else 0,
            height=video.codec_context.height if video else 0,
            frame_rate=float(video.average_rate or 0) if video else 0.0,
            audio_rate=audio.codec_context.sample_rate if audio else 0,
            audio_channels=audio.codec_context.layout.nb_channels if audio else 0,
            interlaced=video is not None and video.codec_context.field_order not in _PROGRESSIVE,
            video_codec=video.codec_context.name if video else "",
            audio_codec=audio.codec_context.name if audio else "",
            rotation=_rotation(container, video) if video else 0,
        )


def announced_duration(path: Path, *, picture: bool, sound: bool) -> float:
    """Return how long the header says that the tracks which are read last together, in seconds.

    0 where it does not say so: for a still, for formats whose length is guessed, and where a track
    that is not read, subtitles say, may be the longer one. Source: ours.

    Args:
        path: any media file.
        picture, sound: which tracks are read.

    Raises MediaError if it is missing, empty, or not media.
    """
    if is_still(path):
        return 0.0
    with open_media(path) as container:
        if not _SAYING.intersection(container.format.name.split(",")):
            return 0.0
        whole = max(0.0, (container.duration or 0) / TIME_BASE)
        read = [video_stream(path, container)] if picture else []
        read += [audio_stream(path, container)] if sound else []
        streams = [stream for stream in read if stream is not None]
        if len(streams) == sum(stream.type in _SHOWN for stream in container.streams):
            return whole
        ends = [end for stream in streams if (end := _end(container, stream)) is not None]
        return min(whole, max(ends)) if ends and len(ends) == len(streams) else 0.0


def _end(container: Any, stream: Any) -> float | None:
    """Return when a track ends, in seconds from the file's start; None if it does not say."""
    if stream.duration is None or not stream.time_base:
        return None
    start = (container.start_time or 0) / TIME_BASE
    return float(((stream.start_time or 0) + stream.duration) * stream.time_base) - start


def _rotation(container: Any, stream: Any) -> int:
    """Return the rotation of the first picture, which is where FFmpeg tells it."""
    stream.thread_count = 1
    first = next(islice(decode(container, stream), 1), None)
    return 0 if first is None else turned(first)
