"""Keeps what is small of a finished study, with its report, as results/ has it.

    python experiments/keep_study.py runs/composite/composite-frozen \\
        --name /data/ravdess=RAVDESS/ --name /data/fer2013=FER2013/

What is kept is what `mrpn report` makes the report of: the record, results, predictions, learning
curves, diary and features, without weights and prepared clips. The commands in the record keep no
place of this machine: each has to be given a name. With --join the study's seeds are laid beside
those of it that are kept already: one study, run in sittings or on several machines.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from scripting import run_script

from mrpn.common.errors import MrpnError
from mrpn.common.progress import say
from mrpn.evaluation.study import write_study_report
from mrpn.training.studies import export_study, join_studies, study_inputs
from mrpn.training.studies.record import read_record

RESULTS = Path(__file__).resolve().parent / "results"
PLACE = re.compile(r"(?:^|[\s='\"])(/[^\s'\"]*)")


def main(arguments: Sequence[str] | None = None) -> None:
    """Copy the study's tables under its name, and write the report of what was copied."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("study", type=Path, help="its folder, as mrpn crossval wrote it")
    parser.add_argument(
        "--name", action="append", default=[], type=_pair, metavar="PLACE=NAME", help="of a place"
    )
    parser.add_argument("--out", type=Path, default=RESULTS, help="a folder of its name goes there")
    parser.add_argument("--join", action="store_true", help="to the seeds that are kept already")
    given = parser.parse_args(arguments)
    record = read_record(given.study)
    target = given.out / record.study.name
    commands = renamed(record.commands, given.name)
    if given.join:
        commands = [*dict.fromkeys([*read_record(target).commands, *commands])]
        join_studies([target, given.study], target, commands=commands)
    else:
        export_study(given.study, target, commands=commands)
    say(str(write_study_report(study_inputs(target), target / "report")))


def renamed(commands: Sequence[str], names: Sequence[tuple[str, str]]) -> list[str]:
    """Return the commands with names in place of places, the longest place first.

    Raises:
        MrpnError: a place from the root of this machine is left.
    """
    return [_renamed(command, names) for command in commands]


def _renamed(command: str, names: Sequence[tuple[str, str]]) -> str:
    for place, name in sorted(names, key=lambda pair: -len(pair[0])):
        command = command.replace(place, name)
    left = PLACE.search(command)
    if left:
        raise MrpnError(f"{left[1]}: a place of this machine; name it by --name {left[1]}=NAME")
    return command


def _pair(text: str) -> tuple[str, str]:
    place, found, name = text.partition("=")
    if not (place and found and name):
        raise argparse.ArgumentTypeError(f"{text} is not PLACE=NAME")
    return place, name


if __name__ == "__main__":
    run_script(main, resumes=False)
