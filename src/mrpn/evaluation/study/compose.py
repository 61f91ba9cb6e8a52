"""Composing a study's report: the answer first, then everything that it rests on."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from mrpn.evaluation.diary import check_diary
from mrpn.evaluation.history import check_history
from mrpn.evaluation.learning import diary_section, learning_section
from mrpn.evaluation.metrics import majority_share
from mrpn.evaluation.predictions import classes_of
from mrpn.evaluation.sections import confusion_section, recall_section
from mrpn.evaluation.statistics.estimates import OVER_ACTORS
from mrpn.evaluation.strategies import JOINT, brief_of
from mrpn.evaluation.study import doubt, findings
from mrpn.evaluation.study.answer import answer, numbers
from mrpn.evaluation.study.beside import Beside, besides, published_means
from mrpn.evaluation.study.beside_view import beside_view
from mrpn.evaluation.study.figures import estimates_figure
from mrpn.evaluation.study.inputs import StudyInputs
from mrpn.evaluation.study.protocols import protocol_section
from mrpn.evaluation.study.study import Study, cells_of, prepare_study
from mrpn.evaluation.tables import require_columns
from mrpn.evaluation.views import Picture, Report, Section, facts_of, listing

READING = """\
Accuracy is the share of a person's clips whose class is named right, averaged over persons, so \
that each counts alike. Several seeds of a network are averaged clip by clip before anything else: \
they make a number steadier, but are no further people.

Student's interval over actors asks how far the mean could be off for other actors. It takes the \
actors for independent, which actors tested with one and the same trained network are not; the \
interval over folds counts that in. Where there are both, the wider one is shown at the \
top, and says which it is. Both take folds for independent of one another, though any two \
networks were trained on mostly the same people: how much the training people matter cannot be \
told from one corpus (Bengio and Grandvalet 2004), and is not in these intervals. Both are taken \
on the logit scale, as shares are skewed. With fewer than ten actors, Wilson's interval over \
clips stands for that over actors; it speaks of other clips of these same people.

A difference that is not settled is not a proof that two networks are equal: its interval shows \
what remains possible."""


FOLDS = ("folds", "Fold by fold")


def compose_study(inputs: StudyInputs) -> Report:
    """Compute everything that a study's report says.

    Raises:
        TableError: one line on what in the study is not what it should be.
    """
    study = prepare_study(inputs)
    estimates = doubt.estimates_of(study)
    differences = doubt.differences_of(study)
    tables = besides(study)
    inferior = findings.inferior_section(study, tables[0])
    classes = classes_of(study.predictions)
    by_class = doubt.recall_differences_section(study)
    parts = [
        *(_beside_section(study, found) for found in tables),
        doubt.estimates_section(study, estimates),
        doubt.differences_section(differences, study.colours, planned=bool(inputs.comparisons)),
        inferior,
        protocol_section(study),
        doubt.components_section(study),
        confusion_section(study.predictions, classes, study.labels),
        recall_section(study.predictions, study.labels),
        *([by_class] if by_class else []),
        findings.calibration_section(study.predictions, study.labels, study.colours),
        *_learning_sections(study),
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
        numbers=numbers(study, estimates, differences, tables),
        hero=_hero(study, estimates, tables),
        facts=facts_of(inputs.facts),
        sections=tuple(parts),
        question=inputs.question,
        facts_last=True,
    )


def _beside_section(study: Study, found: Beside) -> Section:
    view = beside_view(found, study.inputs.corpus)
    place, title = ("beside", "Beside the published numbers") if found.against else FOLDS
    if len(study.protocols) > 1:
        title += f", protocol {found.protocol}"
    if found.protocol != study.protocols[0]:
        # The names of sections and files go by protocol from the second on.
        place = f"{place}-{found.protocol}"
        view = replace(view, stem=f"{view.stem}-{found.protocol}")
    if not found.against:
        return Section(place, title, "Accuracy in per cent.", view=view)
    words = (
        "Accuracy in per cent, laid out as the paper's own table. "
        + (
            "A fold of ours holds the same actors as the published one of its name."
            if found.same_actors
            else "Compare the means, not the folds: see the notes."
        )
        + " Notes name what does not fit together in the published numbers."
    )
    return Section(place, title, words, view=view)


def _learning_sections(study: Study) -> list[Section]:
    """How the rows learned whose curves are there, under the main protocol."""
    curves = _of_main(study, study.inputs.curves, "study's learning curves")
    if curves.empty:
        return []
    present = set(curves["strategy"])
    order = [name for name in study.labels if name in present]
    checked = check_history(curves, "study's learning curves")
    return [learning_section(checked, order, study.colours)]


def _diary_sections(study: Study) -> list[Section]:
    """What the rows that kept a diary noted, under the main protocol."""
    diary = _of_main(study, study.inputs.diary, "study's diary")
    if diary.empty:
        return []
    noted = set(diary["strategy"])
    joint = (row.row for row in study.rows if row.strategy == JOINT and row.row in noted)
    checked = check_diary(diary, "study's diary")
    return [diary_section(checked, study.labels, next(joint, None))]


def _of_main(study: Study, table: pd.DataFrame | None, source: str) -> pd.DataFrame:
    """Return what a table has of the rows under the main protocol, by row as by strategy."""
    if table is None:
        return pd.DataFrame()
    require_columns(table, ("row", "protocol"), source)
    chosen = table[(table["protocol"] == study.main) & table["row"].isin(study.labels)]
    return chosen.assign(strategy=chosen["row"]).drop(columns=["row", "protocol"])


def _hero(study: Study, estimates: pd.DataFrame, tables: Sequence[Beside]) -> Picture:
    known = published_means(tables)
    kinds = {"actors" if over == OVER_ACTORS else "clips" for over in estimates["over"]}
    over = " or ".join(sorted(kinds))
    caption = f"Accuracy, protocol {study.main}. Line: 95 % interval over {over}"
    if estimates["fold_low"].notna().any():
        caption += " or over folds, whichever is wider; pale: the narrower one"
    caption += "."
    if known:
        caption += (
            " Diamonds: published means, of models selected on the reported fold as far as the "
            "paper's text tells."
        )
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
    lines += [f"NOT FINISHED: nothing under protocol {name}" for name in study.absent]
    return (*lines, *_lacking(study))


def _lacking(study: Study) -> list[str]:
    """Say which rows were not run on all folds with all seeds, protocol by protocol."""
    planned = {(fold, seed) for fold in study.planned_folds() for seed in study.planned_seeds()}
    lines = []
    for protocol in study.protocols:
        outcomes = study.outcomes_of(protocol)
        short = {
            str(name): len(missing)
            for name in outcomes
            if (missing := planned - cells_of(outcomes[name]))
        }
        if short:
            most = max(short.values())
            names = [brief_of(name) for name in short]
            verb = "lacks" if len(names) == 1 else "lack up to"
            lines.append(
                f"NOT FINISHED: {listing(names)} {verb} {most} of {len(planned)} runs "
                f"(folds x seeds) under protocol {protocol}"
            )
    return lines
