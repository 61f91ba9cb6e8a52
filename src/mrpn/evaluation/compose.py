"""Composing a report from its inputs: the headline, the large numbers, and all sections."""

import pandas as pd

from mrpn.evaluation import sections
from mrpn.evaluation.diary import check_diary
from mrpn.evaluation.figures import accuracy_figure
from mrpn.evaluation.history import check_history, training_seconds
from mrpn.evaluation.learning import diary_section, learning_section
from mrpn.evaluation.material import ReportInputs, check_problems
from mrpn.evaluation.metrics import majority_share
from mrpn.evaluation.predictions import check_predictions, classes_of
from mrpn.evaluation.statistics import comparable, compare, outcome_table
from mrpn.evaluation.strategies import JOINT, is_unimodal, name_of
from mrpn.evaluation.study.answer import settled, settled_number
from mrpn.evaluation.study.doubt import differences_section
from mrpn.evaluation.study.findings import calibration_section
from mrpn.evaluation.study.inputs import StudyRow
from mrpn.evaluation.study.study import default_pairs, row_colours
from mrpn.evaluation.summary import bound_table, score_table
from mrpn.evaluation.views import (
    Given,
    Number,
    Picture,
    Report,
    Section,
    count_of,
    facts_of,
    listing,
    percent,
    points,
)

READING = """\
Accuracy is the share of clips whose class is named right. UAR, the unweighted average recall, is \
the mean of the classes' own shares, so that a frequent class counts no more than a rare one. \
Macro F1 is the mean over classes of the balance between finding a class and not naming it \
wrongly. Log loss also asks how sure the strategy was: lower is better.

The 95 % intervals are over actors where there are ten or more (Student's t, on the logit scale, \
every actor counting alike): how far could the number be off for new actors? With fewer they are \
Wilson's over clips: how far could it move with other clips of these same actors? Clips of one \
actor resemble each other, so for new actors the true uncertainty is then larger. From three \
folds on there is an interval over folds too, which counts in that the actors of a fold share a \
trained network; the wider one is shown.

Whether two strategies differ is not read off their own intervals, as they were tested on the same \
clips: the paired differences say it. As a rule of thumb, one fold of 120 clips at 90 % has an \
interval over clips of about 5 points to either side.

Chance is the accuracy of always naming the most frequent class. The product of posteriors \
multiplies what the voice network and the face network say, with nothing trained: a fusion that \
does not beat it has shown no gain from learning the two together. A fold is a group of actors \
held out together."""


def compose(inputs: ReportInputs) -> Report:
    """Compute everything that a report says; raises TableError where a table is not right."""
    predictions = check_predictions(inputs.predictions)
    history = None if inputs.history is None else check_history(inputs.history)
    scores = score_table(predictions)
    known = {name: v for name, v in (inputs.bounds or {}).items() if v is not None}
    bounds = bound_table(scores, known)
    chance = majority_share(list(predictions["label"]))
    rows = [StudyRow(name, name) for name in scores["strategy"]]
    names, colours = [row.row for row in rows], row_colours(rows)
    outcomes = outcome_table(predictions)
    differences = compare(outcomes, comparable(outcomes, default_pairs(rows)))
    parts = [
        sections.strategies_section(
            predictions,
            scores,
            dict(inputs.parameters),
            {} if history is None else training_seconds(history),
        ),
        *([] if bounds.empty else [sections.bounds_section(bounds)]),
        *([] if len(rows) < 2 else [differences_section(differences, colours, planned=False)]),
        sections.folds_section(predictions),
        sections.inferior_section(predictions),
        sections.confusion_section(predictions, classes_of(predictions)),
        sections.recall_section(predictions),
        calibration_section(predictions, names, colours),
        sections.actors_section(predictions),
        *([] if history is None else [learning_section(history)]),
        *([] if inputs.diary is None else [_noted(inputs.diary)]),
    ]
    if inputs.problems is not None and not inputs.problems.empty:
        parts.append(sections.problems_section(check_problems(inputs.problems), predictions))
    parts.append(Section("reading", "How to read this", READING))
    return Report(
        title=inputs.title,
        headline=headline(scores, differences),
        warnings=tuple(inputs.warnings),
        numbers=_numbers(scores, bounds, differences, chance),
        hero=_hero(scores, bounds, chance),
        facts=facts_of(inputs.facts),
        sections=tuple(parts),
        given=tuple(Given(*picture) for picture in inputs.pictures),
    )


def _noted(diary: pd.DataFrame) -> Section:
    return diary_section(check_diary(diary), against=JOINT)


def headline(scores: pd.DataFrame, differences: pd.DataFrame) -> str:
    """Return what the scores say, in two or three sentences that claim no more than they hold.

    Args:
        scores: as from `score_table`.
        differences: paired, as from `compare`.
    """
    best = scores.iloc[int(scores["accuracy"].argmax())]
    interval = f"95 % interval {percent(best['low'])} to {percent(best['high'])}, {best['over']}"
    result = f"{percent(best['accuracy'])} % of {count_of(int(best['clips']), 'clip')} ({interval})"
    tied = scores[(scores["accuracy"] == best["accuracy"])]
    others = scores[scores["strategy"] != best["strategy"]]
    if others.empty:
        said = [f"{name_of(best['strategy'])} is right on {result}."]
    elif len(tied) > 1:
        said = [f"{_names(tied['strategy'])} are equally good: right on {result}."]
    else:
        said = [f"{name_of(best['strategy'])} is right most often: on {result}."]
    if not differences.empty:
        said.append(settled(differences))
    if best["folds"] == 1:
        said.append(
            f"This is one fold with {count_of(int(best['actors']), 'actor')}: "
            "it says little about new people."
        )
    return " ".join(said)


def _numbers(
    scores: pd.DataFrame, bounds: pd.DataFrame, differences: pd.DataFrame, chance: float
) -> tuple[Number, ...]:
    best = scores.iloc[int(scores["accuracy"].argmax())]
    name = name_of(best["strategy"])
    doubt = f"95 %: {percent(best['low'])} to {percent(best['high'])}, {best['over']}"
    detail = f"{name}; {doubt}; chance is {percent(chance)} %"
    result = [
        Number(f"{percent(best['accuracy'])} %", "best accuracy", detail),
        Number(f"{percent(best['uar'])} %", "its mean class recall", "UAR, every class alike"),
    ]
    alone = scores[scores["strategy"].map(is_unimodal)]
    if not is_unimodal(best["strategy"]) and not alone.empty:
        single = alone.iloc[int(alone["accuracy"].argmax())]
        gain = best["accuracy"] - single["accuracy"]
        detail = f"against {name_of(single['strategy'])}, {percent(single['accuracy'])} %"
        result.append(Number(points(gain), "points over one modality", detail))
    bound = bounds[bounds["strategy"] == best["strategy"]]
    if not bound.empty:
        value = bound["bound"].iloc[0]
        detail = f"what a perfect observer reaches: {percent(value)} %"
        result.append(Number(points(-bound["distance"].iloc[0]), "points to the bound", detail))
    if not differences.empty:
        result.append(settled_number(differences))
    tested = (
        count_of(int(best["actors"]), "actor"),
        count_of(int(best["folds"]), "fold"),
        count_of(int(best["seeds"]), "seed"),
    )
    result.append(Number(f"{int(best['clips']):,}", "test clips", listing(tested)))
    return tuple(result)


def _hero(scores: pd.DataFrame, bounds: pd.DataFrame, chance: float) -> Picture:
    caption = (
        f"Accuracy; the thin line is the 95 % interval ({sections.kinds_of(scores)}), the notch is "
        "chance."
    )
    if not bounds.empty:
        caption += " The upright mark is the Bayes bound of what the strategy is given."
    return Picture("accuracy", caption, accuracy_figure(scores, chance=chance, bounds=bounds))


def _names(strategies: pd.Series) -> str:
    return listing([name_of(name) for name in strategies])
