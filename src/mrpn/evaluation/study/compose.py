"""Composing a study's report: the answer first, then everything that it rests on."""

from math import isfinite

import pandas as pd

from mrpn.evaluation.compose import facts_of
from mrpn.evaluation.diary import check_diary
from mrpn.evaluation.metrics import majority_share
from mrpn.evaluation.predictions import classes_of
from mrpn.evaluation.sections import confusion_section, diary_section, recall_section
from mrpn.evaluation.statistics.estimates import OVER_ACTORS
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study import doubt, findings
from mrpn.evaluation.study.answer import answer, numbers
from mrpn.evaluation.study.beside import Beside, beside
from mrpn.evaluation.study.beside_view import beside_view
from mrpn.evaluation.study.figures import estimates_figure
from mrpn.evaluation.study.inputs import StudyInputs
from mrpn.evaluation.study.study import Study, prepare_study
from mrpn.evaluation.views import Picture, Report, Section, count_of, listing

READING = """\
Accuracy is the share of a person's clips whose class is named right, averaged over persons, so \
that each counts alike. Several seeds of a network are averaged clip by clip before anything else: \
they make a number steadier, but are no further people.

Student's interval over actors asks how far the mean could be off for other actors. It takes the \
actors for independent, which two actors tested with one and the same trained network are not \
quite; the interval over folds makes no such assumption and is right where the two differ. With \
fewer than ten actors, Wilson's interval over clips is shown and labelled; it speaks of other \
clips of these same people.

A difference that is not settled is not a proof that two networks are equal: its interval shows \
what remains possible."""


def compose_study(inputs: StudyInputs) -> Report:
    """Compute everything that a study's report says.

    Raises:
        TableError: one line on what in the study is not what it should be.
    """
    study = prepare_study(inputs)
    estimates = doubt.estimates_of(study)
    differences = doubt.differences_of(study)
    published = beside(study)
    inferior = findings.inferior_section(study, published)
    classes = classes_of(study.predictions)
    parts = [
        _beside_section(study, published),
        doubt.estimates_section(study, estimates),
        doubt.differences_section(study, differences),
        inferior,
        findings.protocol_section(study),
        doubt.components_section(study),
        confusion_section(study.predictions, classes, study.labels),
        recall_section(study.predictions, study.labels),
        findings.calibration_section(study),
        *_diary_sections(study),
    ]
    if inputs.pictures:
        words = "What the networks are given, and what they make of it."
        parts.append(Section("showing", "Inputs and features", words, tuple(inputs.pictures)))
    parts.append(Section("reading", "How to read this", READING))
    if inputs.commands:
        words = "From nothing to this page, with the corpus at hand; a stopped run goes on."
        code = "\n".join(inputs.commands)
        parts.append(Section("again", "How to reproduce this", words, code=code))
    return Report(
        title=inputs.title,
        headline=answer(study, estimates, differences),
        warnings=(*inputs.warnings, *_unfinished(study)),
        numbers=numbers(study, estimates, differences, published),
        hero=_hero(study, estimates, published),
        facts=facts_of(inputs.facts),
        sections=tuple(parts),
        question=inputs.question,
        facts_last=True,
    )


def _beside_section(study: Study, found: Beside) -> Section:
    view = beside_view(found, study.inputs.corpus)
    if not found.against:
        return Section("folds", "Fold by fold", "Accuracy in per cent.", view=view)
    words = (
        "Accuracy in per cent, laid out as the paper's own table. "
        + (
            "A fold of ours holds the same actors as the published one of its name."
            if found.same_actors
            else "Compare the means, not the folds: see the notes."
        )
        + " Notes name what does not fit together in the published numbers."
    )
    return Section("beside", "Beside the published numbers", words, view=view)


def _diary_sections(study: Study) -> list[Section]:
    """What the rows that kept a diary noted, under the main protocol."""
    kept = study.inputs.diary
    if kept is None or (chosen := kept[kept["protocol"] == study.main]).empty:
        return []
    return [diary_section(check_diary(chosen.assign(strategy=chosen["row"])))]


def _hero(study: Study, estimates: pd.DataFrame, found: Beside) -> Picture:
    known = {row.row: row.published for row in found.rows if isfinite(row.published)}
    over = "actors" if (estimates["over"] == OVER_ACTORS).all() else "clips"
    caption = (
        f"Accuracy, protocol {study.main}. Thick: 95 % interval over {over}; wide: over folds."
    )
    if known:
        caption += " Diamonds: published means, selected on the reported fold."
    chance = majority_share(list(study.predictions["label"]))
    figure = estimates_figure(
        estimates.assign(row=[brief_of(name) for name in estimates["row"]]),
        {brief_of(name): colour for name, colour in study.colours.items()},
        published={brief_of(name): value for name, value in known.items()},
        chance=chance,
        over=over,
    )
    return Picture("accuracy", caption, figure, data=estimates)


def _unfinished(study: Study) -> tuple[str, ...]:
    """What was planned and is not there."""
    lines = []
    if study.missing:
        names = listing([brief_of(name) for name in study.missing])
        lines.append(f"NOT FINISHED: no predictions of {names} under protocol {study.main}")
    present = {(name, fold) for name, fold in study.predictions[["strategy", "fold"]].values}
    lacking = {
        name: [fold for fold in study.planned_folds() if (name, fold) not in present]
        for name in study.labels
    }
    short = {name: folds for name, folds in lacking.items() if folds}
    if short:
        most = max(len(folds) for folds in short.values())
        lines.append(
            f"NOT FINISHED: {listing([brief_of(name) for name in short])} lack up to "
            f"{count_of(most, 'fold')} of {len(study.planned_folds())}"
        )
    return tuple(lines)
