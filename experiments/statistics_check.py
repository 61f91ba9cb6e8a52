"""Are the intervals and tests of the reports right? Simulated studies whose truth is known.

    python experiments/statistics_check.py

Writes experiments/results/statistics-check/result.json and table.md: for each kind of study, how
often 95 % intervals cover the truth, and how often tests call equal networks different. Half a
minute on one core.
"""

import argparse
from dataclasses import asdict
from pathlib import Path

from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say
from mrpn.evaluation.statistics import SimulatedStudy
from mrpn.evaluation.statistics.checking import check_statistics

ROOT = Path(__file__).resolve().parent.parent
EQUAL = (0.8, 0.8, 0.8, 0.8)
STUDIES = {
    "24 actors, 12 folds, training without chance": SimulatedStudy(accuracy=EQUAL, training=0.0),
    "24 actors, 12 folds": SimulatedStudy(accuracy=EQUAL),
    "24 actors, 12 folds, 3 seeds": SimulatedStudy(accuracy=EQUAL, seeds=3),
    "24 actors, 12 folds, 95 % right": SimulatedStudy(accuracy=(0.95,) * 4, training=0.0),
    "24 actors, 12 folds, 5 points apart": SimulatedStudy(accuracy=(0.85, 0.8, 0.8, 0.8)),
    "90 actors, 9 folds": SimulatedStudy(90, 9, clips=80, accuracy=EQUAL),
    "90 actors, 9 folds, 3 seeds": SimulatedStudy(90, 9, clips=80, seeds=3, accuracy=EQUAL),
}
COLUMNS = {
    "accuracy": "accuracy, over actors",
    "accuracy_folds": "over folds",
    "difference": "difference, over actors",
    "difference_folds": "over folds",
    "called": "called different",
    "called_actors": "had actors been flipped",
    "any_settled": "any of 6 settled",
}


def main() -> None:
    """Simulate, count, and write down."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--studies", type=int, default=2000, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    target = ROOT / "experiments" / "results" / "statistics-check"
    parser.add_argument("--out", type=Path, default=target)
    given = parser.parse_args()
    found = {}
    for name, study in STUDIES.items():
        found[name] = check_statistics(study, given.studies, seed=given.seed)
        say(name)
    result = {
        "studies": given.studies,
        "seed": given.seed,
        "settings": {name: asdict(study) for name, study in STUDIES.items()},
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
    main()
