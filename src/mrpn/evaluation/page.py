"""A report written as one HTML page that needs nothing else: no network, no scripts."""

import base64
import re

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from mrpn.evaluation.render import to_svg
from mrpn.evaluation.style import VARIABLES
from mrpn.evaluation.views import Given, Picture, Report, blocks

_OPENING = re.compile(r"<svg\b[^>]*>")
_VIEW_BOX = re.compile(r'viewBox="(0 0 ([\d.]+) [\d.]+)"')
_UNWANTED = re.compile(r"<metadata>.*?</metadata>|<style\b.*?</style>", re.DOTALL)
_OWN_NAME = re.compile(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)')
PIXELS_PER_POINT = 4 / 3


def to_html(report: Report) -> str:
    """Return a report as a self-contained HTML page; every name and word in it is escaped."""
    environment = Environment(
        loader=PackageLoader("mrpn.evaluation", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["figures"] = embedded
    environment.globals["data_uri"] = data_uri
    environment.globals["blocks"] = blocks
    return environment.get_template("report.html").render(report=report)


def embedded(picture: Picture) -> list[Markup]:
    """Return a picture's panels, or the whole where it has none, as inline SVG."""
    drawn = picture.panels or (picture.whole,)
    return [
        _inline(figure, f"{picture.stem}{index}-", picture.caption)
        for index, figure in enumerate(drawn)
    ]


def data_uri(given: Given) -> str:
    """Return a picture from outside as a data URI; as an image, it can run nothing."""
    if isinstance(given.content, bytes):
        kind, content = "image/png", given.content
    else:
        kind, content = "image/svg+xml", given.content.encode()
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _inline(figure: Figure, prefix: str, label: str) -> Markup:
    svg = to_svg(figure)
    view_box = _VIEW_BOX.search(svg)
    opening = _OPENING.search(svg)
    if view_box is None or opening is None:
        raise ValueError("matplotlib wrote an SVG without a viewBox")
    body = _UNWANTED.sub("", svg[opening.end() :])
    body = _OWN_NAME.sub(prefix, body)
    for colour, variable in VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    width = float(view_box[2]) * PIXELS_PER_POINT
    tag = (
        f'<svg role="img" aria-label="{escape(label)}" viewBox="{view_box[1]}" '
        f'style="--width:{width:.0f}px">'
    )
    return Markup(tag + body)
