"""A recording with its timeline drawn on it: boxes, answers, and the curves of face and voice."""

from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mrpn.media.drawing import draw_film, draw_track
from mrpn.recognition.cells import cells
from mrpn.recognition.result import HEARD, Moment, Recognition, best

# Seconds that the curves show, the present in their middle, and the panel's share of the picture.
_SHOWN, _PANEL = 12.0, 0.28
_LINES = {"video": (86, 180, 233), "audio": (240, 160, 20)}
_PALE = (235, 238, 242)


def annotate(result: Recognition, out: Path) -> int:
    """Write a recording as mp4 with every face's box and answer, and two curves.

    The curves are how likely the fused answer is to the face alone and to the voice alone, for the
    main face. The recording's sound is kept. Source: ours.

    Args:
        result: of a file with a picture, which must still be there.
        out: the mp4 file to write.

    Returns the number of pictures written.
    Raises MediaError if the file cannot be read or has no picture.
    """
    faces = [person.face for person in result.people]
    shown = {face: _Line([m for m in result.timeline if m.face == face]) for face in faces}
    main = _Line([m for m in result.timeline if m.face in (1, None)])

    def paint(canvas: Image.Image, time: float, scale: float) -> None:
        for face, track in zip(faces, result.tracks, strict=True):
            moment = shown[face].at(time)
            bare = replace(track, landmarks=None)
            draw_track(canvas, bare, time, scale, face, _label(moment, face, len(faces)))
        _panel(canvas, main, time)

    return draw_film(Path(result.source), out, paint)


class _Line:
    """Moments and the time that each stands for."""

    def __init__(self, moments: list[Moment]) -> None:
        self.places = list(zip(cells(moments), moments, strict=True))

    def at(self, time: float) -> Moment | None:
        for (start, end), moment in self.places:
            if start <= time < end:
                return moment
        return None

    def curve(self, modality: str) -> list[list[tuple[float, float]]]:
        """Return (time, probability of the fused label by this modality), in unbroken pieces."""
        pieces: list[list[tuple[float, float]]] = [[]]
        for (start, end), moment in self.places:
            if modality not in moment.alone:
                pieces.append([])
                continue
            value = moment.alone[modality][best(moment.probabilities)]
            pieces[-1] += [(start, value), (end, value)]
        return [piece for piece in pieces if piece]


def _label(moment: Moment | None, face: int, faces: int) -> str:
    who = f"{face}  " if faces > 1 else ""
    if moment is None:
        return who or "?"
    value = 100 * max(moment.probabilities.values())
    doubt = ", voice differs" if moment.disagree else ""
    return f"{who}{moment.answer} {value:.0f} %{doubt}"


def _panel(canvas: Image.Image, line: _Line, time: float) -> None:
    width, height = canvas.size
    top = round(height * (1 - _PANEL))
    area = canvas.crop((0, top, width, height))
    canvas.paste(Image.blend(area, Image.new("RGB", area.size, (16, 20, 26)), 0.72), (0, top))
    draw = ImageDraw.Draw(canvas)
    thick = max(2, round(width / 320))
    size = max(11, round(width / 56))
    font = ImageFont.load_default(size)
    high = top + 1.8 * size
    low = height - 2 * thick

    def place(at: float, value: float) -> tuple[float, float]:
        return width * (0.5 + (at - time) / _SHOWN), low - value * (low - high)

    for value in (0.0, 0.5, 1.0):
        y = place(time, value)[1]
        draw.line((0, y, width, y), fill=(70, 78, 88))
    for modality, colour in _LINES.items():
        for piece in line.curve(modality):
            inside = [(t, v) for t, v in piece if abs(t - time) < 2 * _SHOWN]
            points = [place(t, v) for t, v in inside]
            if len(points) > 1:
                draw.line(points, fill=colour, width=thick, joint="curve")
    draw.line((width / 2, high, width / 2, low), fill=_PALE)
    x = 2.0 * thick
    moment = line.at(time)
    for modality, colour in _LINES.items():
        said = moment.alone.get(modality) if moment else None
        text = f"{HEARD[modality]}: " + (
            "-" if said is None else f"{best(said)} {100 * max(said.values()):.0f} %"
        )
        draw.text((x, top + 0.25 * size), text, font=font, fill=colour)
        x += draw.textlength(text + "    ", font=font)
