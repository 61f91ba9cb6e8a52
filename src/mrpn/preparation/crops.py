"""How face crops are kept: as JPEG, a tenth of the size, or as they are."""

import io
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CropFormat = Literal["jpeg", "raw"]
# Differences from the crop itself stay near one grey level, below those of the film's own coding.
_QUALITY = 95
_FULL_COLOUR = 0


def encode_crop(crop: NDArray[np.uint8], form: CropFormat) -> bytes:
    """Return a crop, uint8 [S, S, 3], as the bytes that are kept of it.

    A JPEG has quality 95 and colours at full resolution; a grey crop stays exactly grey.
    """
    if form == "raw":
        return np.ascontiguousarray(crop).tobytes()
    grey = bool((crop[..., :1] == crop[..., 1:]).all())
    picture = Image.fromarray(np.ascontiguousarray(crop[..., 0] if grey else crop))
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=_QUALITY, subsampling=_FULL_COLOUR)
    return kept.getvalue()


def decode_crop(kept: bytes | memoryview, size: int, form: CropFormat) -> NDArray[np.uint8]:
    """Return the crop, uint8 [S, S, 3], that `encode_crop` made the bytes of."""
    if form == "raw":
        return np.frombuffer(kept, np.uint8).reshape(size, size, 3)
    with Image.open(io.BytesIO(kept), formats=("JPEG",)) as picture:
        return np.asarray(picture.convert("RGB"))
