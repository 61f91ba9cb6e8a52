"""The study's tables, figure and report, made from the runs' outcomes and nothing else."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from fuzzy.figure import distance_figure
from fuzzy.plan import FUSIONS, STRATEGIES, configuration, latent_recipe, latent_settings
from fuzzy.statistics import (
    Outcome,
    difference_table,
    inferior_table,
    kinds,
    read_outcomes,
    run_table,
    setting_table,
)

from mrpn.common.files import write_json, write_text
from mrpn.common.progress import say
from mrpn.evaluation.render import save_figure
from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.tables import write_table

_SHORT = ("n1 - n0", "n2 - n1", "n2 - n0", *(f"{name} - product" for name in FUSIONS[1:]))


def write_results(out: Path) -> None:
    """Write runs.csv, settings.csv, differences.csv, inferior.csv, the figure and report.md."""
    outcomes = read_outcomes(out)
    runs = run_table(outcomes)
    settings, differences = setting_table(runs), difference_table(runs)
    inferior = inferior_table(runs)
    named = {"runs": runs, "settings": settings, "differences": differences, "inferior": inferior}
    for name, table in named.items():
        write_table(table, out / f"{name}.csv")
    write_json(out / "plan.json", configuration())
    figure = distance_figure(settings)
    for suffix in ("png", "svg"):
        save_figure(figure, out / f"distance.{suffix}")
    parts = [
        "# The fuzziness study: what came out",
        _facts(outcomes),
        "![Distance to the best, by strategy, over each knob](distance.svg)",
        "What each fusion lacks of the ideal observer of both halves, in points of accuracy; bars "
        "are Student's 95 % intervals over seeds. Dotted: the better of the two networks of one "
        "half. The four panels on the right have scales of their own. The sweeps of split cues and "
        "of incongruent clips start from clearer cues (5 % confused, 4 % weak) than all others "
        "(16 and 11 %), so their origins differ.",
        "## Accuracy by setting, latent sequences",
        _accuracies(outcomes, settings, "latent"),
        "## Paired differences, in points",
        "Mean over seeds and 95 % interval of Student (none from a single seed); over several "
        "settings, they are averaged in each seed first: the settings are chosen, not drawn. "
        "No correction for the number of comparisons.",
        _differences(differences, [*kinds(runs)]),
        "Setting by setting:",
        _differences(differences, [s.name for s in latent_settings()]),
        "## Below the better half alone",
        _inferior(inferior),
        "## Clips whose two cues agree, and those whose cues do not",
        _agreement(runs),
    ]
    if any(outcome["kind"] == "rendered" for outcome in outcomes):
        parts += [
            "## Drawn and spoken",
            "One seed, 240 clips of eight actors: an interval over clips would be 10 to 12 points "
            "wide. `Best` is that of the latent cues on these clips.",
            _accuracies(outcomes, settings, "rendered"),
        ]
    write_text(out / "report.md", "\n\n".join(parts) + "\n")
    say(f"{len(outcomes)} runs: {out / 'report.md'}")


def _facts(outcomes: list[Outcome]) -> str:
    latent = [outcome for outcome in outcomes if outcome["kind"] == "latent"]
    machine = outcomes[0]["machine"]
    recipe = latent_recipe(0).optimisation
    codes = sorted({outcome["machine"]["code"] for outcome in outcomes})
    hours = sum(outcome["cpu_seconds"] for outcome in outcomes) / 3600
    return "\n".join(
        (
            f"- {len({o['setting'] for o in latent})} settings of latent sequences, seeds "
            f"{', '.join(str(s) for s in sorted({o['seed'] for o in latent}))}; "
            f"{len(outcomes) - len(latent)} rendered; {hours:.1f} hours of processor time.",
            f"- 1,440 training clips, 4,320 new ones tested; mlp and mean, {recipe.epochs} epochs "
            f"of batches of {recipe.batch_size}, rate {recipe.rate:g}, the last epoch, no "
            "selection. All was decided before the first run.",
            f"- {machine['processor']}, torch {machine['torch']}, Python {machine['python']}; "
            f"code {', '.join(codes)}. `plan.json` has recipe and settings; seeds, answers to "
            "every clip and hashes of recipe and corpus of every run: `runs/`.",
        )
    )


def _accuracies(outcomes: list[Outcome], settings: pd.DataFrame, kind: str) -> str:
    rows = []
    for name in dict.fromkeys(o["setting"] for o in outcomes if o["kind"] == kind):
        best = pd.DataFrame([o["best_on_test"] for o in outcomes if o["setting"] == name]).mean()
        exact = next(o["bayes_of_cues"] for o in outcomes if o["setting"] == name)
        part = settings[settings["setting"] == name].set_index("strategy")
        cues = exact["voice"], exact["face"], exact["both"]
        ideal = [best["voice"], best["face"], best["product"], best["both"], *cues]
        rows.append([name, *map(percent, (*ideal, *(part["accuracy"][list(STRATEGIES)])))])
    columns = ["setting", "best: voice", "face", "product", "both"]
    columns += ["of cues: voice", "face, of cues", "both, of cues"]
    return markdown([*columns, *map(brief_of, STRATEGIES)], rows)


def _differences(table: pd.DataFrame, groups: list[str]) -> str:
    rows = []
    for group in groups:
        part = table[table["over"] == group].set_index("pair")
        if len(part):
            rows.append([group, *(signed(part.loc[pair]) for pair in _SHORT)])
    return markdown(["over", *_SHORT], rows)


def _inferior(table: pd.DataFrame) -> str:
    rows = [
        [
            brief_of(row["strategy"]),
            f"{row['runs_below']} of {row['runs']}",
            f"{row['settings_below']} of {row['settings']}",
            row["which"] or "-",
        ]
        for row in table.to_dict("records")
    ]
    return markdown(["strategy", "runs", "settings, by means", "which"], rows)


def _agreement(runs: pd.DataFrame) -> str:
    chosen = runs[(runs["dependence"] != 0) & (runs["kind"] == "latent")]
    rows = []
    for (setting, strategy), part in chosen.groupby(["setting", "strategy"], sort=False):
        if strategy in FUSIONS:
            values = part["agreeing"].mean(), part["disagreeing"].mean()
            rows.append([setting, brief_of(strategy), *map(percent, values)])
    return markdown(["setting", "strategy", "agree", "disagree"], rows)


def markdown(columns: list[str], rows: Iterable[list[Any]], text: int = 1) -> str:
    """Return a table, its first `text` columns set to the left."""
    rules = [*["---"] * text, *["---:"] * (len(columns) - text)]
    lines = [columns, rules, *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def percent(value: float) -> str:
    """Return a share in percent, with one digit."""
    return f"{100 * value:.1f}"


def signed(row: Any) -> str:
    """Return a difference in points, with its interval where there are several seeds."""
    middle, low, high = (100 * row[name] for name in ("difference", "low", "high"))
    return f"{middle:+.1f}" + (f" ({low:+.1f} to {high:+.1f})" if row["seeds"] > 1 else "")
