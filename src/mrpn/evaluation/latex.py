"""A table written as LaTeX, for `\\usepackage{booktabs}`."""

import re

from mrpn.evaluation.views import Cell, View, blocks

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "−": "$-$",
    "–": "--",
}
MARKS = dict(zip("ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐ", "abcdefghijklm", strict=True))
_MARKED = re.compile(f"[{''.join(MARKS)}]+")


def to_latex(view: View, caption: str, label: str) -> str:
    """Return a table as a LaTeX float with booktabs rules, its notes below it.

    A row whose first cell is empty goes on with the row above; rules part the others where there
    are such rows. A table too wide for a page comes in blocks, one below the other.

    Args:
        view: the table.
        caption: printed above it.
        label: to refer to it by, as "tab:label".
    """
    lines = [
        r"\begin{table}",
        r"\centering\footnotesize",
        rf"\caption{{{escaped(caption)}}}",
        rf"\label{{tab:{label}}}",
    ]
    for place, block in enumerate(blocks(view)):
        lines += [r"\par\medskip"] if place else []
        lines += _tabular(block)
    lines += [rf"\par\smallskip {escaped(note)}" for note in view.note.splitlines() if note]
    return "\n".join([*lines, r"\end{table}"]) + "\n"


def _tabular(view: View) -> list[str]:
    columns = "l" * view.labels + "r" * (len(view.columns) - view.labels)
    grouped = any(not row[0].text for row in view.rows)
    lines = [
        rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
        r"\toprule",
        " & ".join(escaped(name) for name in view.columns) + r" \\",
        r"\midrule",
    ]
    for place, row in enumerate(view.rows):
        if grouped and place and row[0].text:
            lines.append(r"\addlinespace")
        lines.append(" & ".join(_cell(cell) for cell in row) + r" \\")
    return [*lines, r"\bottomrule", r"\end{tabular}"]


def escaped(text: str) -> str:
    """Return text on one line with whatever LaTeX would read as a command escaped."""
    line = "".join(_SPECIAL.get(letter, letter) for letter in " ".join(text.split()))
    return _MARKED.sub(
        lambda found: rf"\textsuperscript{{{','.join(MARKS[m] for m in found[0])}}}", line
    )


def _cell(cell: Cell) -> str:
    return rf"\textbf{{{escaped(cell.text)}}}" if cell.strong else escaped(cell.text)
