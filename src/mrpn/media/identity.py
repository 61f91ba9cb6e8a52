"""Which tracklets are one and the same face: through cuts, and when it comes back."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mrpn.media.appearance import difference
from mrpn.media.face_track import FaceTrack
from mrpn.media.rows import box_of, landmarks_of, score_of
from mrpn.media.tracklet import Tracklet

# Looks that differ by less are one face. Nine tenths of the least difference between stretches of
# two of ten people in the real clips at hand: rather one face too many than two people as one.
SAME_LOOK = 1.7
# So many looks of a face are remembered, those of its longest tracklets.
_MOST_LOOKS = 64


def identities(tracklets: Iterable[Tracklet]) -> tuple[FaceTrack, ...]:
    """Return the faces of a clip, heaviest first, of its tracklets.

    The longest tracklets first, each joins the face that looks most like it, if it looks like it
    enough and is in no picture with it, or is a new one. Source: ours.
    """
    faces: list[_Face] = []
    for tracklet in sorted(tracklets, key=lambda each: (-len(each.rows.times), each.since)):
        if not tracklet.rows.times:
            continue
        times = np.array(tracklet.rows.times)
        looks = tracklet.look.looks
        known = [(difference(looks, face.looks), n) for n, face in enumerate(faces)]
        for distance, number in sorted(known):
            if distance > SAME_LOOK:
                faces.append(_Face(tracklet, times))
                break
            if not faces[number].is_with(times):
                faces[number].join(tracklet, times)
                break
        else:
            faces.append(_Face(tracklet, times))
    tracks = [face.track() for face in faces]
    return tuple(sorted(tracks, key=lambda track: (-track.weight, float(track.times[0]))))


class _Face:
    def __init__(self, tracklet: Tracklet, times: NDArray[np.float64]) -> None:
        self.looks = tracklet.look.looks
        self.times = [times]
        self.tracklets = [tracklet]

    def is_with(self, times: NDArray[np.float64]) -> bool:
        """Return whether a picture at one of the times shows this face."""
        return any(
            one[0] <= times[-1] and times[0] <= one[-1] and np.isin(times, one).any()
            for one in self.times
        )

    def join(self, tracklet: Tracklet, times: NDArray[np.float64]) -> None:
        self.looks = np.concatenate([self.looks, tracklet.look.looks])[:_MOST_LOOKS]
        self.tracklets.append(tracklet)
        self.times.append(times)

    def track(self) -> FaceTrack:
        times = np.concatenate(self.times)
        order = np.argsort(times, kind="stable")
        values = np.concatenate([each.rows.values for each in self.tracklets])[order]
        crops = np.concatenate([np.array(t.rows.crops, np.int64) for t in self.tracklets])
        return FaceTrack(
            times=times[order],
            boxes=box_of(values),
            scores=score_of(values),
            landmarks=landmarks_of(values),
            weight=sum(each.rows.weight for each in self.tracklets),
            crops=crops[order],
        )
