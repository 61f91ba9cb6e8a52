"""The fuzziness study: where does fusion fall short of the best that can be known?

Sweeps what a modality shows wrongly or weakly, and how face and voice depend on each other, on
synthetic corpora whose best accuracy is known; then draws three settings and runs them through
the whole way of the data. What is finished is kept; another call goes on.

    python experiments/fuzziness.py --minutes 60
    python experiments/fuzziness.py --only rendered
    python experiments/fuzziness.py --only report
"""

import argparse
import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from fuzzy.conducting import run_all
from fuzzy.plan import (
    Setting,
    latent_recipe,
    latent_settings,
    rendered_recipe,
    rendered_settings,
)
from fuzzy.report import write_results
from fuzzy.runs import run_latent, run_rendered
from scripting import minutes, positive, run_script

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json
from mrpn.common.machine import usable_cores
from mrpn.common.progress import say

ROOT = Path(__file__).resolve().parent.parent
STEPS = ("latent", "rendered", "report")
Unit = tuple[str, Setting, int]


def main() -> None:
    """Run what is asked for, as far as the time goes, and write the report of all there is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=minutes, default=120, help="start no more after that")
    parser.add_argument("--seeds", type=positive, default=4, help="of the latent sweep")
    parser.add_argument("--jobs", type=positive, default=usable_cores(), help="runs at a time")
    parser.add_argument("--only", choices=STEPS, action="append", help="a step; all by default")
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "fuzziness")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments/results/fuzziness")
    given = parser.parse_args()
    os.nice(10)
    steps = given.only or STEPS
    units = [unit for unit in planned(given.seeds) if unit[0] in steps]
    left = [unit for unit in units if not finished(given.out, unit)]
    if units:
        say(f"{len(units) - len(left)} of {len(units)} runs are there already")
    end = time.monotonic() + 60 * given.minutes
    for done, outcome in enumerate(
        run_all(left, partial(run_unit, work=given.work, out=given.out), given.jobs, end), start=1
    ):
        place = place_of(given.out, outcome["setting"], outcome["seed"])
        write_json(place, outcome)
        say(f"{done}/{len(left)}  {place.stem}  {outcome['cpu_seconds']:.0f} s of one core")
    if "report" in steps:
        write_results(given.out)


def planned(seeds: int) -> list[Unit]:
    """Return the runs in their order: every setting before any has its second seed."""
    latent = [("latent", s, seed) for seed in range(seeds) for s in latent_settings()]
    return [*latent, *(("rendered", setting, 0) for setting in rendered_settings())]


def place_of(out: Path, setting: str, seed: int) -> Path:
    """Return where a run's outcome is kept."""
    return out / "runs" / f"{setting}-seed{seed}.json"


def answers_of(place: Path) -> Path:
    """Return where the answers to every clip lie beside a run's outcome."""
    return place.with_suffix(".parquet")


def finished(out: Path, unit: Unit) -> bool:
    """Whether a run is done. Raises MrpnError where its place holds one of other settings."""
    kind, setting, seed = unit
    place = place_of(out, setting.name, seed)
    if not place.exists() or not answers_of(place).exists():
        return False
    found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))["digests"]
    recipe = latent_recipe(seed) if kind == "latent" else rendered_recipe(seed)
    if (found["setting"], found["recipe"]) != (setting.digest, recipe.digest):
        raise MrpnError(f"{place}: of other settings; delete it, or name another folder by --out")
    return True


def run_unit(unit: Unit, work: Path, out: Path) -> dict[str, Any]:
    """Run one setting with one seed."""
    kind, setting, seed = unit
    run = run_latent if kind == "latent" else run_rendered
    answers = answers_of(place_of(out, setting.name, seed))
    return run(setting, seed, work / f"{setting.name}-seed{seed}", answers)


if __name__ == "__main__":
    run_script(main)
