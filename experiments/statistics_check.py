"""Are the intervals and tests of the reports right? Simulated studies whose truth is known.

    python experiments/statistics_check.py

Writes experiments/results/statistics-check/result.json and table.md: for each kind of study, how
often 95 % intervals cover the truth, and how often tests call equal networks different. Of 10,000
studies a share of 5 % is known to 0.4 points. Three minutes on one core.
"""

import argparse
from dataclasses import asdict
from pathlib import Path

from scripting import positive, run_script

from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say
from mrpn.evaluation.statistics import SimulatedStudy
from mrpn.evaluation.statistics.checking import check_statistics

ROOT = Path(__file__).resolve().parent.parent
RAVDESS, CREMA_D = "24 actors, 12 folds", "90 actors, 9 folds"


def kinds() -> dict[str, SimulatedStudy]:
    """Return the kinds of study that are simulated, each of four networks."""
    found = {}
    for right in (0.8, 0.9, 0.95):
        equal = (right,) * 4
        name = f"{100 * right:.0f} % right"
        found[f"{RAVDESS}, {name}, training without chance"] = SimulatedStudy(
            accuracy=equal, training=0.0
        )
        found[f"{RAVDESS}, {name}"] = SimulatedStudy(accuracy=equal)
        found[f"{CREMA_D}, {name}"] = SimulatedStudy(90, 9, clips=80, accuracy=equal)
    equal = (0.8,) * 4
    found |= {
        f"{RAVDESS}, 80 % right, 3 seeds": SimulatedStudy(accuracy=equal, seeds=3),
        f"{CREMA_D}, 80 % right, 3 seeds": SimulatedStudy(90, 9, clips=80, seeds=3, accuracy=equal),
        f"{RAVDESS}, 5 points apart": SimulatedStudy(accuracy=(0.85, 0.8, 0.8, 0.8)),
        f"{RAVDESS}, 90 % right, training by chance threefold": SimulatedStudy(
            accuracy=(0.9,) * 4, training=0.3
        ),
        f"{RAVDESS}, 95 % right, people twice as different": SimulatedStudy(
            accuracy=(0.95,) * 4, person=0.8
        ),
        "10 actors, 5 folds, 80 % right": SimulatedStudy(10, 5, accuracy=equal),
    }
    return dict(sorted(found.items(), key=lambda item: (item[1].actors, item[1].folds) != (24, 12)))


COLUMNS = {
    "accuracy": "accuracy, over actors",
    "accuracy_folds": "over folds",
    "accuracy_wider": "the wider",
    "difference": "difference, over actors",
    "difference_folds": "over folds",
    "difference_wider": "the wider",
    "called": "called different",
    "called_actors": "had actors been flipped",
    "any_settled": "any of 6 settled",
}


def main() -> None:
    """Simulate, count, and write down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--studies", type=positive, default=10_000, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    target = ROOT / "experiments" / "results" / "statistics-check"
    parser.add_argument("--out", type=Path, default=target)
    given = parser.parse_args()
    found = {}
    studies = kinds()
    for name, study in studies.items():
        found[name] = check_statistics(study, given.studies, seed=given.seed)
        say(name)
    result = {
        "studies": given.studies,
        "seed": given.seed,
        "settings": {name: asdict(study) for name, study in studies.items()},
        "shares": {
            name: {key: round(value, 6) for key, value in shares.items()}
            for name, shares in found.items()
        },
        "machine": describe_machine(),
    }
    write_json(given.out / "result.json", result)
    write_text(given.out / "table.md", table(found))


def table(found: dict[str, dict[str, float]]) -> str:
    """Return the shares as a Markdown table, in per cent."""
    lines = [["study, %", *COLUMNS.values()], ["---", *["---:"] * len(COLUMNS)]]
    for name, shares in found.items():
        lines.append([name, *(f"{100 * shares[key]:.1f}" for key in COLUMNS)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    run_script(main, resumes=False)
