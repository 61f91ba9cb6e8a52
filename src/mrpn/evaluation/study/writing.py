"""Writing a study's report: one page, Markdown, and every table and figure as files."""

from collections.abc import Iterable
from pathlib import Path

from mrpn.common.files import write_text
from mrpn.evaluation.latex import to_latex
from mrpn.evaluation.markdown import table as markdown_table
from mrpn.evaluation.markdown import to_markdown
from mrpn.evaluation.page import to_html
from mrpn.evaluation.render import save_figure
from mrpn.evaluation.study.compose import compose_study
from mrpn.evaluation.study.inputs import StudyInputs
from mrpn.evaluation.tables import write_table
from mrpn.evaluation.views import Picture, Report, View

FIGURES, TABLES = "figures", "tables"
WRITTEN = (".png", ".svg", ".csv", ".md", ".tex")


def write_study_report(inputs: StudyInputs, folder: Path) -> Path:
    """Write a study's report into a folder and return its page.

    `report.html` is complete in itself; `report.md` refers to `figures/`. `tables/<name>` are
    Markdown, LaTeX (booktabs) and CSV, `figures/<name>` PNG, SVG and CSV; those that an earlier
    report left there, and this one has not, are removed.

    Raises:
        TableError: one line on what in the study is not what it should be; nothing is written.
    """
    report = compose_study(inputs)
    page = to_html(report)
    pictures = [report.hero, *(each for part in report.sections for each in part.pictures)]
    write_pictures(pictures, folder / FIGURES)
    for title, view in _views(report):
        _write_view(view, f"{inputs.title}: {title}", folder / TABLES, f"{inputs.name}-{view.stem}")
    stems = {picture.stem for picture in pictures}
    _remove_others(folder / FIGURES, stems)
    _remove_others(folder / TABLES, {view.stem for _, view in _views(report)})
    relative = {picture.stem: f"{FIGURES}/{picture.stem}.png" for picture in pictures}
    write_text(folder / "report.md", to_markdown(report, relative))
    write_text(folder / "report.html", page)
    return folder / "report.html"


def _remove_others(folder: Path, stems: set[str]) -> None:
    """Remove figures or tables of an earlier report that this one does not have."""
    for path in folder.glob("*"):
        if path.suffix in WRITTEN and path.stem not in stems:
            path.unlink()


def write_pictures(pictures: Iterable[Picture], folder: Path) -> None:
    """Write each picture as `<stem>.png` and `.svg`, and its data as `.csv` where it has any."""
    for picture in pictures:
        for suffix in (".png", ".svg"):
            save_figure(picture.whole, folder / f"{picture.stem}{suffix}")
        if picture.data is not None:
            write_table(picture.data, folder / f"{picture.stem}.csv")


def _views(report: Report) -> list[tuple[str, View]]:
    found = [(part.title, part.view) for part in report.sections if part.view is not None]
    return [(title, view) for title, view in found if view.stem]


def _write_view(view: View, caption: str, folder: Path, label: str) -> None:
    notes = "\n\n".join(view.note.splitlines())
    write_text(folder / f"{view.stem}.md", f"{markdown_table(view)}\n\n{notes}".rstrip() + "\n")
    write_text(folder / f"{view.stem}.tex", to_latex(view, caption, label))
    if view.data is not None:
        write_table(view.data, folder / f"{view.stem}.csv")
