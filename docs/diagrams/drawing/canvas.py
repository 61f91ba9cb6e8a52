"""Writing SVG: boxes, arrows and text, the same bytes each time."""

import re
from collections.abc import Iterator
from collections.abc import Sequence as Points
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]

PAPER, INK, QUIET = "#fbfaf7", "#222222", "#5c5c5c"
SANS = "Helvetica, Arial, sans-serif"
SERIF = "Georgia, 'Times New Roman', serif"
_CORNER = 7.0
_LINE = 15.0


class Canvas:
    """A picture with a light ground of its own, to be read on light and dark pages alike.

    Args:
        width: in pixels, as it is shown on a page.
        height: in pixels.
        title: what it is, in a few words.
        description: what can be seen on it, for whoever cannot see it.
    """

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self.width, self.height, self.title, self.description = width, height, title, description
        self._body: list[str] = []
        self._heads: dict[str, str] = {}

    def box(
        self,
        at: Point,
        size: Point,
        lines: Points[str],
        colours: tuple[str, str],
        *,
        dashed: bool = False,
        round_: float = 8,
        small: bool = False,
        even: bool = False,
        **data: str,
    ) -> None:
        """Draw a box by its upper left corner, with text in it.

        `colours` are ground and edge; lines after the first are smaller, unless all are `even`.
        """
        (x, y), (width, height) = at, size
        ground, edge = colours
        self._body.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
            f'rx="{_n(round_)}" fill="{ground}" stroke="{edge}" stroke-width="1.5"'
            f"{_dashes(dashed)}{_data(data)}/>"
        )
        middle = y + height / 2 - (len(lines) - 1) * _LINE / 2
        for index, line in enumerate(lines):
            second = index > 0 and not even
            quiet = second or small
            self.text(
                (x + width / 2, middle + index * _LINE + (4 if quiet else 4.5)),
                line,
                size=12 if quiet else 13,
                colour=QUIET if second else INK,
            )

    def arrow(
        self,
        points: Points[Point],
        colour: str,
        *,
        dashed: bool = False,
        width: float = 1.6,
        head: bool = True,
        **data: str,
    ) -> None:
        """Draw a line through points, with round corners and a head at its end."""
        mark = f' marker-end="url(#{self._head(colour)})"' if head else ""
        self._body.append(
            f'<path d="{_path(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="{_n(width)}"{_dashes(dashed)}{mark}{_data(data)}/>'
        )

    def text(
        self,
        at: Point,
        text: str,
        *,
        size: float = 13,
        anchor: str = "middle",
        colour: str = INK,
        bold: bool = False,
        math: bool = False,
    ) -> None:
        """Write a line at its baseline; braces in it are subscripts."""
        extra = f' font-family="{SERIF}" font-style="italic"' if math else ""
        extra += ' font-weight="bold"' if bold else ""
        self._body.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1])}" font-size="{_n(size)}" text-anchor="{anchor}" '
            f'fill="{colour}"{extra}>{_subscripts(text)}</text>'
        )

    @contextmanager
    def group(self, network: str) -> Iterator[None]:
        """Say of all that is drawn inside the block which network it shows."""
        self._body.append(f"<g{_data({'network': network})}>")
        yield
        self._body.append("</g>")

    def heading(self, at: Point, title: str, says: str) -> None:
        """Write a bold title and what there is to say about it, on one line."""
        self._body.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1])}" font-size="15" fill="{INK}">'
            f'<tspan font-weight="bold">{escape(title)}</tspan>'
            f'<tspan dx="12" font-size="13" fill="{QUIET}">{escape(says)}</tspan></text>'
        )

    def shape(self, path: str, fill: str = "none", edge: str = "none", width: float = 1.5) -> None:
        """Draw a path of SVG's."""
        self._body.append(
            f'<path d="{path}" fill="{fill}" stroke="{edge}" stroke-width="{_n(width)}" '
            f'stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def disc(self, at: Point, radius: float, fill: str, edge: str = "none", **data: str) -> None:
        """Draw a disc."""
        self._body.append(
            f'<circle cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" fill="{fill}" '
            f'stroke="{edge}" stroke-width="1.5"{_data(data)}/>'
        )

    def render(self) -> str:
        """Return the picture as SVG."""
        heads = "".join(
            f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
            f'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path d="M0 0 8 4 0 8z" fill="{colour}"/></marker>\n'
            for colour, name in self._heads.items()
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" '
            f'aria-labelledby="title description" font-family="{SANS}">\n'
            f'<title id="title">{escape(self.title)}</title>\n'
            f'<desc id="description">{escape(self.description)}</desc>\n'
            f"<defs>\n{heads}</defs>\n"
            f'<rect width="{self.width}" height="{self.height}" rx="14" fill="{PAPER}"/>\n'
            + "\n".join(self._body)
            + "\n</svg>\n"
        )

    def _head(self, colour: str) -> str:
        return self._heads.setdefault(colour, f"head-{colour.removeprefix('#')}")


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _dashes(dashed: bool) -> str:
    return ' stroke-dasharray="5 4"' if dashed else ""


def _data(data: dict[str, str]) -> str:
    return "".join(f" data-{name}={quoteattr(value)}" for name, value in data.items())


def _subscripts(text: str) -> str:
    def lower(found: re.Match[str]) -> str:
        back = f'<tspan dy="-3">{found[2]}</tspan>' if found[2] else ""
        return f'<tspan dy="3" font-size="75%">{found[1]}</tspan>{back}'

    return re.sub(r"\{(.*?)\}([^{]*)", lower, escape(text))


def _path(points: Points[Point]) -> str:
    steps = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, stop = _towards(corner, before), _towards(corner, after)
        steps.append(f"L{_n(start[0])} {_n(start[1])}")
        steps.append(f"Q{_n(corner[0])} {_n(corner[1])} {_n(stop[0])} {_n(stop[1])}")
    steps.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(steps)


def _towards(start: Point, stop: Point) -> Point:
    """Return the point a corner's radius away from `start`, at most half way to `stop`."""
    across, down = stop[0] - start[0], stop[1] - start[1]
    length = max(abs(across), abs(down), 1e-9)
    share = min(_CORNER, length / 2) / length
    return start[0] + across * share, start[1] + down * share
