"""The baselines' tables in this folder's README, written from the results and nothing else.

python experiments/baselines/table.py
"""

import argparse
import json
from pathlib import Path
from typing import Any

from packages import run_script

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_text
from mrpn.corpora import EMOTIONS
from mrpn.corpora.naming import natural_key

ROOT = Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- results: written by table.py -->", "<!-- end of results -->"
Result = dict[str, Any]


def main() -> None:
    """Write the tables between the README's two marks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    results = ROOT / "experiments" / "results" / "baselines"
    parser.add_argument("--results", type=Path, default=results)
    parser.add_argument("--readme", type=Path, default=Path(__file__).with_name("README.md"))
    given = parser.parse_args()
    text = given.readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MrpnError(f"{given.readme}: lacks the line '{BEGIN}' or '{END}' after it")
    write_text(given.readme, f"{before}{BEGIN}\n\n{tables(given.results)}\n\n{END}{after}")


def tables(folder: Path) -> str:
    """Return all tables as Markdown; raises MrpnError where there are no results."""
    results = {
        path.parent.relative_to(folder).as_posix(): json.loads(path.read_text("utf-8"))
        for path in sorted(folder.glob("*/*/result.json"))
    }
    if not results:
        raise MrpnError(f"{folder}: no results here; the scripts beside table.py make them")
    faces = [result for result in results.values() if "folds" not in result]
    voices = [result for result in results.values() if "folds" in result]
    voices.sort(key=lambda result: (result["protocol"] != "strict", -result["accuracy"]))
    parts = [_faces(result) for result in faces]
    if voices:
        parts.append(_voices(voices))
    if strict := [result for result in voices if result["protocol"] == "strict"]:
        parts += [_folds(strict), _recalls(strict)]
    return "\n\n".join(parts)


def _faces(result: Result) -> str:
    rows = [
        ("PrivateTest, all", result),
        ("without faces that occur in training too", result["without_faces_of_train"]),
        (
            "without faces that occur in training or PublicTest too",
            result["without_faces_of_train_and_validation"],
        ),
        ("only faces that occur in training too", result["faces_of_train_alone"]),
    ]
    network = result["network"]
    parts = result["accuracy_by_part"]
    return "\n\n".join(
        [
            f"### Faces: `{network['package']}`, whole 48x48 picture",
            _table(
                ["FER2013, %", "faces", "accuracy", "95 % over faces", "UAR"],
                [
                    [
                        name,
                        f"{row['clips']:,}",
                        _percent(row["accuracy"]),
                        _range(row["accuracy_interval_clips"]),
                        _percent(row["uar"]),
                    ]
                    for name, row in rows
                ],
            ),
            f"Accuracy on the other parts: training {_percent(parts['train'])} %, PublicTest "
            f"{_percent(parts['validation'])} %.",
        ]
    )


def _voices(results: list[Result]) -> str:
    head = ["RAVDESS speech, 8 classes, %", "protocol", "accuracy", "UAR"]
    head += ["accuracy, 95 % over 24 actors"]
    rows = [
        [
            f"{result['features']['name']}: {_model(result)}",
            result["protocol"],
            _spread(result["accuracy_folds"]),
            _spread(result["uar_folds"]),
            _range(result["accuracy_interval_actors"]),
        ]
        for result in results
    ]
    return f"### Voices: mean +- SD over 12 folds\n\n{_table(head, rows)}"


def _folds(results: list[Result]) -> str:
    head = ["accuracy, %", *(result["strategy"] for result in results)]
    rows = [
        [name, *(_percent(result["folds"][name]["accuracy"]) for result in results)]
        for name in sorted(results[0]["folds"], key=natural_key)
    ]
    return f"### Voices, fold by fold, strict\n\n{_table(head, rows)}"


def _recalls(results: list[Result]) -> str:
    head = ["recall, %", *(result["strategy"] for result in results)]
    rows = [[name, *(_percent(result["recall"][name]) for result in results)] for name in EMOTIONS]
    return f"### Voices, class by class, strict\n\n{_table(head, rows)}"


def _model(result: Result) -> str:
    names = {"svm": "linear support vector machine", "logistic": "logistic regression"}
    return names[result["settings"]["model"]]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _range(values: list[float]) -> str:
    return f"{_percent(values[0])} to {_percent(values[1])}"


def _spread(value: dict[str, float]) -> str:
    return f"{_percent(value['mean'])} +- {_percent(value['deviation'])}"


if __name__ == "__main__":
    run_script(main, resumes=False)
