"""What the recipe `ravdess-voice-best` was chosen by: variants of it, on one fold's validation.

    python experiments/voices_choosing.py --voices RAVDESS --minutes 60

Each variant is trained on one fold and judged by the fold's validation actors, 17 and 18, who are
others than its test's: of the 12 folds that are reported, A17,18 alone has actors by whom anything
was chosen. The test part is scored by the way, and not looked at. Resumable; learning curves go to
experiments/results/ravdess-voice-choosing/VARIANT/, a table beside them.
"""

import argparse
import json
from pathlib import Path

import pandas as pd
from scripting import CHANGES, load_recipe, minutes, run_script, sitting

from mrpn.common.files import write_text
from mrpn.common.progress import say
from mrpn.corpora import ravdess_folds, read_corpus
from mrpn.preparation import prepare
from mrpn.training import Recipe, export_results, train_recipe
from mrpn.training.callbacks import HISTORY
from mrpn.training.run import RESULT

ROOT = Path(__file__).resolve().parent.parent
NAME = "ravdess-voice-choosing"
FOLD = "A15,16"

_SHORT = ("optimisation.epochs=30",)
_LSTM = ("network.branches.audio.aggregator=lstm",)
_SCRATCH = ("network.branches.audio.initial=null",)
_MIXUP = ("optimisation.mixup=0.2",)
_SOUND = tuple(
    f"augmentation.sound.{setting}"
    for setting in (
        "speed=0.1",
        "warped=0",
        "pitch=1.0",
        "tempo=0.1",
        "reverberation=0.3",
        "decay=[0.1,0.5]",
        "noise=0.5",
        "ratio=[10.0,30.0]",
        "gain=3.0",
    )
)

VARIANTS = {
    "lstm-scratch-mixup-sound": (*_SHORT, *_LSTM, *_SCRATCH, *_MIXUP, *_SOUND),
    "lstm-scratch-mixup": (*_SHORT, *_LSTM, *_SCRATCH, *_MIXUP),
    "scratch": (*_SHORT, *_SCRATCH),
    "pretrained": _SHORT,
    "pretrained-sound": (*_SHORT, *_SOUND),
    "pretrained-rate": (*_SHORT, "optimisation.rate=2e-3"),
}
"""Changes of the recipe by variant, in the order in which they were tried."""


def main() -> None:
    """Train the variants, keep their curves, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--voices", type=Path, required=True, help="RAVDESS speech recordings")
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=[*VARIANTS])
    parser.add_argument("--set", nargs="*", default=[], help=CHANGES)
    parser.add_argument("--minutes", type=minutes, help="of this sitting")
    parser.add_argument("--work", type=Path, default=ROOT / "runs", help="prepared data and runs")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results")
    given = parser.parse_args()
    sitting(given.minutes, lambda: [train(name, given) for name in given.variants])
    table = table_of(given.out / NAME)
    write_text(given.out / NAME / "table.md", table)
    say(table)


def train(name: str, given: argparse.Namespace) -> None:
    """Train one variant, and keep its curve."""
    recipe = load_recipe(Recipe, "ravdess-voice-best", (*VARIANTS[name], *given.set))
    prepared = given.work / "prepared" / "ravdess-voices"
    prepare(read_corpus("ravdess", given.voices), prepared, recipe.preprocessing.clip)
    runs = given.work / "runs" / NAME / name
    say(f"{NAME}, {name}")
    train_recipe(recipe, prepared, [ravdess_folds()[FOLD]], runs, jobs=1, threads=1)
    export_results(runs, given.out / NAME / name)


def table_of(results: Path) -> str:
    """Return what the finished variants reached on the validation actors, at the last epoch."""
    lines = [
        "| variant | epochs | training, % | validation, % | its loss | minutes |",
        "|---|---|---|---|---|---|",
    ]
    for name in VARIANTS:
        for curve in sorted((results / name).glob(f"*/*/{HISTORY}")):
            last = pd.read_csv(curve).iloc[-1]
            seconds = json.loads(curve.with_name(RESULT).read_text("utf-8"))["seconds"]
            train, validation = (100 * last[f"{part}_accuracy"] for part in ("train", "validation"))
            lines.append(
                f"| {name} | {last['epoch']:.0f} | {train:.1f} | {validation:.1f} "
                f"| {last['validation_loss']:.3f} | {seconds / 60:.1f} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    run_script(main)
