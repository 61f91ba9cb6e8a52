"""From the faces found in some pictures to one face's box in each picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mrpn.media.faces.boxes import areas, overlap
from mrpn.media.faces.registry import Detections

# Least intersection over union of one face's boxes in two examined pictures that follow.
_SAME_FACE = 0.2


@dataclass
class Track:
    """One face through a clip: where it was found.

    Attributes:
        indices: of the examined pictures it was found in.
        boxes: its box [4] in each of them.
        scores: its score in each of them.
        weight: how much it is the main face.
    """

    indices: list[int] = field(default_factory=list)
    boxes: list[NDArray[np.float32]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    weight: float = 0.0


def main_face(
    found: Sequence[Detections], examined: Sequence[int], width: int, height: int
) -> Track | None:
    """Return the track of the clip's main face, or None if no face was found at all.

    Faces of successive examined pictures are joined into tracks by overlap, best pair first. The
    main face is the track with the largest sum over the clip of area x score x centrality; the
    area as a share of the picture, the centrality falling from 1 at the picture's centre to 0.5
    at its corners. A large, central face that is there throughout wins. Source: ours.

    Args:
        found: the faces of each examined picture.
        examined: the index of each examined picture, rising.
        width, height: of the pictures, in pixels.
    """
    tracks: list[Track] = []
    for index, faces in zip(examined, found, strict=True):
        weights = _weights(faces, width, height)
        joined = _join(tracks, faces.boxes)
        for number in range(len(faces.scores)):
            track = joined.get(number)
            if track is None:
                track = Track()
                tracks.append(track)
            track.indices.append(index)
            track.boxes.append(faces.boxes[number])
            track.scores.append(float(faces.scores[number]))
            track.weight += float(weights[number])
    return max(tracks, key=lambda track: track.weight, default=None)


def follow(
    track: Track, times: NDArray[np.float64], reach: float, smooth: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the face's box and score at every picture, interpolated and smoothed over time.

    Between the pictures it was found in, boxes are interpolated linearly; a Gaussian over time then
    steadies them. Pictures with no detection of the face within `reach` have no box. Source: ours.

    Args:
        track: where the face was found.
        times: of all pictures in seconds, float64 [T], rising.
        reach: seconds, > 0.
        smooth: the Gaussian's standard deviation in seconds; 0 leaves boxes as they are.

    Returns boxes float32 [T, 4] and scores float32 [T]; NaN where there is none.
    """
    known = times[track.indices]
    values = np.column_stack([np.stack(track.boxes), track.scores]).astype(np.float64)
    values = np.column_stack([np.interp(times, known, column) for column in values.T])
    after = np.searchsorted(known, times).clip(0, len(known) - 1)
    before = np.maximum(after - 1, 0)
    distance = np.minimum(np.abs(times - known[before]), np.abs(known[after] - times))
    values[distance > reach + 1e-9] = np.nan
    if smooth > 0:
        values[:, :4] = _gaussian(values[:, :4], times, smooth)
    return values[:, :4].astype(np.float32), values[:, 4].astype(np.float32)


def _weights(faces: Detections, width: int, height: int) -> NDArray[np.float64]:
    centres = (faces.boxes[:, :2] + faces.boxes[:, 2:]) / 2
    offsets = (centres - [width / 2, height / 2]) / [width / 2, height / 2]
    centrality = 1.0 - 0.5 * np.clip(np.linalg.norm(offsets, axis=1) / np.sqrt(2.0), 0, 1)
    share = areas(faces.boxes) / (width * height)
    return np.asarray(share * faces.scores * centrality, np.float64)


def _join(tracks: list[Track], boxes: NDArray[np.float32]) -> dict[int, Track]:
    """Return which track each of `boxes` continues, the best overlaps first, each used once."""
    pairs = [
        (float(shared), number, which)
        for which, track in enumerate(tracks)
        for number, shared in enumerate(overlap(track.boxes[-1], boxes))
        if shared >= _SAME_FACE
    ]
    joined: dict[int, Track] = {}
    taken: set[int] = set()
    for _, number, which in sorted(pairs, reverse=True):
        if number not in joined and which not in taken:
            joined[number] = tracks[which]
            taken.add(which)
    return joined


def _gaussian(
    values: NDArray[np.float64], times: NDArray[np.float64], deviation: float
) -> NDArray[np.float64]:
    """Return the weighted mean over time of values [T, K]; rows of NaN have no weight and stay."""
    present = ~np.isnan(values[:, 0])
    filled = np.where(present[:, None], values, 0.0)
    total, weight = filled.copy(), present.astype(np.float64)
    for shift in range(1, len(times)):
        lag = times[shift:] - times[:-shift]
        if lag.min() > 3 * deviation:
            break
        kernel = np.exp(-0.5 * (lag / deviation) ** 2)
        forward, backward = kernel * present[shift:], kernel * present[:-shift]
        total[:-shift] += forward[:, None] * filled[shift:]
        weight[:-shift] += forward
        total[shift:] += backward[:, None] * filled[:-shift]
        weight[shift:] += backward
    result = total / np.maximum(weight, 1e-12)[:, None]
    result[~present] = np.nan
    return result
