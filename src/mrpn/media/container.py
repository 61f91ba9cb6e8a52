"""Opening media files and decoding their streams, whatever is wrong with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mrpn.common.archives import split_archive
from mrpn.common.errors import MediaError
from mrpn.media.pyav import load_av
from mrpn.media.source import open_source

# What a header may announce. More is taken for damage, before memory is taken for it.
MOST_PIXELS = 2**26
MOST_CHANNELS = 64
SOUND_RATES = range(1000, 1_000_001)

# The decoders check as well, since what a stream holds need not be what its file announces.
_LIMITS = {"max_pixels": str(MOST_PIXELS), "max_samples": str(2**24)}
# Only local files: a playlist inside a media file must not make FFmpeg open other addresses.
_OPTIONS = {"protocol_whitelist": "file", **_LIMITS}
# FFmpeg renders plain text as a terminal's picture; here that is never what was meant.
_NOT_MEDIA = frozenset({"tty", "concat", "hls", "ffmetadata", "srt", "webvtt"})


@contextmanager
def open_media(path: Path) -> Iterator[Any]:
    """Open a media file, or one in a zip archive; MediaError with one line if it cannot be."""
    av = load_av()
    with open_source(path) as file:
        # FFmpeg reads faster by itself than through Python.
        source = f"file:{path}" if split_archive(path) is None else file
        try:
            container = av.open(source, "r", options=_OPTIONS, metadata_errors="ignore")
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise MediaError(
                f"{path}: not a media file, or cut off before its index; copy or download it again"
            ) from error
        with container:
            if container.format.name in _NOT_MEDIA:
                raise MediaError(f"{path}: holds text, not picture or sound; give a media file")
            yield container


def video_stream(path: Path, container: Any) -> Any | None:
    """Return the first stream of pictures, passing over cover images; None without one.

    Raises MediaError if its pictures are larger than any.
    """
    av = load_av()
    for stream in container.streams.video:
        cover = stream.disposition & av.stream.Disposition.attached_pic
        context = stream.codec_context
        if cover or context is None:
            continue
        if context.width * context.height > MOST_PIXELS:
            raise MediaError(
                f"{path}: its header says {context.width}x{context.height} pixels, more than "
                f"{MOST_PIXELS}; it is damaged, or has to be made smaller"
            )
        context.options = _LIMITS
        return stream
    return None


def audio_stream(path: Path, container: Any) -> Any | None:
    """Return the first stream of sound that this FFmpeg can decode; None without one.

    Raises MediaError if its rate or number of channels cannot be right.
    """
    for stream in container.streams.audio:
        context = stream.codec_context
        if context is None or not context.sample_rate:
            continue
        if context.sample_rate not in SOUND_RATES:
            raise MediaError(
                f"{path}: its header says {context.sample_rate} samples per second, which no "
                "sound has; it is damaged, copy or download it again"
            )
        if context.layout.nb_channels > MOST_CHANNELS:
            raise MediaError(
                f"{path}: its header says {context.layout.nb_channels} channels, more than "
                f"{MOST_CHANNELS}; it is damaged, copy or download it again"
            )
        context.options = _LIMITS
        return stream
    return None


def decode(container: Any, stream: Any) -> Iterator[Any]:
    """Yield a stream's decoded frames; broken packets are passed over, a broken end ends it."""
    av = load_av()
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
