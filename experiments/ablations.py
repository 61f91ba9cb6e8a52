"""Ablations where the truth is known: what of N2 matters, on the fuzziness study's sequences.

Trains the rows of recipes/ablations.yaml, at the size of the fuzziness study, on six of its
settings, scores them on new clips, and compares rows pair by pair. What is finished is kept;
another call goes on.

    python experiments/ablations.py --minutes 60
    python experiments/ablations.py --only-report
"""

import argparse
import json
import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from ablating.plan import plan_digest, settings
from ablating.report import write_results
from ablating.runs import RESULT, run_rows
from fuzzy.conducting import run_all
from fuzzy.plan import Setting
from scripting import minutes, positive, run_script

from mrpn.common.errors import MrpnError
from mrpn.common.machine import usable_cores
from mrpn.common.progress import say

ROOT = Path(__file__).resolve().parent.parent
Unit = tuple[Setting, int]


def main() -> None:
    """Run what is left, as far as the time goes, and write the report of all there is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=minutes, default=120, help="start no more after that")
    parser.add_argument("--seeds", type=positive, default=4)
    parser.add_argument("--jobs", type=positive, default=usable_cores(), help="runs at a time")
    parser.add_argument("--only-report", action="store_true")
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "ablations")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments/results/ablations-latent")
    given = parser.parse_args()
    os.nice(10)
    if not given.only_report:
        units = planned(given.seeds)
        left = [unit for unit in units if not finished(given.out, unit)]
        say(f"{len(units) - len(left)} of {len(units)} runs are there already")
        end = time.monotonic() + 60 * given.minutes
        run = partial(run_unit, work=given.work, out=given.out)
        for done, outcome in enumerate(run_all(left, run, given.jobs, end), start=1):
            place = place_of(given.out, outcome["setting"], outcome["seed"])
            say(f"{done}/{len(left)}  {place.name}  {outcome['cpu_seconds']:.0f} s of one core")
    write_results(given.out)


def planned(seeds: int) -> list[Unit]:
    """Return the runs in their order: every setting before any has its second seed."""
    return [(setting, seed) for seed in range(seeds) for setting in settings()]


def place_of(out: Path, setting: str, seed: int) -> Path:
    """Return where a run's outcome is kept."""
    return out / "runs" / f"{setting}-seed{seed}"


def finished(out: Path, unit: Unit) -> bool:
    """Whether a run is done. Raises MrpnError where its place holds one of another plan."""
    setting, seed = unit
    place = place_of(out, setting.name, seed)
    if not (place / RESULT).exists():
        return False
    known = json.loads((place / RESULT).read_text(encoding="utf-8"))["digest"]
    if known != plan_digest(setting, seed):
        raise MrpnError(f"{place}: of another plan; delete it, or name another folder by --out")
    return True


def run_unit(unit: Unit, work: Path, out: Path) -> dict[str, Any]:
    """Train all rows on one setting with one seed."""
    setting, seed = unit
    name = f"{setting.name}-seed{seed}"
    return run_rows(setting, seed, work / name, place_of(out, setting.name, seed))


if __name__ == "__main__":
    run_script(main)
