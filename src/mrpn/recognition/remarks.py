"""What is amiss within a recording: where its faces are lost, and that nobody speaks."""

import numpy as np

from mrpn.media import SILENCE
from mrpn.recognition.recording import Recording

NO_SPEECH = "no speech"
# A face that is gone for longer than this is said to be, in seconds.
_LOST = 1.5


def remarks_on(recording: Recording, spoken: bool) -> tuple[str, ...]:
    """Say what is amiss within a recording that has something of everything.

    Args:
        recording: as it was read.
        spoken: whether speech was heard in it.
    """
    remarks = [f"no face from {a:.1f} to {b:.1f} s" for a, b in _without_face(recording)]
    if len(remarks) > 3:
        remarks = [*remarks[:3], f"no face in {len(remarks) - 3} more places"]
    if recording.heard and not spoken and SILENCE not in recording.problems:
        remarks.append(NO_SPEECH)
    return tuple(remarks)


def _without_face(recording: Recording) -> list[tuple[float, float]]:
    if not recording.faces:
        return []
    times = np.unique(np.concatenate([track.times for track in recording.faces])).tolist()
    # A face is there for as long as its picture is shown.
    shown = dict(recording.rests)
    ends = [shown.get(time, time) for time in times]
    gaps = zip([0.0, *ends], [*times, max(recording.duration, times[-1])], strict=True)
    return [(since, until) for since, until in gaps if until - since > _LOST]
