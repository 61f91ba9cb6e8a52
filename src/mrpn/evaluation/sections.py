"""The sections of a report, each made from tables alone."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mrpn.evaluation.figures import dots_figure
from mrpn.evaluation.panels import confusion_figure
from mrpn.evaluation.strategies import MEANINGS, brief_of, is_unimodal, name_of, ordered
from mrpn.evaluation.summary import (
    actor_scores,
    confusion_data,
    confusions,
    group_table,
    inferior_cases,
    recall_table,
    same_clips,
)
from mrpn.evaluation.views import (
    Cell,
    Picture,
    Section,
    View,
    amount,
    count_of,
    duration,
    listing,
    percent,
    points,
)


def strategies_section(
    predictions: pd.DataFrame,
    scores: pd.DataFrame,
    parameters: dict[str, int],
    seconds: dict[str, float],
) -> Section:
    """Every strategy's scores, size and training time."""
    several = len(scores) > 1
    best = {name: scores[name].max() for name in ("accuracy", "uar", "macro_f1")}
    lowest = scores["log_loss"].min()
    rows = []
    for row in scores.to_dict("records"):
        strategy = row["strategy"]
        right, uar, f1 = (
            Cell(percent(row[name]), strong=several and row[name] == best[name]) for name in best
        )
        rows.append(
            (
                Cell(name_of(strategy)),
                right,
                Cell(f"{percent(row['low'])} to {percent(row['high'])}"),
                uar,
                f1,
                Cell(f"{row['log_loss']:.3f}", strong=several and row["log_loss"] == lowest),
                Cell(amount(parameters.get(strategy))),
                Cell(duration(seconds.get(strategy))),
            )
        )
    words = "All test clips of all folds together"
    words += "; the best of each column is bold." if several else "."
    if not same_clips(predictions):
        words += (
            " Mind that the strategies were not all tested on the same clips: part of any "
            "difference here is a difference between clips. The folds below compare like with like."
        )
    known = [f"{name_of(n)}: {MEANINGS[n]}" for n in scores["strategy"] if n in MEANINGS]
    columns = ("Strategy", "Accuracy %", "95 % interval", "UAR %", "Macro F1 %", "Log loss")
    view = View(
        (*columns, "Parameters", "Training"),
        tuple(rows),
        note=f"Interval: {kinds_of(scores)}. Training: seconds per fold and seed, where recorded. "
        + "; ".join(known)
        + ("." if known else ""),
    )
    return Section("strategies", "Strategies compared", words, view=view)


def bounds_section(bounds: pd.DataFrame) -> Section:
    """Every strategy's distance to the Bayes bound of what it is given."""
    rows = tuple(
        (
            Cell(name_of(row["strategy"])),
            Cell(str(row["evidence"])),
            Cell(percent(row["bound"])),
            Cell(percent(row["accuracy"])),
            Cell(points(row["distance"])),
        )
        for row in bounds.to_dict("records")
    )
    columns = ("Strategy", "Bound for", "Bayes bound %", "Accuracy %", "Still to gain, points")
    return Section(
        "bounds",
        "Distance to the best possible",
        "This corpus was made by known rules, so that the accuracy of a perfect observer of its "
        "cues can be computed: no strategy can be expected above it. A negative distance is luck "
        "of the clips drawn.",
        view=View(columns, rows, labels=2),
    )


def folds_section(predictions: pd.DataFrame) -> Section:
    """Accuracy by fold and strategy, with the mean over folds."""
    wide = group_table(predictions, "fold")
    rows = _accuracy_rows(wide)
    words = "Accuracy in per cent"
    words += "; the best of each fold is bold." if wide.shape[1] > 1 else "."
    if len(wide) > 1:
        rows += _accuracy_rows(wide.mean().to_frame("Mean over folds").T)
        words += " The mean counts each fold alike, whatever its number of clips."
    counts = predictions.groupby("fold", sort=False)["clip"].nunique()
    note = "Clips: " + ", ".join(f"{name} {count}" for name, count in counts.items())
    pictures: tuple[Picture, ...] = ()
    if len(wide) > 2:
        pictures = (Picture("folds", "Accuracy by fold, a dot per strategy.", dots_figure(wide)),)
    view = View(("Fold", *map(brief_of, wide.columns)), tuple(rows), note=note)
    return Section("folds", "Fold by fold", words, pictures, view, beside=True)


def inferior_section(predictions: pd.DataFrame) -> Section:
    """The cases where one modality alone beats a multi-modal strategy, listed plainly."""
    title = "Where one modality alone was better"
    present = ordered(predictions["strategy"])
    alone = [name for name in present if is_unimodal(name)]
    fused = [name for name in present if not is_unimodal(name)]
    if not alone or not fused:
        words = "Not to be said here: it takes a uni-modal and a multi-modal strategy to compare."
        return Section("inferior", title, words)
    pairs = predictions[["fold", "seed", "strategy"]].drop_duplicates()
    single = pairs[pairs["strategy"].isin(alone)][["fold", "seed"]].drop_duplicates()
    multiple = pairs[pairs["strategy"].isin(fused)]
    compared = len(multiple.merge(single, on=["fold", "seed"]))
    cases = inferior_cases(predictions)
    if cases.empty:
        words = (
            f"Nowhere: in none of {count_of(compared, 'comparison')} (multi-modal strategies x "
            "folds x seeds) was a uni-modal network more accurate."
        )
        return Section("inferior", title, words)
    rows = tuple(
        (
            Cell(row["fold"]),
            Cell(str(row["seed"])),
            Cell(name_of(row["strategy"])),
            Cell(name_of(row["unimodal"])),
            Cell(percent(row["accuracy"])),
            Cell(percent(row["unimodal_accuracy"])),
            Cell(points(row["difference"])),
        )
        for row in cases.to_dict("records")
    )
    columns = ("Fold", "Seed", "Multi-modal", "Beaten by", "Its accuracy %", "Alone %", "Points")
    words = (
        f"Inferior multi-modal cases: {len(cases)} of {count_of(compared, 'comparison')} "
        "(multi-modal strategies x folds x seeds)."
    )
    return Section("inferior", title, words, view=View(columns, rows, labels=4))


def confusion_section(
    predictions: pd.DataFrame, classes: tuple[str, ...], order: Sequence[str] | None = None
) -> Section:
    """Confusion matrices, a panel per strategy, in their own order or in another."""
    found = confusions(predictions)
    counts = {name: found[name] for name in order or found}
    picture = Picture(
        "confusion",
        "Rows are the true classes and sum to 100 %; the diagonal is right. A dash marks a class "
        "that never occurs.",
        confusion_figure(counts, classes, order=list(counts)),
        tuple(confusion_figure({name: counts[name]}, classes) for name in counts),
        confusion_data(counts, classes),
    )
    return Section("confusion", "What is taken for what", pictures=(picture,))


def recall_section(predictions: pd.DataFrame, order: Sequence[str] | None = None) -> Section:
    """Recall by class and strategy, in their own order or in another."""
    found = recall_table(predictions)
    wide = found[list(order or found.columns)]
    truth = predictions.drop_duplicates("clip")["label"].value_counts()
    rows = tuple(
        (
            Cell(str(name)),
            Cell(str(int(truth.get(name, 0)))),
            *(
                Cell(percent(value), shade=float(value) if np.isfinite(value) else None)
                for value in values
            ),
        )
        for name, values in zip(wide.index, wide.to_numpy(), strict=True)
    )
    columns = ("Class", "Clips", *map(brief_of, wide.columns))
    absent = [str(name) for name in wide.index if int(truth.get(name, 0)) == 0]
    words = "The share of each class's clips that is recognised, in per cent."
    if absent:
        words += f" Without a test clip: {listing(absent)}; UAR leaves such classes out."
    data = wide.rename_axis("class").reset_index()
    view = View(columns, rows, stem="recall", data=data)
    return Section("recall", "Class by class", words, view=view)


def actors_section(predictions: pd.DataFrame) -> Section:
    """Accuracy by actor and strategy."""
    wide = actor_scores(predictions)
    picture = Picture("actors", "Accuracy by actor, a dot per strategy.", dots_figure(wide))
    view = View(("Actor", *map(brief_of, wide.columns)), tuple(_accuracy_rows(wide)))
    words = (
        f"{count_of(len(wide), 'actor')}. How far the rows lie apart shows how much depends on who "
        "speaks: an interval over clips knows nothing of it, one over actors or folds does."
    )
    return Section("actors", "Actor by actor", words, (picture,), view, beside=True)


def problems_section(problems: pd.DataFrame, predictions: pd.DataFrame) -> Section:
    """Clips that failed, wholly or in part, with the reason."""
    scored = problems["clip"].isin(set(predictions["clip"]))
    lost = int(problems.loc[~scored, "clip"].nunique())
    words = f"{count_of(int(problems['clip'].nunique()), 'clip')} with a problem. "
    words += (
        f"{count_of(lost, 'clip')} without any prediction here: counted in no score above."
        if lost
        else "All were still scored, with what could be read of them."
    )
    rows = tuple(tuple(map(Cell, row)) for row in problems.itertuples(index=False, name=None))
    names = tuple(str(name).capitalize() for name in problems.columns)
    return Section("problems", "Problems met", words, view=View(names, rows, labels=len(names)))


def kinds_of(scores: pd.DataFrame) -> str:
    """Return what the intervals of `score_table` are over, strategy by strategy if they differ."""
    names = scores.groupby("over", sort=False)["strategy"].agg(list)
    if len(names) == 1:
        return str(names.index[0])
    return "; ".join(f"{over} for {listing([*map(brief_of, n)])}" for over, n in names.items())


def _accuracy_rows(wide: pd.DataFrame) -> list[tuple[Cell, ...]]:
    rows = []
    for name, values in zip(wide.index, wide.to_numpy(), strict=True):
        best = pd.Series(values).max()
        cells = (Cell(percent(v), strong=len(values) > 1 and bool(v == best)) for v in values)
        rows.append((Cell(str(name)), *cells))
    return rows
