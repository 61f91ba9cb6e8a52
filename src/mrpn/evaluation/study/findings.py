"""Sections on what was found: inferior cases and calibration."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mrpn.evaluation.calibration import expected_calibration_error, reliability
from mrpn.evaluation.figures import dots_figure
from mrpn.evaluation.panels import FEWEST, calibration_figure
from mrpn.evaluation.predictions import classes_of, probability_columns
from mrpn.evaluation.statistics import inferior_counts, margins
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study.beside import Beside
from mrpn.evaluation.study.study import Study
from mrpn.evaluation.summary import group_table
from mrpn.evaluation.views import Cell, Picture, Section, View, interval, listing, percent, points

INFERIOR = "Where one modality alone was better"


def inferior_section(study: Study, found: Beside) -> Section:
    """How often a multi-modal row is beaten by one modality alone, with its own interval."""
    rivals = study.rivals()
    counts = inferior_counts(study.outcomes, rivals)
    if counts.empty:
        words = "Not to be said here: it takes a uni-modal and a multi-modal row to compare."
        return Section("inferior", INFERIOR, words)
    published = published_cases(found, rivals)
    rows = tuple(
        (
            Cell(brief_of(line["row"])),
            Cell(listing([brief_of(name) for name in rivals[line["row"]]])),
            Cell(f"{line['cases']} of {line['compared']}", strong=line["cases"] > 0),
            Cell(interval(line["low"], line["high"])),
            Cell(f"{points(line['least'])} in {line['where']}"),
            Cell(published.get(line["row"], "–")),
        )
        for line in counts.to_dict("records")
    )
    words = (
        "An inferior multi-modal case is a fold in which a uni-modal network beats the multi-modal "
        "one (paper, section 5.4), on the clips that both were tested on. Counted over folds and "
        "seeds; the interval is Wilson's over folds. Which modality is better is read off the same "
        "clips, so that chance alone makes some cases where the two are close."
    )
    cases = pd.concat([margins(study.outcomes, name, alone) for name, alone in rivals.items()])
    head = (
        "Network",
        "Against",
        "Beaten",
        "95 %, % of folds",
        "Smallest margin, points",
        "Published",
    )
    view = View(
        head, rows, labels=2, stem="inferior", data=cases.rename(columns={"strategy": "row"})
    )
    pictures: tuple[Picture, ...] = ()
    wide = group_table(study.predictions, "fold")[study.labels]
    if len(wide) > 2:
        caption = f"Accuracy by fold, all seeds together, protocol {study.main}."
        data = wide.rename_axis("fold").reset_index()
        pictures = (
            Picture("accuracy-by-fold", caption, dots_figure(wide, study.colours), data=data),
        )
    return Section("inferior", INFERIOR, words, pictures, view, beside=True)


def published_cases(found: Beside, rivals: dict[str, list[str]]) -> dict[str, str]:
    """Return "1 of 12" by row: how often the published multi-modal rows are beaten."""
    theirs = {row.row: row.theirs for row in found.rows if len(row.theirs) > 1}
    scores = pd.DataFrame(theirs)
    scores.index = pd.MultiIndex.from_product([list(scores.index), [0]], names=["fold", "seed"])
    result = {}
    for fused, alone in rivals.items():
        known = [name for name in alone if name in theirs]
        if fused in theirs and known:
            cases = margins(scores, fused, known)
            result[fused] = f"{int((cases['difference'] < 0).sum())} of {len(cases)}"
    return result


def calibration_section(
    predictions: pd.DataFrame, names: Sequence[str], colours: Mapping[str, str]
) -> Section:
    """Reliability diagrams and expected calibration errors, a panel for each network.

    Args:
        predictions: as from `check_predictions`.
        names: of the networks, as in its column `strategy`, in the order shown.
        colours: by name.
    """
    classes = classes_of(predictions)
    tables, lines = {}, []
    for name in names:
        part = predictions[predictions["strategy"] == name]
        values = part[probability_columns(classes)].to_numpy()
        truth = list(part["label"])
        tables[name] = reliability(truth, values, classes)
        sure, right = values.max(axis=1).mean(), (part["label"] == part["prediction"]).mean()
        error = expected_calibration_error(truth, values, classes)
        lines.append({"row": name, "error": error, "sure": sure, "right": right})
    data = pd.concat([table.assign(row=name) for name, table in tables.items()])
    picture = Picture(
        "reliability",
        "How often right over how sure; the dashed line is perfect, a dot's area its share of "
        f"clips, bins of fewer than {FEWEST} left out. Below the line: too sure.",
        calibration_figure(tables, colours),
        tuple(calibration_figure({name: tables[name]}, colours) for name in tables),
        data,
    )
    rows = tuple(
        (
            Cell(brief_of(str(line["row"]))),
            Cell(percent(line["error"])),
            Cell(percent(line["sure"])),
            Cell(percent(line["right"])),
        )
        for line in lines
    )
    head = ("Network", "Expected calibration error, points", "Mean certainty %", "Accuracy %")
    view = View(head, rows, stem="calibration", data=pd.DataFrame(lines))
    words = (
        "Whether what is held for 80 % certain is right in 80 % of cases: 15 bins of equal width "
        "of the probability of the class chosen, all folds and seeds together."
    )
    return Section("calibration", "Calibration", words, (picture,), view)
