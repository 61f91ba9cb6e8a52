"""LaTeX tables hold what they are given and let no name break them."""

from mrpn.evaluation.latex import escaped, to_latex
from mrpn.evaluation.views import Cell, View


def test_a_table_has_its_rules_columns_and_marks() -> None:
    view = View(
        ("Network", "%", "A1,2"),
        (
            (Cell("N0"), Cell("ours"), Cell("−1.5", strong=True)),
            (Cell(""), Cell("published\u00a0ᵃ"), Cell("–")),
            (Cell("N2"), Cell("ours"), Cell("3")),
        ),
        labels=2,
        note="first\nᵃ 5 % lower",
    )
    assert to_latex(view, "All & more", "beside").splitlines() == [
        r"\begin{table}",
        r"\centering\footnotesize",
        r"\caption{All \& more}",
        r"\label{tab:beside}",
        r"\begin{tabular}{@{}llr@{}}",
        r"\toprule",
        r"Network & \% & A1,2 \\",
        r"\midrule",
        r"N0 & ours & \textbf{$-$1.5} \\",
        r" & published \textsuperscript{a} & -- \\",
        r"\addlinespace",
        r"N2 & ours & 3 \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\par\smallskip first",
        r"\par\smallskip \textsuperscript{a} 5 \% lower",
        r"\end{table}",
    ]


def test_every_special_letter_is_escaped() -> None:
    assert escaped(r"a_b{c}$d#e~f^g\h") == (
        r"a\_b\{c\}\$d\#e\textasciitilde{}f\textasciicircum{}g\textbackslash{}h"
    )
    assert escaped("xᵃᵇ") == r"x\textsuperscript{a,b}"


def test_a_table_too_wide_for_a_page_comes_in_blocks_that_repeat_the_labels() -> None:
    names = ("Network", *(f"A{number}" for number in range(12)))
    view = View(names, ((Cell("N0"), *(Cell(str(number)) for number in range(12))),))
    lines = to_latex(view, "Wide", "study-folds").splitlines()
    assert lines.count(r"\toprule") == 2
    assert "N0 & 0 & 1 & 2 & 3 & 4 & 5 & 6 & 7 \\\\" in lines
    assert "N0 & 8 & 9 & 10 & 11 \\\\" in lines
    assert lines.count(r"\label{tab:study-folds}") == 1
