"""What the runs come to: distances to the best, paired differences, inferior cases."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from fuzzy.plan import FUSIONS, STRATEGIES, latent_settings, rendered_settings

from mrpn.common.errors import MrpnError
from mrpn.evaluation.intervals import DIFFERENCE, t_interval

Outcome = dict[str, Any]
# What each strategy is measured against: the best that can be done with what it is given.
_GIVEN = {"am": "voice", "vm": "face"}
TRAINED_FUSIONS = tuple(name for name in FUSIONS if name != "product")
PAIRS = (
    *(("n1", "n0"), ("n2", "n1"), ("n2", "n0")),
    *((fusion, "product") for fusion in TRAINED_FUSIONS),
)


def read_outcomes(out: Path) -> list[Outcome]:
    """Return all finished runs' outcomes in the plan's order; MrpnError without latent ones."""
    paths = sorted((out / "runs").glob("*.json"))
    if not paths:
        raise MrpnError(f"{out}: no finished runs here; run the study without --only report")
    order = [setting.name for setting in (*latent_settings(), *rendered_settings())]
    found = in_order(paths, order)
    if all(outcome["kind"] != "latent" for outcome in found):
        raise MrpnError(f"{out}: no latent run is finished, and the report is of those")
    return found


def in_order(paths: Sequence[Path], settings: Sequence[str]) -> list[Outcome]:
    """Return the outcomes that files hold, by setting and seed.

    Raises:
        MrpnError: one is of a setting that the study has not.
    """
    found: list[Outcome] = []
    for path in paths:
        found.append(json.loads(path.read_text(encoding="utf-8")))
        if (name := found[-1]["setting"]) not in settings:
            raise MrpnError(f"{path}: of '{name}', which is no setting of the study; delete it")
    return sorted(found, key=lambda each: (settings.index(each["setting"]), each["seed"]))


def run_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Return one row per run and strategy.

    `best` is the accuracy of the ideal observer of the strategy's input on the very clips that
    were tested, and `distance` what the strategy lacks of it; `of_both` what it lacks of the ideal
    observer of both halves.
    """
    rows = []
    for outcome in outcomes:
        ideal = outcome["best_on_test"]
        for name in STRATEGIES:
            scores = outcome["strategies"][name]
            best = ideal[_GIVEN.get(name, "both")]
            rows.append(
                {
                    "setting": outcome["setting"],
                    "kind": outcome["kind"],
                    "link": outcome["corpus_settings"].get("link", "clarity"),
                    "dependence": outcome["corpus_settings"]["dependence"],
                    "seed": outcome["seed"],
                    "strategy": name,
                    "test_clips": outcome["test_clips"],
                    "accuracy": scores["accuracy"],
                    "best": best,
                    "distance": round(best - scores["accuracy"], 6),
                    "of_both": round(ideal["both"] - scores["accuracy"], 6),
                    "best_product": ideal["product"],
                    "agreeing": scores["agreeing"],
                    "disagreeing": scores["disagreeing"],
                    "log_loss": scores["log_loss"],
                }
            )
    return pd.DataFrame(rows)


def setting_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return mean accuracy and distance of each setting and strategy, with intervals over seeds."""
    rows = []
    for (setting, strategy), part in runs.groupby(["setting", "strategy"], sort=False):
        low, high = interval(part["of_both"])
        rows.append(
            {
                "setting": setting,
                "strategy": strategy,
                "seeds": len(part),
                "accuracy": part["accuracy"].mean(),
                "best": part["best"].mean(),
                "distance": part["distance"].mean(),
                "of_both": part["of_both"].mean(),
                "of_both_low": low,
                "of_both_high": high,
            }
        )
    return pd.DataFrame(rows).round(6)


def accuracies(runs: pd.DataFrame) -> pd.DataFrame:
    """Return accuracy, a row per setting and seed, a column per strategy."""
    return runs.pivot(index=["setting", "seed"], columns="strategy", values="accuracy")


def difference_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return paired differences of strategies: in each setting, and over all of the same kind.

    Intervals are Student's over seeds, which renew networks and clips. Over several settings the
    settings' differences are averaged in each seed first: settings are chosen, not drawn.
    """
    known = accuracies(runs)
    groups = {setting: [setting] for setting in dict.fromkeys(runs["setting"])}
    for title, part in kinds(runs).items():
        groups[title] = list(dict.fromkeys(part["setting"]))
    rows = []
    for title, settings in groups.items():
        chosen = known.loc[known.index.get_level_values("setting").isin(settings)]
        counts = chosen.groupby("seed")["n0"].transform("size")
        complete = chosen[counts == len(settings)]
        if complete.empty:
            continue
        for one, other in PAIRS:
            by_seed = (complete[one] - complete[other]).groupby("seed").mean()
            low, high = interval(by_seed)
            rows.append(
                {
                    "over": title,
                    "settings": len(settings),
                    "seeds": len(by_seed),
                    "pair": f"{one} - {other}",
                    "difference": by_seed.mean(),
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows).round(6)


def kinds(runs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the latent runs by kind of dependence, and all of them."""
    latent = runs[runs["kind"] == "latent"]
    none = latent["dependence"] == 0
    groups = {"all latent settings": latent, "no dependence": latent[none]}
    for link, title in (
        ("clarity", "shared clarity"),
        ("split", "cues split"),
        ("congruence", "congruence"),
    ):
        groups[title] = latent[~none & (latent["link"] == link)]
    return {title: part for title, part in groups.items() if len(part)}


def inferior_table(runs: pd.DataFrame) -> pd.DataFrame:
    """Return how often a fusion is below the better of the two networks of one modality alone.

    In single runs, and in settings by means over seeds.
    """
    known = accuracies(runs[runs["kind"] == "latent"])
    means = known.groupby("setting").mean()
    rows = []
    for name in FUSIONS:
        below = known[name] < known[["am", "vm"]].max(axis=1)
        on_average = means[name] < means[["am", "vm"]].max(axis=1)
        rows.append(
            {
                "strategy": name,
                "runs_below": int(below.sum()),
                "runs": len(below),
                "settings_below": int(on_average.sum()),
                "settings": len(on_average),
                "which": ", ".join(means.index[on_average]),
            }
        )
    return pd.DataFrame(rows)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Return Student's 95 % interval of a mean difference; NaN for a single value."""
    found = [float(value) for value in values]
    if len(found) < 2:
        return math.nan, math.nan
    return t_interval(found, limits=DIFFERENCE)
