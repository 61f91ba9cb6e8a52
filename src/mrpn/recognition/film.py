"""A recording with its timeline drawn on it: boxes, answers, and below them curves."""

from dataclasses import replace
from pathlib import Path

from PIL import Image

from mrpn.media.drawing import draw_film, draw_track
from mrpn.recognition.cells import by_face
from mrpn.recognition.naming import refuse_recordings
from mrpn.recognition.panel import BOTH, Line, Panel, percent
from mrpn.recognition.result import UNSURE, Moment, Recognition

_MOST_ROWS = 3
# Smaller films are enlarged until text on them can be read; sides in pixels.
_SMALL, _READABLE, _LONGEST = 360, 480, 1280


def annotate(result: Recognition, out: Path) -> int:
    """Write a recording as mp4 with every face's box and answer, and curves below the picture.

    The curves, a row for each of the first three faces, are how likely the present answer is to
    the face alone, to the voice alone, and to both. The recording's sound goes with it, mixed to
    one channel of 16 kHz; small pictures are enlarged. Source: ours.

    Args:
        result: of a file with a picture, which must still be there.
        out: the mp4 file to write.

    Returns the number of pictures written.
    Raises MediaError if the file cannot be read or has no picture, ConfigError if the mp4 would be
    written over it.
    """
    refuse_recordings([out], [Path(result.source)])
    faces = [person.face for person in result.people]
    tracks = [replace(track, landmarks=None) for track in result.tracks]
    until = max((moment.end for moment in result.timeline), default=0.0)
    judged = by_face(result.timeline)
    shown = {face: Line(judged.get(face, []), until) for face in faces}
    rows = {face: shown[face] for face in faces[:_MOST_ROWS]}
    rows[1] = Line([m for m in result.timeline if m.face in (1, None)], until)
    panel: Panel | None = None

    def paint(picture: Image.Image, time: float, scale: float) -> Image.Image:
        nonlocal panel
        if panel is None:
            panel = Panel(film_size(*picture.size), rows, max(result.duration, until))
        width, height = panel.picture
        canvas = picture if picture.size == panel.picture else picture.resize(panel.picture)
        for face, track in zip(faces, tracks, strict=True):
            label = box_label(shown[face].at(time), face, len(faces))
            draw_track(canvas, track, time, scale * width / picture.width, face, label)
        whole = Image.new("RGB", (width, height + panel.height))
        whole.paste(canvas)
        panel.draw(whole, time)
        return whole

    return draw_film(Path(result.source), out, paint)


def film_size(width: int, height: int) -> tuple[int, int]:
    """Return the even sides at which a picture is shown: small ones are enlarged to be readable."""
    if min(width, height) >= _SMALL:
        return width, height
    factor = min(_READABLE / min(width, height), max(1.0, _LONGEST / max(width, height)))
    return 2 * round(factor * width / 2), 2 * round(factor * height / 2)


def box_label(moment: Moment | None, face: int, faces: int) -> str:
    """Return what is said beside the box of a face, its number only where there are several."""
    who = f"{face}  " if faces > 1 else ""
    if moment is None:
        return who.strip() or "?"
    doubt = "unsure: " if moment.answer == UNSURE else ""
    differs = ", voice differs" if moment.disagree else ""
    return f"{who}{doubt}{moment.label} {percent(moment, BOTH)}{differs}"
