"""The section on protocols: what was selected on which actors, and what that adds."""

from collections.abc import Sequence

from mrpn.evaluation.statistics import optimism_table
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study.figures import differences_figure
from mrpn.evaluation.study.selection import Selection
from mrpn.evaluation.study.study import STRICT, Study
from mrpn.evaluation.views import Cell, Picture, Section, View, count_of, interval, percent, points

PAPER = "paper"
ACTORS = {
    PAPER: "paper: validated on the reported fold's own actors, as the paper does; comparable with "
    "its tables.",
    STRICT: "strict: validated on the next fold's actors, who are taken out of training; the "
    "reported fold is scored once, at the end.",
}


def protocol_section(study: Study) -> Section:
    """Which protocols were run, what was selected by them, and by how much the paper's is ahead."""
    selections = study.inputs.selections
    words = "\n\n".join(_said(name, selections) for name in study.protocols)
    selected = _selected(selections)
    found = optimism_table(study.everything)
    if found.empty:
        if selected:
            words += (
                "\n\nOnly one protocol was run: how much selecting on the reported fold adds is "
                "not to be seen here."
            )
        return Section("protocol", "Protocol", words)
    rows = tuple(
        (
            Cell(brief_of(line["row"])),
            Cell(percent(line["paper"])),
            Cell(percent(line["strict"])),
            Cell(points(line["value"])),
            Cell(interval(line["low"], line["high"], points)),
            Cell(interval(line["fold_low"], line["fold_high"], points)),
        )
        for line in found.to_dict("records")
    )
    picture = Picture(
        "optimism",
        "Accuracy under protocol paper minus that under strict, in points.",
        differences_figure(
            found,
            [brief_of(name) for name in found["row"]],
            [study.colours[name] for name in found["row"]],
        ),
        data=found,
    )
    words += (
        "\n\nThe difference is paired by clip, actor and seed over "
        f"{count_of(int(found['folds'].max()), 'fold')}. "
    )
    words += (
        "It is the optimism of selecting on the reported fold, and also holds what little strict "
        "loses by training on one fold's actors less."
        if selected
        else "Nothing was selected on the reported fold, so that it is no optimism: it is what "
        "strict loses by training on one fold's actors less, and chance."
    )
    title = "Protocol, and its optimism" if selected else "The two protocols"
    head = ("Network", "paper %", "strict %", "Difference, points", "95 %, t over actors")
    view = View((*head, "95 %, t over folds"), rows, stem="optimism", data=found)
    return Section("protocol", title, words, (picture,), view)


def _said(protocol: str, selections: Sequence[Selection]) -> str:
    """Say whose clips validated, and what they decided, as the runs have it."""
    chosen = dict.fromkeys(each.how for each in selections if each.protocol == protocol)
    scored = f"Scored: {'; '.join(chosen)}." if chosen else "What was selected is not recorded."
    return f"{ACTORS[protocol]} {scored}"


def _selected(selections: Sequence[Selection]) -> bool:
    """Whether anything was selected on the reported fold, or may have been."""
    paper = [each.optimistic for each in selections if each.protocol == PAPER]
    return any(paper) or not paper
