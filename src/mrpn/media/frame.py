"""One picture of a media file, converted only when it is asked for."""

from collections.abc import Callable
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mrpn.common.errors import MediaError
from mrpn.media.pyav import load_av

Picture = NDArray[np.uint8]
_UNSPECIFIED = 2
# FFmpeg's number of the matrix, where it is told the one of a source.
_BT709 = 1
# Material that does not name its colour matrix is high definition, and BT.709, from these sizes on.
_HD_WIDTH, _HD_HEIGHT = 1280, 577
# Sides swapped, then steps over columns and rows.
Turn = tuple[bool, int, int]
# How pictures are made upright that lack so many quarter turns to the left.
_QUARTERS = ((False, 1, 1), (True, 1, -1), (False, -1, -1), (True, -1, 1))


class _Source(Protocol):
    @property
    def size(self) -> tuple[int, int]: ...

    def picture(self, size: tuple[int, int] | None) -> Picture: ...


class Frame:
    """One picture and when it is shown. Source: ours.

    Attributes:
        time: seconds from the file's time zero.
        width, height: of the upright picture in pixels.
    """

    __slots__ = ("_source", "height", "time", "width")

    def __init__(self, time: float, source: _Source) -> None:
        self.time = time
        self.width, self.height = source.size
        self._source = source

    @classmethod
    def of(cls, time: float, image: Picture) -> "Frame":
        """Return a frame of a picture at hand, RGB, uint8 [H, W, 3]."""
        return cls(time, _Array(image))

    @property
    def image(self) -> Picture:
        """The picture, RGB, uint8 [H, W, 3], upright; converted anew at each access.

        Raises MediaError if its pixel format cannot be converted.
        """
        return self._source.picture(None)

    def reduced(self, long_side: int) -> Picture:
        """Return the picture made smaller, RGB, uint8 [h, w, 3], upright; never larger than it is.

        Args:
            long_side: the longer side wanted in pixels, >= 1.

        Raises MediaError if its pixel format cannot be converted.
        """
        longest = max(self.width, self.height)
        if long_side >= longest:
            return self.image
        scale = long_side / longest
        return self._source.picture(
            (max(1, round(self.width * scale)), max(1, round(self.height * scale)))
        )


class FrameMaker:
    """Makes frames of one file's decoded pictures; they share one converter."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._av = load_av()
        # One for each use: a converter that changes its sizes has to be set up again.
        reformatter = self._av.video.reformatter
        self._ways = reformatter.Interpolation
        self._full = reformatter.VideoReformatter()
        self._small = reformatter.VideoReformatter()
        # Looked up once for each turn: asking a picture of PyAV's for its side data ties it into a
        # cycle, in which it lives on until the garbage is collected.
        self._turns: dict[float, Turn] = {}

    def frame(self, time: float, decoded: Any) -> Frame:
        """Return the frame of a decoded picture, which is kept alive by it."""
        if decoded.rotation not in self._turns:
            self._turns[decoded.rotation] = _turn(decoded)
        return Frame(time, _Decoded(decoded, self._convert, self._turns[decoded.rotation]))

    def _convert(self, decoded: Any, size: tuple[int, int] | None) -> Picture:
        width, height = size or (decoded.width, decoded.height)
        converter = self._full if size is None else self._small
        try:
            converted = converter.reformat(
                decoded,
                width=width,
                height=height,
                format="rgb24",
                src_colorspace=_colorspace(decoded),
                interpolation=self._ways.AREA if size else self._ways.BILINEAR,
                threads=1,
            )
        except (self._av.error.FFmpegError, ValueError) as error:
            raise MediaError(
                f"{self._name}: its pictures ({decoded.format.name}) cannot be converted to RGB; "
                "convert the file to H.264"
            ) from error
        return cast(Picture, converted.to_ndarray())


class _Decoded:
    """A decoder's picture in the decoder's format."""

    def __init__(
        self,
        decoded: Any,
        convert: Callable[[Any, tuple[int, int] | None], Picture],
        turn: Turn,
    ) -> None:
        self._decoded = decoded
        self._convert = convert
        self._turn = turn

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._decoded.width, self._decoded.height
        return (height, width) if self._turn[0] else (width, height)

    def picture(self, size: tuple[int, int] | None) -> Picture:
        swapped, columns, rows = self._turn
        if size is not None and swapped:
            size = (size[1], size[0])
        image = self._convert(self._decoded, size)
        if swapped:
            image = image.transpose(1, 0, 2)
        return np.ascontiguousarray(image[::rows, ::columns])


class _Array:
    """A picture at hand."""

    def __init__(self, image: Picture) -> None:
        self._image = image

    @property
    def size(self) -> tuple[int, int]:
        return self._image.shape[1], self._image.shape[0]

    def picture(self, size: tuple[int, int] | None) -> Picture:
        if size is None:
            return self._image
        return np.asarray(Image.fromarray(self._image).resize(size, Image.Resampling.BOX))


def _turn(decoded: Any) -> Turn:
    """Return how a picture is made upright: sides swapped, then steps over columns and rows.

    The display matrix [[a, b], [c, d]] takes (x, y) to (a x + c y, b x + d y); quarter turns and
    mirror images of them are followed, what lies between is taken for the nearest.
    """
    try:
        data = decoded.side_data.get("DISPLAYMATRIX")
    except ValueError:  # PyAV does not know of something else beside the picture
        return _QUARTERS[round(decoded.rotation / 90) % 4]
    if data is None or data.buffer_size < 36:
        return False, 1, 1
    a, b, _, c, d = np.frombuffer(data, "=i4", 5).astype(np.int64)
    if abs(b) + abs(c) > abs(a) + abs(d):
        return True, -1 if c < 0 else 1, -1 if b < 0 else 1
    return False, -1 if a < 0 else 1, -1 if d < 0 else 1


def turned(decoded: Any) -> int:
    """Return by how many degrees clockwise a decoded picture is turned to be upright.

    Mirror images count as the turn that is left when left and right are exchanged.
    """
    swapped, _, rows = _turn(decoded)
    if swapped:
        return 90 if rows > 0 else 270
    return 0 if rows > 0 else 180


def _colorspace(decoded: Any) -> int | None:
    """Return BT.709 for large pictures whose matrix is left open; None to take what is named.

    None where nothing is named means BT.601.
    """
    large = decoded.width >= _HD_WIDTH or decoded.height >= _HD_HEIGHT
    open_ = decoded.colorspace == _UNSPECIFIED and not decoded.format.is_rgb
    return _BT709 if large and open_ else None
