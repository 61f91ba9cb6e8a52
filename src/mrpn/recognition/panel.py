"""The panel below a film: how likely the present answer is to face, voice and both, over time."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mrpn.media.drawing import COLOURS
from mrpn.recognition.cells import cells
from mrpn.recognition.result import HEARD, Moment

BOTH = "both"
# Seconds that the curves show, the present in their middle; a shorter film is shown whole.
_SHOWN = 12.0
# Unlike the colours of the first faces' boxes; in the order of the legend.
_LINES = {"video": (240, 110, 180), "audio": (240, 228, 66), BOTH: (235, 238, 242)}
_BACK, _RULE, _QUIET = (16, 20, 26), (62, 70, 80), (160, 170, 182)


def row_title(moment: Moment | None, face: int, *, past: bool = False) -> str:
    """Return what the curves of a face show; `past` if the moment is not the present one."""
    if moment is None:
        return f"face {face}: never judged"
    heard = "voice alone" if moment.speech > 0 else "sound alone"
    who = heard if moment.face is None else f"face {face}"
    return f"{who}: P({moment.label}){', not now' if past else ''}"


class Line:
    """The moments of one face, and the time that each stands for.

    Args:
        moments: in order of time.
        until: end of the whole timeline, in seconds; an answer that lasts until then is held.
    """

    def __init__(self, moments: Sequence[Moment], until: float) -> None:
        self.moments = moments
        places = cells(moments)
        self.starts = [start for start, _ in places]
        self.ends = [np.inf if end >= until - 1e-6 else end for _, end in places]

    def at(self, time: float) -> Moment | None:
        """Return the moment that a time, in seconds, belongs to."""
        number = bisect_right(self.starts, time) - 1
        return self.moments[number] if number >= 0 and time < self.ends[number] else None

    def latest(self, time: float) -> Moment | None:
        """Return the moment that began last, or the first one: whose class the curves show."""
        number = max(0, bisect_right(self.starts, time) - 1)
        return self.moments[number] if self.moments else None

    def curve(
        self, name: str, label: str, first: float, last: float
    ) -> list[list[tuple[float, float]]]:
        """Return (time, probability) of a class in unbroken pieces, between two times.

        Args:
            name: of a modality, or "both".
            label: the class.
            first, last: in seconds.
        """
        pieces: list[list[tuple[float, float]]] = [[]]
        for number in range(max(0, bisect_right(self.starts, first) - 1), len(self.moments)):
            start, end = max(first, self.starts[number]), min(last, self.ends[number])
            if start >= last:
                break
            value = _value(self.moments[number], name, label)
            if value is None or (pieces[-1] and pieces[-1][-1][0] < start):
                pieces.append([])
            if value is not None and end > start:
                pieces[-1] += [(start, value), (end, value)]
        return [piece for piece in pieces if piece]


def _value(moment: Moment, name: str, label: str) -> float | None:
    said = moment.probabilities if name == BOTH else moment.alone.get(name)
    return None if said is None else said[label]


def percent(moment: Moment | None, name: str) -> str:
    """Return how likely a moment's class is to a modality, or to "both", in words."""
    value = None if moment is None else _value(moment, name, moment.label)
    return "-" if value is None else f"{100 * value:.0f} %"


class Panel:
    """The curves: a legend, a row for each face, and the time below them.

    Args:
        picture: sides of the picture above it.
        rows: by face.
        duration: of the film, in seconds.
    """

    def __init__(self, picture: tuple[int, int], rows: dict[int, Line], duration: float) -> None:
        self.picture = picture
        self._rows, self._duration = rows, max(duration, 0.1)
        self._span = min(_SHOWN, self._duration)
        self._size = size = max(13, round(float(np.sqrt(picture[0] * picture[1])) / 40))
        self._font = ImageFont.load_default(size)
        self._title, self._plot = 1.9 * size, (5.0 if len(rows) == 1 else 3.4) * size
        self._left, self._right = 3.8 * size, picture[0] - 1.2 * size
        heard = {name for line in rows.values() for each in line.moments for name in each.alone}
        self._names = [n for n in _LINES if n in heard or (n == BOTH and len(heard) > 1)]
        row = self._title + self._plot + 0.6 * size
        self._tops = [1.8 * size + row * n for n in range(len(rows))]
        self.height = 2 * round((self._tops[-1] + row + 1.4 * size) / 2)
        self._drawn: tuple[object, Image.Image] | None = None

    def draw(self, canvas: Image.Image, time: float) -> None:
        """Draw the panel onto the lower end of a picture."""
        first = min(max(0.0, time - self._span / 2), self._duration - self._span)
        now = (first, [(line.at(time), line.latest(time)) for line in self._rows.values()])
        if self._drawn is None or self._drawn[0] != now:
            self._drawn = now, self._curves(*now)
        top = canvas.height - self.height
        canvas.paste(self._drawn[1], (0, top))
        draw = ImageDraw.Draw(canvas)
        x = self._x(min(time, self._duration), first)
        for row in self._tops:
            high = top + row + self._title
            draw.line((x, high, x, high + self._plot), fill=_QUIET, width=self._thick())

    def _curves(
        self, first: float, moments: Sequence[tuple[Moment | None, Moment | None]]
    ) -> Image.Image:
        image = Image.new("RGB", (self.picture[0], self.height), _BACK)
        draw = ImageDraw.Draw(image)
        self._legend(draw)
        rows = zip(self._tops, self._rows.items(), moments, strict=True)
        for top, (face, line), (moment, latest) in rows:
            colour = COLOURS[(face - 1) % len(COLOURS)]
            self._text(
                draw, self._size / 2, top, row_title(latest, face, past=moment is None), colour
            )
            self._values(draw, top, moment)
            self._row(draw, top + self._title, line, latest.label if latest else "", first)
        low = self._tops[-1] + self._title + self._plot
        for second in range(int(np.ceil(first)), int(first + self._span) + 1):
            text = f"{second // 60}:{second % 60:02}"
            x, half = self._x(second, first), draw.textlength(text, font=self._font) / 2
            if (second % 2 == 0 or self._span < _SHOWN / 2) and x + half < self.picture[0]:
                self._text(draw, x - half, low + 0.6 * self._size, text, _QUIET)
        return image

    def _legend(self, draw: ImageDraw.ImageDraw) -> None:
        x, y = self._size / 2, 0.2 * self._size
        for name in self._names:
            middle = y + 0.62 * self._size
            draw.line(
                (x, middle, x + 1.6 * self._size, middle), _LINES[name], width=self._thick(name)
            )
            x += 2.1 * self._size
            text = HEARD.get(name, name)
            self._text(draw, x, y, text, _LINES[name])
            x += draw.textlength(text, font=self._font) + 1.4 * self._size

    def _values(self, draw: ImageDraw.ImageDraw, top: float, moment: Moment | None) -> None:
        """Write what each line is at present, at the right end, in the order of the legend."""
        x = self._right
        for name in reversed(self._names):
            text = percent(moment, name)
            self._text(draw, x - draw.textlength(text, font=self._font), top, text, _LINES[name])
            x -= 3.9 * self._size

    def _row(
        self, draw: ImageDraw.ImageDraw, top: float, line: Line, label: str, first: float
    ) -> None:
        low = top + self._plot
        for value in (0.0, 0.5, 1.0):
            y = low - value * self._plot
            draw.line((self._left, y, self._right, y), fill=_RULE)
            text = f"{100 * value:.0f} %"
            x = self._left - 0.4 * self._size - draw.textlength(text, font=self._font)
            if value != 0.5:
                self._text(draw, x, y - 0.62 * self._size, text, _QUIET)
        for name in reversed(self._names):
            for piece in line.curve(name, label, first, first + self._span):
                points = [(self._x(t, first), low - v * self._plot) for t, v in piece]
                draw.line(points, fill=_LINES[name], width=self._thick(name), joint="curve")

    def _x(self, time: float, first: float) -> float:
        return self._left + (self._right - self._left) * (time - first) / self._span

    def _thick(self, name: str = "") -> int:
        thin = max(1, round(self._size / 9))
        return {"": thin, BOTH: 3 * thin + 1}.get(name, thin + 1)

    def _text(
        self, draw: ImageDraw.ImageDraw, x: float, y: float, text: str, colour: tuple[int, int, int]
    ) -> None:
        draw.text((x, y), text, font=self._font, fill=colour)
