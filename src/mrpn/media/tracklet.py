"""One face through one shot: the detections that are joined, and its place at any time."""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mrpn.media.appearance import Appearance
from mrpn.media.rows import BOX, SCORE, Rows

_SLACK = 1e-9
# The smoothing looks at this many points on either side, up to three standard deviations away.
_POINTS = 6
# The velocity is followed no farther than this, in seconds: heads turn back.
_FARTHEST = 0.4

Values = NDArray[np.float64]


@dataclass(eq=False)
class Tracklet:
    """A face that was followed without a cut.

    Attributes:
        since, until: the shot's times in seconds; it ends before `until`.
        times, values: of its latest detections: box, score and, if there are any, landmarks, as
            float64 [5] or [15].
        linked: whether no picture was examined, without the face, between each detection and the
            one before.
        velocity: of its centre, pixels per second, float64 [2].
        look: what it looks like.
        rows: what was given out of it.
        face: number of the face, as far as that is known; 0 before it has one.
    """

    since: float
    until: float = np.inf
    times: list[float] = field(default_factory=list)
    values: list[Values] = field(default_factory=list)
    linked: list[bool] = field(default_factory=list)
    velocity: Values = field(default_factory=lambda: np.zeros(2))
    look: Appearance = field(default_factory=Appearance)
    rows: Rows = field(default_factory=Rows)
    face: int = 0

    def add(self, time: float, values: Values, linked: bool) -> None:
        """Join a detection; `linked` as the attribute has it."""
        if self.times:
            moved = (_centre(values) - _centre(self.values[-1])) / (time - self.times[-1])
            self.velocity = 0.5 * (self.velocity + moved)
        self.times.append(time)
        self.values.append(values)
        self.linked.append(linked)

    def predicted(self, time: float) -> Values:
        """Return where the face should be at a time after its last detection, a box [4]."""
        shift = self.velocity * min(time - self.times[-1], _FARTHEST)
        return self.values[-1][BOX] + np.tile(shift, 2)

    def at(self, time: float, until: float, reach: float, smooth: float) -> Values | None:
        """Return the face's place at a time, as `values` has them; None if it is not there.

        Between detections it is interpolated linearly; a local linear regression with Gaussian
        weights over time then steadies box and landmarks, and a face that moves steadily is not
        held back at the ends of its track. Detections later than `until` are not used, so that the
        answer is the same whenever it is asked.

        Args:
            time: in seconds.
            until: in seconds, not before `time`.
            reach: a time farther than this from every detection, and not between two that are
                linked, has no face, in seconds.
            smooth: the Gaussian's standard deviation in seconds; 0 leaves places as they are.
        """
        known = bisect_right(self.times, until + _SLACK)
        if not self.since <= time < self.until or known == 0:
            return None
        after = bisect_right(self.times, time, hi=known)
        around = range(max(0, after - 1), min(after + 1, known))
        within = 0 < after < known and self.linked[after]
        if not within and min(abs(time - self.times[k]) for k in around) > reach + _SLACK:
            return None
        first = max(0, bisect_right(self.times, time - 3 * smooth) - 1)
        times = np.array(self.times[first:known])
        values = np.stack(self.values[first:known])
        place = _interpolated(times, values, np.array([time]))[0]
        if smooth > 0 and len(times) > 1:
            score = place[SCORE]
            place = _smoothed(times, values, float(np.clip(time, times[0], times[-1])), smooth)
            place[SCORE] = score
        return np.asarray(place)

    def away(self, time: float) -> float:
        """Return how far a time is from the nearest detection, in seconds."""
        return min(abs(time - each) for each in self.times)

    def forget(self, before: float) -> None:
        """Drop detections that are not needed for places after a time."""
        unused = bisect_right(self.times, before) - 1
        if unused > 0:
            del self.times[:unused], self.values[:unused], self.linked[:unused]


def _centre(values: Values) -> Values:
    return (values[:2] + values[2:4]) / 2


def _interpolated(times: Values, values: Values, wanted: Values) -> Values:
    """Return values [W, K] at the times wanted; beyond the ends those of the end."""
    if len(times) == 1:
        return np.repeat(values, len(wanted), axis=0)
    after = np.searchsorted(times, wanted).clip(1, len(times) - 1)
    share = ((wanted - times[after - 1]) / (times[after] - times[after - 1])).clip(0, 1)[:, None]
    return np.asarray((1 - share) * values[after - 1] + share * values[after])


def _smoothed(times: Values, values: Values, time: float, deviation: float) -> Values:
    """Return the Gaussian local linear fit at `time`, on even points within the track."""
    # In standard deviations, so that the smallest ones do no harm.
    offsets = np.arange(-_POINTS, _POINTS + 1) * (3 / _POINTS)
    wanted = time + offsets * deviation
    inside = (wanted >= times[0] - _SLACK) & (wanted <= times[-1] + _SLACK)
    offsets, wanted = offsets[inside], wanted[inside]
    weights = np.exp(-0.5 * offsets**2)
    zero, one, two = weights.sum(), weights @ offsets, weights @ offsets**2
    spread = zero * two - one * one
    linear = (two - one * offsets) / spread if spread > _SLACK * zero else 1 / zero
    return np.asarray((weights * linear) @ _interpolated(times, values, wanted))
