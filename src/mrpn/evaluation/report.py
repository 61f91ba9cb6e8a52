"""Writing a report: one HTML page, one Markdown file, and the pictures beside them."""

from dataclasses import dataclass
from pathlib import Path

from mrpn.common.files import atomic_path, write_text
from mrpn.evaluation.compose import compose
from mrpn.evaluation.markdown import to_markdown
from mrpn.evaluation.material import ReportInputs
from mrpn.evaluation.page import to_html
from mrpn.evaluation.render import save_figure
from mrpn.evaluation.views import Report

PICTURES = "pictures"


@dataclass(frozen=True)
class ReportPaths:
    """Where a report was written."""

    html: Path
    markdown: Path
    pictures: tuple[Path, ...]


def write_report(folder: Path, inputs: ReportInputs) -> ReportPaths:
    """Write `report.html` (self-contained), `report.md` and `pictures/` into a folder.

    All is computed from the tables in `inputs`, so a report can be written anew at any time.

    Raises:
        TableError: one line on the first table that is not what it should be; nothing is written.
    """
    report = compose(inputs)
    page = to_html(report)
    pictures = _write_pictures(report, folder / PICTURES)
    relative = {stem: f"{PICTURES}/{path.name}" for stem, path in pictures.items()}
    write_text(folder / "report.md", to_markdown(report, relative))
    write_text(folder / "report.html", page)
    return ReportPaths(folder / "report.html", folder / "report.md", tuple(pictures.values()))


def _write_pictures(report: Report, folder: Path) -> dict[str, Path]:
    drawn = [report.hero, *(each for part in report.sections for each in part.pictures)]
    paths = {picture.stem: folder / f"{picture.stem}.png" for picture in drawn}
    for picture in drawn:
        save_figure(picture.whole, paths[picture.stem])
    for index, given in enumerate(report.given, start=1):
        stem = f"given-{index}"
        if isinstance(given.content, bytes):
            paths[stem] = folder / f"{stem}.png"
            with atomic_path(paths[stem]) as partial:
                partial.write_bytes(given.content)
        else:
            paths[stem] = folder / f"{stem}.svg"
            write_text(paths[stem], given.content)
    return paths
