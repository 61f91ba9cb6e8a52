"""The answer of a study in two or three sentences, and its few large numbers."""

from collections.abc import Hashable, Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd

from mrpn.evaluation.statistics import inferior_counts, unattainable, wider
from mrpn.evaluation.statistics.estimates import OVER_CLIPS
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study.beside import Beside
from mrpn.evaluation.study.study import Study
from mrpn.evaluation.views import Number, count_of, interval, listing, percent, points

SHOWN = 3
SHOWN_BEATEN = 5


def answer(study: Study, estimates: pd.DataFrame, differences: pd.DataFrame) -> str:
    """Return what the study says, claiming no more than its intervals hold.

    Args:
        study: the study.
        estimates: as from `estimate_table`.
        differences: as from `compare`.
    """
    said = [_best(study, estimates)]
    if not differences.empty:
        said.append(settled(differences))
    counts = inferior_counts(study.outcomes, study.rivals())
    if not counts.empty:
        said.append(_beaten(counts, {row.row: row.strategy for row in study.rows}, estimates))
    return " ".join(said)


def _beaten(counts: pd.DataFrame, strategies: Mapping[str, str], estimates: pd.DataFrame) -> str:
    """Say how often one modality alone is better: than a few networks, or than the best N2."""
    if len(counts) > SHOWN_BEATEN:
        ours = [name for name in counts["row"] if strategies[name] == "n2"] or list(counts["row"])
        best = estimates.set_index("row").loc[ours, "value"].idxmax()
        counts = counts[counts["row"] == best]
    lines = counts.to_dict("records")
    if counts["compared"].nunique() > 1:
        times = [
            f"{brief_of(each['row'])} in {each['cases']} of {each['compared']}" for each in lines
        ]
        return f"One modality alone beats {listing(times)} comparisons (folds x seeds)."
    times = [f"{brief_of(line['row'])} in {line['cases']}" for line in lines]
    compared = count_of(int(counts["compared"].max()), "comparison")
    return f"One modality alone beats {listing(times)} of {compared} (folds x seeds)."


def numbers(
    study: Study,
    estimates: pd.DataFrame,
    differences: pd.DataFrame,
    tables: Sequence[Beside],
) -> tuple[Number, ...]:
    """Return the numbers that stand large at the top.

    Args:
        study: the study.
        estimates, differences: as of `answer`.
        tables: as from `beside`, one for each protocol, "paper" first.
    """
    ranked = _ranked(study, estimates)
    best = ranked.iloc[int(ranked["value"].argmax())]
    low, high, over = wider(best)
    doubt = f"95 %: {interval(low, high)}, {over}"
    kind = "best accuracy" if study.complete else "highest so far, on folds of its own"
    result = [Number(f"{percent(best['value'])} %", f"{kind}: {brief_of(best['row'])}", doubt)]
    lines = ((row, found.protocol) for found in tables for row in found.rows)
    beside = ((row, name) for row, name in lines if row.row == best["row"])
    for row, protocol in [each for each in beside if isfinite(each[0].published)][:1]:
        detail = f"ours {percent(row.mean)} % by protocol {protocol}, "
        detail += f"published {percent(row.published)} %"
        result.append(Number(points(row.apart), "points from the published mean", detail))
    if not differences.empty:
        result.append(settled_number(differences))
    tested = f"{count_of(int(best['actors']), 'actor')}, {count_of(int(best['folds']), 'fold')}, "
    tested += count_of(int(best["seeds"]), "seed")
    result.append(Number(f"{int(best['clips']):,}", f"test clips, protocol {study.main}", tested))
    return tuple(result)


def settled_number(differences: pd.DataFrame) -> Number:
    """Return how many of the differences are settled, or that none could be."""
    count = f"{int(differences['settled'].sum())} of {len(differences)}"
    detail = "paired, corrected for their number"
    if unattainable(differences):
        detail = f"none can be, with {count_of(int(differences['folds'].max()), 'fold')}"
    return Number(count, "differences settled", detail)


def _ranked(study: Study, estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the estimates of the rows that were run on the same folds with the same seeds.

    Of those that were run on fewer the accuracy says as much of their folds as of them. Where each
    row lacks something, all are returned.
    """
    chosen = estimates[estimates["row"].isin(study.complete)]
    return estimates if chosen.empty else chosen


def _best(study: Study, estimates: pd.DataFrame) -> str:
    ranked = _ranked(study, estimates)
    best = ranked.iloc[int(ranked["value"].argmax())]
    equal = ranked[ranked["value"] == best["value"]]
    low, high, over = wider(best)
    others = "other clips of the same actors" if over == OVER_CLIPS else "new actors"
    value = f"{percent(best['value'])} %"
    doubt = f"95 % interval for {others}: {interval(low, high)}, {over}"
    if not study.complete:
        return "No network has every fold and seed that others have, so none is called the best."
    short = len(ranked) < len(estimates)
    among = " of the networks that are finished" if short else ""
    if len(equal) > 1:
        return f"{listing([brief_of(name) for name in equal['row']])} are equally good, {value}."
    if len(estimates) == 1:
        return f"{brief_of(best['row'])} reaches {value} ({doubt})."
    return f"{brief_of(best['row'])} has the highest accuracy{among}, {value} ({doubt})."


def settled(differences: pd.DataFrame) -> str:
    """Return in a sentence which differences are settled, or why none could be.

    Args:
        differences: as from `compare`, not empty.
    """
    if why := unattainable(differences):
        return why
    sure = differences[differences["settled"]]
    whole = count_of(len(differences), "paired comparison")
    if sure.empty:
        return f"Of {whole} none is settled: these data do not establish an order."
    strongest = sure.reindex(sure["value"].abs().sort_values(ascending=False).index)
    shown = [_said(line) for line in strongest.head(SHOWN).to_dict("records")]
    rest = "" if len(sure) <= SHOWN else f" and {len(sure) - SHOWN} more"
    verb = "is" if len(sure) == 1 else "are"
    return f"Of {whole}, {len(sure)} {verb} settled: {listing(shown)}{rest}."


def _said(line: Mapping[Hashable, Any]) -> str:
    value = float(line["value"])
    first, second = brief_of(line["row"]), brief_of(line["against"])
    if value < 0:
        first, second = second, first
    return f"{first} over {second} by {points(abs(value)).lstrip('+')} points"
