"""The answer of a study in two or three sentences, and its few large numbers."""

from collections.abc import Hashable, Mapping
from math import isfinite
from typing import Any

import pandas as pd

from mrpn.evaluation.statistics import fold_scores, inferior_counts
from mrpn.evaluation.statistics.estimates import OVER_ACTORS
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.study.beside import Beside
from mrpn.evaluation.study.doubt import interval
from mrpn.evaluation.study.study import Study
from mrpn.evaluation.views import Number, count_of, listing, percent, points

SHOWN = 3


def answer(study: Study, estimates: pd.DataFrame, differences: pd.DataFrame) -> str:
    """Return what the study says, claiming no more than its intervals hold.

    Args:
        study: the study.
        estimates: as from `estimate_table`.
        differences: as from `compare`.
    """
    said = [_best(estimates)]
    if not differences.empty:
        said.append(_settled(differences))
    counts = inferior_counts(fold_scores(study.outcomes), study.rivals())
    if not counts.empty:
        line = counts.iloc[-1]
        name = brief_of(line["row"])
        said.append(
            f"One modality alone beats {name} in {line['cases']} of "
            f"{count_of(int(line['compared']), 'comparison')} (folds x seeds)."
        )
    return " ".join(said)


def numbers(
    study: Study, estimates: pd.DataFrame, differences: pd.DataFrame, found: Beside
) -> tuple[Number, ...]:
    """Return the numbers that stand large at the top."""
    best = estimates.iloc[int(estimates["value"].argmax())]
    over = f"95 %: {interval(best['low'], best['high'])}, {best['over']}"
    result = [
        Number(f"{percent(best['value'])} %", f"best accuracy: {brief_of(best['row'])}", over)
    ]
    line = next((row for row in found.rows if row.row == best["row"]), None)
    if line is not None and isfinite(line.published):
        detail = f"published {percent(line.published)} %, ours by {found.protocol}"
        result.append(Number(points(line.apart), "points from the published mean", detail))
    if not differences.empty:
        settled = int(differences["settled"].sum())
        detail = "paired, corrected for their number"
        result.append(Number(f"{settled} of {len(differences)}", "differences settled", detail))
    tested = f"{count_of(int(best['actors']), 'actor')}, {count_of(int(best['folds']), 'fold')}, "
    tested += count_of(int(best["seeds"]), "seed")
    result.append(Number(f"{int(best['clips']):,}", f"test clips, protocol {study.main}", tested))
    return tuple(result)


def _best(estimates: pd.DataFrame) -> str:
    best = estimates.iloc[int(estimates["value"].argmax())]
    equal = estimates[estimates["value"] == best["value"]]
    over = "new actors" if best["over"] == OVER_ACTORS else "other clips of the same actors"
    value = f"{percent(best['value'])} %"
    doubt = f"95 % interval for {over}: {interval(best['low'], best['high'])}"
    if len(equal) > 1:
        return f"{listing([brief_of(name) for name in equal['row']])} are equally good, {value}."
    if len(estimates) == 1:
        return f"{brief_of(best['row'])} reaches {value} ({doubt})."
    return f"{brief_of(best['row'])} has the highest accuracy, {value} ({doubt})."


def _settled(differences: pd.DataFrame) -> str:
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
