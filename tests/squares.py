"""Drawn pictures whose faces are squares of one colour, and a detector that finds exactly those."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mrpn.media import ClipSettings, Detections, Frame
from mrpn.media.search import Examined
from mrpn.media.shots import thumbnail

Picture = NDArray[np.uint8]
Box = tuple[int, int, int, int]
# Where eyes, nose and mouth are in a square, as shares of its sides.
PLACES = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])
SETTINGS = ClipSettings(detector="squares", size=32, margin=1.0)


def picture(*boxes: Box, ground: int = 30, score: float = 0.9) -> Picture:
    """Return 160x120 grey with a square at each box; the k-th has the red level 200 + 10 k."""
    image = np.full((120, 160, 3), ground, np.uint8)
    for k, (x0, y0, x1, y1) in enumerate(boxes):
        image[y0:y1, x0:x1] = (200 + 10 * k, 0, round(100 * score))
    return image


def frames(pictures: Sequence[Picture], rate: float = 10.0) -> list[Frame]:
    return [Frame.of(k / rate, image) for k, image in enumerate(pictures)]


class Squares:
    """Finds the squares of `picture` above its threshold; counts the pictures it is asked about."""

    name = "squares"
    asked = 0

    def __init__(self, threshold: float = 0.6, **_: int) -> None:
        self.threshold = threshold

    def detect(self, images: Picture) -> list[Detections]:
        Squares.asked += len(images)
        return [self.find(image) for image in images]

    def find(self, image: Picture) -> Detections:
        boxes, scores = [], []
        for level in range(200, 256, 10):
            rows, columns = np.nonzero((image[..., 0] == level) & (image[..., 1] == 0))
            if rows.size and image[rows[0], columns[0], 2] / 100 > self.threshold:
                box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
                boxes.append(box)
                scores.append(image[rows[0], columns[0], 2] / 100)
        array = np.array(boxes, np.float32).reshape(-1, 4)
        sides = (array[:, 2:] - array[:, :2])[:, None]
        landmarks = (array[:, None, :2] + PLACES * sides).astype(np.float32)
        return Detections(array, np.array(scores, np.float32), landmarks)


def examined(image: Picture) -> Examined:
    """Return what the detector says of a picture."""
    return Examined(image, np.ones(2), Squares(0.3).find(image), thumbnail(image))
