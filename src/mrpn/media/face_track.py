"""What is known of the faces of one clip: where each of them is, in which pictures."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mrpn.media.faces.boxes import areas


@dataclass(frozen=True)
class FaceTrack:
    """One face (identity) through a clip, at the N pictures that show it.

    Attributes:
        times: of the pictures, in seconds, float64 [N], rising.
        boxes: x0, y0, x1, y1 in pixels of the picture, float32 [N, 4]; interpolated between
            detections and smoothed.
        scores: the detector's, float32 [N]; interpolated too.
        landmarks: five points as `Detections` has them, float32 [N, 5, 2]; None if the detector
            gives none.
        weight: sum over the pictures of area share x score x centrality.
        crops: numbers of its crops in the order in which the clip's crops were handed over,
            int64 [N].
    """

    times: NDArray[np.float64]
    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    landmarks: NDArray[np.float32] | None
    weight: float
    crops: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of pictures that show the face."""
        return len(self.times)

    @cached_property
    def step(self) -> float:
        """The usual time between its pictures, the median, in seconds; 0 with fewer than two."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else 0.0

    def take(self, rows: NDArray[np.intp], crops: NDArray[np.int64]) -> "FaceTrack":
        """Return the track at some of its pictures, with other numbers of its crops there."""
        return replace(
            self,
            times=self.times[rows],
            boxes=self.boxes[rows],
            scores=self.scores[rows],
            landmarks=None if self.landmarks is None else self.landmarks[rows],
            crops=crops,
        )


@dataclass(frozen=True)
class Faces:
    """All faces of a clip.

    Attributes:
        tracks: of every face, heaviest first: `tracks[0]` is the main face. Empty if none was
            found.
        looked_at: number of pictures looked at, with a face or not.
        duration: seconds from time zero to the end of the last picture; 0 for a still image.
        width, height: of the first picture, in pixels.
        detector: name of the face detector.
        rests: from when to when pictures are shown that are for more than a second, in seconds.
    """

    tracks: tuple[FaceTrack, ...]
    looked_at: int
    duration: float
    width: int
    height: int
    detector: str
    rests: tuple[tuple[float, float], ...] = ()


def importance(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], width: int, height: int
) -> NDArray[np.float64]:
    """Return how much each face of a picture is its main one, float64 [N].

    Area x score x centrality: the area as a share of the picture, the centrality falling from 1 at
    its centre to 0.5 at its corners. Summed over a clip, a large, central face that is there
    throughout wins. Source: ours.

    Args:
        boxes: float32 [N, 4], in pixels.
        scores: float32 [N].
        width, height: of the picture, in pixels.
    """
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    offsets = (centres - [width / 2, height / 2]) / [width / 2, height / 2]
    centrality = 1.0 - 0.5 * np.clip(np.linalg.norm(offsets, axis=1) / np.sqrt(2.0), 0, 1)
    share = areas(boxes) / (width * height)
    return np.asarray(share * scores * centrality, np.float64)
