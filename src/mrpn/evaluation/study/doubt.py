"""Sections on doubt: accuracies with intervals, paired differences, components of variance."""

from collections.abc import Hashable, Mapping
from math import isfinite
from typing import Any

import pandas as pd

from mrpn.evaluation.predictions import classes_of
from mrpn.evaluation.statistics import (
    ESTIMAND,
    compare,
    compare_by_class,
    component_table,
    estimate_table,
    unattainable,
    wider,
)
from mrpn.evaluation.statistics.estimates import OVER_ACTORS, OVER_CLIPS
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study.figures import differences_figure
from mrpn.evaluation.study.study import Study
from mrpn.evaluation.views import (
    Cell,
    Picture,
    Section,
    View,
    count_of,
    interval,
    percent,
    points,
)


def estimates_section(study: Study, estimates: pd.DataFrame) -> Section:
    """Every row's accuracy with its interval over actors and that over folds."""
    meanings = {row.row: row.meaning for row in study.rows}
    kinds = set(estimates["over"])
    over = OVER_ACTORS if OVER_ACTORS in kinds else OVER_CLIPS
    rows = tuple(
        (
            Cell(brief_of(line["row"])),
            Cell(meanings[line["row"]]),
            Cell(percent(line["value"])),
            Cell(interval(line["low"], line["high"]) + _noted(line["over"], over)),
            Cell(interval(line["fold_low"], line["fold_high"])),
            Cell(str(line["folds"])),
            Cell(str(line["seeds"])),
            Cell(str(line["actors"])),
            Cell(f"{line['clips']:,}"),
        )
        for line in estimates.to_dict("records")
    )
    head = ("Network", "What it is", "Accuracy %", f"95 %, {over}", "95 %, t over folds")
    words = f"What is estimated: {ESTIMAND}. Protocol: {study.main}."
    if OVER_CLIPS in kinds:
        words += (
            " Over fewer than ten actors, or ones all alike, there is no interval: Wilson's over "
            "clips stands there, which speaks of other clips of these same actors. "
        )
        words += (
            "What can be said of new actors rests on the few folds alone."
            if estimates["fold_low"].notna().any()
            else "With so few folds nothing can be said of new actors."
        )
    view = View(
        (*head, "Folds", "Seeds", "Actors", "Clips"),
        rows,
        labels=2,
        note="Actors of one fold share a trained network. The interval over folds counts that in; "
        "where the two differ, the wider one is right.",
        stem="estimates",
        data=estimates,
    )
    return Section("estimates", "How good, and how sure", words, view=view)


def differences_of(study: Study) -> pd.DataFrame:
    """Return the study's comparisons, as from `compare`; empty where none can be made."""
    return compare(study.outcomes, study.pairs)


def differences_section(
    found: pd.DataFrame, colours: Mapping[str, str], *, planned: bool
) -> Section:
    """Paired differences, corrected for their number.

    Args:
        found: as from `compare`.
        colours: by row.
        planned: whether the comparisons were named, or are those of `default_pairs`.
    """
    title = "Paired differences"
    if found.empty:
        return Section("differences", title, "There are no two rows to compare yet.")
    rows = tuple(
        (
            Cell(_pair(line)),
            Cell(points(line["value"]), strong=bool(line["settled"])),
            Cell(interval(line["low"], line["high"], points)),
            Cell(interval(line["fold_low"], line["fold_high"], points)),
            Cell(chance(line["p"])),
            Cell(chance(line["p_holm"])),
            Cell("yes" if line["settled"] else "no", strong=bool(line["settled"])),
        )
        for line in found.to_dict("records")
    )
    words = (
        "The same clips, actors and seeds under both networks: "
        f"{count_of(len(found), 'comparison')} over {_range_of(found, 'actor')} in "
        f"{_range_of(found, 'fold')}, {_range_of(found, 'seed')}. "
        "The p-value is of a sign-flip permutation test: were the two equally good, how often "
        "would flipping the differences of each fold at random give a larger mean, or one as "
        "large, which counts half? Actors of a fold are flipped together, as they share the "
        "trained networks. Holm's correction is for all comparisons of this table. Called settled "
        "is what has a corrected p-value below 0.05."
    )
    if not planned:
        words += (
            " No comparisons were named: each network stands against one baseline (N0, without it "
            "late fusion, then the product of posteriors, then the first that fuses), and against "
            "the first of its kind in another group."
        )
    if why := unattainable(found):
        words += f"\n\n{why}"
    head = (
        "Comparison",
        "Points",
        "95 %, t over actors",
        "95 %, t over folds",
        "p",
        "p, corrected",
    )
    view = View((*head, "Settled"), rows, stem="differences", data=found)
    picture = Picture(
        "differences",
        "Difference in points; a filled dot is settled.",
        differences_figure(
            found,
            [_pair(line) for line in found.to_dict("records")],
            [colours[str(name)] for name in found["row"]],
            settled=list(found["settled"]),
        ),
        data=found,
    )
    return Section("differences", title, words, (picture,), view)


def recall_differences_section(study: Study) -> Section | None:
    """The comparisons again, class by class; None where there is nothing to compare."""
    labels = study.predictions.drop_duplicates(["fold", "clip"]).set_index(["fold", "clip"])
    found = compare_by_class(study.outcomes, labels["label"], study.pairs)
    if found.empty:
        return None
    classes = [name for name in classes_of(study.predictions) if name in set(found["class"])]
    cells = {
        (line["row"], line["against"], line["class"]): Cell(
            _with_reach(line), strong=bool(line["settled"])
        )
        for line in found.to_dict("records")
    }
    rows = tuple(
        (
            Cell(f"{brief_of(row)} − {brief_of(against)}"),
            *(cells.get((row, against, name), Cell("–")) for name in classes),
        )
        for row, against in study.pairs
    )
    words = (
        "Differences of recall in points: over the clips of one class, actors counting alike. "
        "After the sign half the width of the 95 % interval, over actors or over folds, whichever "
        f"is wider. {count_of(len(found), 'difference')}: by chance alone one in twenty of the "
        "intervals misses zero. Set bold is what holds against their number (p below 0.05 after "
        "Holm's correction for all of this table)."
    )
    view = View(("Comparison", *classes), rows, stem="recall-differences", data=found)
    return Section("recall-differences", "Differences, class by class", words, view=view)


def components_section(study: Study) -> Section:
    """How much of the doubt comes of people, of clips, and of training."""
    table = study.predictions
    found = component_table(study.outcomes, dict(zip(table["clip"], table["label"], strict=True)))
    several = bool(found["reseeded"].notna().any())
    rows = tuple(
        (
            Cell(brief_of(line["row"])),
            *(Cell(percent(line[name])) for name in ("people", "clips", "training", "reseeded")),
            *(
                Cell(percent(line[f"{name}_share"]), shade=_shade(line[f"{name}_share"]))
                for name in ("people", "clips", "training")
            ),
        )
        for line in found.to_dict("records")
    )
    words = (
        "Other people, other clips of the same people and classes, and another seed of the "
        "training each move the number. The deviations are in points; the shares are of the "
        "variance of the mean."
    )
    if not several:
        words += " One seed alone cannot tell training from the rest: those columns are empty."
    head = ("Network", "People", "Clips of a person", "Training", "A fold, reseeded")
    view = View(
        (*head, "People, % of variance", "Clips, %", "Training, %"),
        rows,
        note="People: deviation between persons, were each seen in endless clips; 0.0 where they "
        "differ by no more than clips make them. Clips: of the same classes. Training: "
        "deviation of a fold that comes of the seed, on any clips; reseeded: on these clips.",
        stem="components",
        data=found,
    )
    return Section("components", "Where the doubt comes from", words, view=view)


def chance(p: float) -> str:
    """Return a p-value with three digits."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def estimates_of(study: Study) -> pd.DataFrame:
    """Return the study's estimates, as from `estimate_table`."""
    return estimate_table(study.outcomes)


def _range_of(found: pd.DataFrame, unit: str) -> str:
    """Return "24 actors", or "6 to 24 actors" where comparisons differ in that."""
    least, most = int(found[f"{unit}s"].min()), int(found[f"{unit}s"].max())
    return count_of(most, unit) if least == most else f"{least} to {count_of(most, unit)}"


def _noted(over: str, usual: str) -> str:
    """Return what an interval is over, where it is not what the column says."""
    return "" if over == usual else f" ({over})"


def _pair(line: Mapping[Hashable, Any]) -> str:
    return f"{brief_of(line['row'])} − {brief_of(line['against'])}"


def _with_reach(line: Mapping[Hashable, Any]) -> str:
    """Return "+3.1 ± 4.2": a difference and half of its wider interval."""
    low, high, _ = wider({str(name): value for name, value in line.items()})
    reach = f" ± {percent((high - low) / 2)}" if isfinite(low) else ""
    return points(float(line["value"])) + reach


def _shade(share: float) -> float | None:
    return float(share) if isfinite(share) else None
