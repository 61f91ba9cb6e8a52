"""What a face detector is, and the registry of them by name."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mrpn.common.errors import ConfigError


@dataclass(frozen=True)
class Detections:
    """The faces found in one picture, best first.

    Attributes:
        boxes: float32 [N, 4], x0, y0, x1, y1 in pixels of the given picture.
        scores: float32 [N], in (0, 1].
        landmarks: float32 [N, 5, 2], x and y of right eye, left eye, nose, right and left corner of
            the mouth (the person's own right and left), or None if the detector gives none.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    landmarks: NDArray[np.float32] | None = None


class Detector(Protocol):
    """Finds faces in pictures."""

    @property
    def name(self) -> str:
        """The name it is registered under."""

    def detect(self, images: NDArray[np.uint8]) -> list[Detections]:
        """Return the faces of each picture of a batch, uint8 [B, H, W, 3] RGB, as given.

        Reading a clip gives pictures that are reduced already.
        """


_registry: dict[str, Callable[..., Detector]] = {}


def register(name: str, make: Callable[..., Detector]) -> None:
    """Add a detector under `name`.

    `make` takes the keyword arguments given to `detector`; reading a clip gives `threshold`,
    `threads` and, where the settings name one, `model`.
    """
    _registry[name] = make


def detector(name: str = "retinaface", **options: Any) -> Detector:
    """Return the detector registered under `name`.

    Args:
        name: "retinaface" (default), "dlib" (the paper's), "yunet", "none" (the whole picture's
            central square), or one added by `register`.
        options: passed to the detector's own constructor.

    Raises ConfigError for an unknown name or option, MediaError if the detector's model or package
    is not installed.
    """
    try:
        make = _registry[name]
    except KeyError:
        known = ", ".join(sorted(_registry))
        raise ConfigError(f"unknown face detector '{name}'; known are {known}") from None
    try:
        signature(make).bind(**options)
    except TypeError as error:
        raise ConfigError(f"the face detector '{name}' takes no such option: {error}") from None
    return make(**options)
