"""The time that each window of a timeline stands for."""

from collections.abc import Iterable, Sequence

from mrpn.recognition.result import Moment

# Of windows side by side, whose borders are rounded each by itself.
_SLACK = 1e-6


def cells(moments: Sequence[Moment]) -> list[tuple[float, float]]:
    """Return start and end, in seconds, of the time that each window of one face stands for.

    Windows that overlap or touch meet in the middle of what they share, so they lie side by side;
    all others go to their very ends. So there is a gap where the face was gone.

    Args:
        moments: of one face, in order of time; none ends before one that begins earlier.
    """
    starts = [moment.start for moment in moments]
    ends = [moment.end for moment in moments]
    for n in range(1, len(moments)):
        last, first = moments[n - 1].end, moments[n].start
        if first <= last + _SLACK:
            ends[n - 1] = starts[n] = (first + last) / 2
    return list(zip(starts, ends, strict=True))


def by_face(moments: Iterable[Moment]) -> dict[int | None, list[Moment]]:
    """Return the moments of each face, and of voices without a face, in the order they come."""
    found: dict[int | None, list[Moment]] = {}
    for moment in moments:
        found.setdefault(moment.face, []).append(moment)
    return found
