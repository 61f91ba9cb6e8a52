"""A report written as Markdown, its pictures as files beside it."""

import re
from collections.abc import Mapping

from mrpn.evaluation.views import Cell, Report, Section, View

_SPECIAL = re.compile(r"([\\`*_\[\]|~])")


def to_markdown(report: Report, pictures: Mapping[str, str]) -> str:
    """Return a report as GitHub Markdown.

    Args:
        report: the composed report.
        pictures: relative path of each picture's file, by stem.
    """
    blocks = [f"# {plain(report.title)}", plain(report.question), plain(report.headline)]
    blocks += [f"> **{plain(warning)}**" for warning in report.warnings]
    blocks.append(_picture(report.hero.stem, report.hero.caption, pictures))
    numbers = (
        f"- **{plain(n.value)}** {plain(n.name)} ({plain(n.detail)})" for n in report.numbers
    )
    blocks.append("\n".join(numbers))
    if not report.facts_last:
        blocks += _facts(report)
    for section in report.sections:
        blocks += _section(section, pictures)
    for index, given in enumerate(report.given, start=1):
        stem = f"given-{index}"
        blocks += [f"## {plain(given.title)}", _picture(stem, given.caption, pictures)]
    if report.facts_last:
        blocks += _facts(report)
    return "\n\n".join(block for block in blocks if block) + "\n"


def table(view: View) -> str:
    """Return a table as GitHub Markdown, numbers to the right."""
    rules = ["---" if place < view.labels else "---:" for place in range(len(view.columns))]
    lines = [[plain(name) for name in view.columns], rules]
    lines += [[_cell(cell) for cell in row] for row in view.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(text: str) -> str:
    """Return text on one line with whatever Markdown or HTML would read as markup escaped."""
    line = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", line)


def _facts(report: Report) -> list[str]:
    if not report.facts:
        return []
    rows = tuple((Cell(name), Cell(value)) for name, value in report.facts)
    return ["## Where this comes from", table(View(("What", "Value"), rows, labels=2))]


def _section(section: Section, pictures: Mapping[str, str]) -> list[str]:
    blocks = [f"## {plain(section.title)}"]
    blocks += [plain(part) for part in section.words.split("\n\n")]
    if section.code:
        blocks.append("\n".join(f"    {line}" for line in section.code.splitlines()))
    if section.view is not None:
        notes = (plain(line) for line in section.view.note.splitlines())
        blocks += [table(section.view), *notes]
    blocks += [_picture(each.stem, each.caption, pictures) for each in section.pictures]
    return blocks


def _picture(stem: str, caption: str, pictures: Mapping[str, str]) -> str:
    return f"![{plain(caption)}]({pictures[stem]})\n\n{plain(caption)}".rstrip()


def _cell(cell: Cell) -> str:
    text = "<br>".join(plain(line) for line in cell.text.splitlines()) or "–"
    return f"**{text}**" if cell.strong else text
