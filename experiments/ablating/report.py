"""The ablations' tables, figure and report, made from the runs' outcomes and nothing else."""

from pathlib import Path

import pandas as pd
from ablating.figure import differences_figure, mechanism_figure
from ablating.plan import SETTINGS, VALIDATED, comparisons, configuration, rows
from ablating.statistics import (
    ALL,
    Outcome,
    difference_table,
    mechanism_table,
    read_outcomes,
    run_table,
)
from fuzzy.report import markdown, percent, signed

from mrpn.common.files import write_json, write_text
from mrpn.common.progress import say
from mrpn.evaluation.render import save_figure
from mrpn.evaluation.tables import write_table


def write_results(out: Path) -> None:
    """Write runs.csv, differences.csv, mechanism.csv, the figure and report.md."""
    outcomes = read_outcomes(out)
    runs = run_table(outcomes)
    differences, mechanism = difference_table(runs), mechanism_table(outcomes)
    named = {"runs": runs, "differences": differences, "mechanism": mechanism}
    for name, table in named.items():
        write_table(table, out / f"{name}.csv")
    write_json(out / "plan.json", configuration())
    figures = {"differences": differences_figure(differences)}
    figures |= {f"diary-{name}": mechanism_figure(out, name) for name in _pictured(outcomes)}
    for name, figure in figures.items():
        for suffix in ("png", "svg"):
            save_figure(figure, out / f"{name}.{suffix}")
    parts = [
        "# Ablations on latent sequences: what came out",
        _facts(outcomes),
        "![Every comparison, over all settings and in each](differences.svg)",
        "Differences in points of accuracy with Student's 95 % intervals over seeds.",
        "## Accuracy, %",
        _accuracies(runs),
        "`Best` is what the ideal observer of both halves reaches on the same clips.",
        "## Paired differences over all settings, in points",
        "Averaged over the settings in each seed first: settings are chosen, not drawn. `p` is "
        "Student's, corrected for the number of comparisons (Holm); the intervals are not.",
        _differences(differences),
        "## Paired differences by setting, in points",
        _by_setting(differences),
        "## What the diaries noted",
        "Of both branches and all seeds. `Norms` is the norm of the fused loss's gradient at a "
        "branch over that of its own side loss, `cosine` that between the two (medians of a run), "
        f"`opposed` how often it is negative; `alone` and `together` are accuracies on {VALIDATED} "
        "validation clips after the last epoch. Without a side loss there is nothing to compare, "
        "and `alone` is what the branch's part of the fusion says by itself.",
        *(
            f"![The diaries of N0, N1 and N2: {SETTINGS[name]}](diary-{name}.svg)"
            for name in _pictured(outcomes)
        ),
        _mechanism(mechanism),
    ]
    write_text(out / "report.md", "\n\n".join(parts) + "\n")
    say(f"{len(outcomes)} runs: {out / 'report.md'}")


def _pictured(outcomes: list[Outcome]) -> list[str]:
    """Return the settings whose diaries are drawn: the usual one, and one half nearly worthless."""
    there = {outcome["setting"] for outcome in outcomes}
    return [name for name in ("default", "voice-missing-0.7") if name in there]


def _facts(outcomes: list[Outcome]) -> str:
    machine = outcomes[0]["machine"]
    seeds = sorted({outcome["seed"] for outcome in outcomes})
    codes = sorted({outcome["machine"]["code"] for outcome in outcomes})
    hours = sum(outcome["cpu_seconds"] for outcome in outcomes) / 3600
    meanings = "; ".join(f"`{name}`: {meaning}" for name, meaning in SETTINGS.items())
    return "\n".join(
        (
            f"- {len(rows())} rows on {len({o['setting'] for o in outcomes})} settings of the "
            f"fuzziness study ({meanings}), seeds {', '.join(map(str, seeds))}; {hours:.1f} hours "
            "of processor time.",
            f"- 1,440 training clips, {outcomes[0]['test_clips']:,} new ones tested; a perceptron "
            "per vector and their mean where a row says nothing else, a fixed schedule, the last "
            "epoch, no selection. Rows, settings and comparisons were decided before the first "
            "run.",
            f"- {machine['processor']}, torch {machine['torch']}, Python {machine['python']}; "
            f"code {', '.join(codes)}. `plan.json` has the recipe; answers to every clip, diaries "
            "and hashes: `runs/`.",
        )
    )


def _accuracies(runs: pd.DataFrame) -> str:
    names = list(dict.fromkeys(runs["setting"]))
    means = runs.pivot_table(index="row", columns="setting", values="accuracy", aggfunc="mean")
    best = runs.groupby("setting")["best"].mean()
    sizes = runs.groupby("row")["parameters"].first()
    lines = [
        [
            row.row,
            row.meaning,
            f"{sizes[row.row]:,}",
            *(percent(means.loc[row.row, n]) for n in names),
        ]
        for row in rows()
    ]
    lines.append(["best", "", "", *(percent(best[name]) for name in names)])
    return markdown(
        ["row", "what it is", "parameters", *(SETTINGS[n] for n in names)], lines, text=2
    )


def _differences(table: pd.DataFrame) -> str:
    part = table[table["over"] == ALL]
    lines = [
        [f"{line['row']} - {line['against']}", signed(line), f"{line['p_holm']:.3f}"]
        for line in part.to_dict("records")
    ]
    return markdown(["comparison", "difference", "p, corrected"], lines)


def _by_setting(table: pd.DataFrame) -> str:
    known = table.set_index(["over", "row", "against"])
    names = [name for name in SETTINGS if name in set(table["over"])]
    lines = [
        [f"{one} - {other}", *(signed(known.loc[(name, one, other)]) for name in names)]
        for one, other in comparisons()
    ]
    return markdown(["comparison", *(SETTINGS[name] for name in names)], lines)


def _mechanism(table: pd.DataFrame) -> str:
    lines = [
        [
            line["row"],
            SETTINGS[str(line["setting"])],
            *("" if pd.isna(line[name]) else f"{line[name]:.2f}" for name in ("ratio", "cosine")),
            "" if pd.isna(line["opposed"]) else f"{100 * line['opposed']:.0f} %",
            percent(line["alone"]),
            percent(line["together"]),
        ]
        for line in table.sort_values("row", kind="stable").to_dict("records")
    ]
    columns = ["row", "setting", "norms", "cosine", "opposed", "alone, %", "together, %"]
    return markdown(columns, lines, text=2)
