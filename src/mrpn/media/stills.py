"""Still images: picture files, and rows of the original `fer2013.csv`."""

import logging
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mrpn.common.errors import MediaError
from mrpn.media.source import open_source
from mrpn.media.tables import read_row, row_reference

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm"})
# Named, since Pillow would hand what it takes for PostScript to another program.
_FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "PPM", "GIF")
_MOST_PIXELS = 2**26
# What Pillow logs of damaged files goes to whoever asks for it, not to the error stream.
logging.getLogger("PIL").addHandler(logging.NullHandler())


def is_still(reference: Path) -> bool:
    """Whether a path names a still image, or a row of a table of images as `fer2013.csv#123`."""
    return reference.suffix.lower() in _SUFFIXES or row_reference(reference) is not None


def read_still(reference: Path) -> NDArray[np.uint8]:
    """Return a still image as RGB, uint8 [H, W, 3]; a grey one has three equal channels.

    Args:
        reference: an image file, turned upright as its EXIF says; or `FILE.csv#N`, the row N
            (0 is the first below the header) of a table whose column `pixels` holds the grey
            values of a square picture, row by row, as `fer2013.csv` does. Files may lie in a zip
            archive.

    Raises MediaError if it is missing, not an image or too large. Source: ours.
    """
    row = row_reference(reference)
    if row is not None:
        return read_row(*row)
    with open_source(reference) as file:
        return _image(reference, file)


def _image(reference: Path, file: BinaryIO) -> NDArray[np.uint8]:
    try:
        with warnings.catch_warnings():
            # Pillow warns of large images, refused below, and of damaged tags, which do no harm.
            warnings.simplefilter("ignore")
            with Image.open(file, formats=_FORMATS) as image:
                if image.width * image.height <= _MOST_PIXELS:
                    return _rgb(ImageOps.exif_transpose(image))
    except Image.DecompressionBombError:
        pass
    # Pillow's readers raise whatever a damaged file makes them trip over.
    except Exception as error:
        raise MediaError(
            f"{reference}: not an image, or cut off; copy or download it again"
        ) from error
    raise MediaError(
        f"{reference}: the image has more than {_MOST_PIXELS} pixels; it is damaged, or has to be "
        "made smaller"
    )


def _rgb(image: Any) -> NDArray[np.uint8]:
    if image.mode.startswith("I;16"):
        # Pillow would cut off what is brighter than 255 instead of scaling it.
        values = (np.asarray(image) >> 8).astype(np.uint8)
        return np.repeat(values[..., None], 3, axis=2)
    return np.asarray(image.convert("RGB"))
