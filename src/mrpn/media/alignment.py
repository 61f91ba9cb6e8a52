"""How a face is turned, from its landmarks."""

import numpy as np
from numpy.typing import NDArray

# Right eye, left eye, nose, corners of the mouth, of an upright face; in eye distances.
_UPRIGHT = np.array([[-0.5, -0.5], [0.5, -0.5], [0.0, 0.05], [-0.4, 0.6], [0.4, 0.6]])
_CENTRED = _UPRIGHT - _UPRIGHT.mean(axis=0)


def similarity(
    landmarks: NDArray[np.floating],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the turn and scale [2, 2] and shift [2] that best take an upright face to this one.

    A point p of the upright face, in eye distances about its middle, lies at turn @ p + shift.
    Least squares over five landmarks [5, 2], so that a face seen from the side is not thrown about.
    Source: ours.
    """
    points = np.asarray(landmarks, np.float64)
    shift = points.mean(axis=0)
    away = points - shift
    along = (_CENTRED * away).sum()
    across = (_CENTRED[:, 0] * away[:, 1] - _CENTRED[:, 1] * away[:, 0]).sum()
    size = (_CENTRED**2).sum()
    return np.array([[along, -across], [across, along]]) / size, shift


def tilt(landmarks: NDArray[np.floating]) -> float:
    """Return by how much a face with landmarks [5, 2] is turned clockwise, in radians."""
    turn, _ = similarity(landmarks)
    return float(np.arctan2(turn[1, 0], turn[0, 0]))
