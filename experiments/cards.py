"""Are the cards of the weights that ship true? `mrpn evaluate` measures each again, and is timed.

    python experiments/cards.py --voices RAVDESS --faces FER2013 --speech LibriSpeech

RAVDESS is a folder with the speech recordings, FER2013 its folders or a folder with the original
csv, LibriSpeech a folder of speakers. Writes what came out beside what the cards say.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from scripting import run_script

from mrpn.common.errors import MrpnError
from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say
from mrpn.weights import shipped_weights

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 600.0


def commands(voices: Path, faces: Path, speech: Path) -> dict[str, list[str]]:
    """Return what follows `mrpn evaluate NAME`, for each of the weights."""
    composite = ["--corpus", "composite-ravdess-fer2013", "--option", f"faces={faces}"]
    return {
        "face-small": [str(faces), "--corpus", "fer2013"],
        "voice-small": [str(speech), "--corpus", "librispeech"],
        "face-voice-small": [str(voices), *composite],
    }


def main() -> None:
    """Measure all, and exit with 1 where a card does not hold or ten minutes are not enough."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name in ("voices", "faces", "speech"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results" / "cards")
    given = parser.parse_args()
    asked = commands(given.voices, given.faces, given.speech)
    if missing := sorted(shipped_weights().keys() ^ asked.keys()):
        raise MrpnError(f"no command here for the weights that ship: {', '.join(missing)}")
    found = {name: measure(name, rest) for name, rest in asked.items()}
    write_json(given.out / "result.json", {"machine": describe_machine(), "weights": found})
    table = table_of(found)
    write_text(given.out / "table.md", table)
    say(table)
    kept = all(each["agrees"] and each["seconds"] < LONGEST for each in found.values())
    if not kept:
        raise MrpnError("a card is not borne out, or took more than ten minutes")


def measure(name: str, rest: list[str]) -> dict[str, Any]:
    """Return what `mrpn evaluate` says of one, with the seconds that it took."""
    started = time.perf_counter()
    line = [sys.executable, "-m", "mrpn", "evaluate", name, *rest, "--json"]
    ran = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=False)
    if not ran.stdout:
        raise MrpnError(f"mrpn evaluate {name}: ended with {ran.returncode} and without a result")
    result = json.loads(ran.stdout)
    measured = result["measured"]
    kept = {key: measured[key] for key in ("metric", "value", "low", "high", "interval", "clips")}
    return {
        "sha256": shipped_weights()[name][0].sha256,
        **kept,
        **{key: result[key] for key in ("card", "agrees", "same_contents", "seen_in_training")},
        "seconds": round(time.perf_counter() - started, 1),
    }


def table_of(found: dict[str, dict[str, Any]]) -> str:
    """Return the results as Markdown."""
    lines = [
        "| weights | what | clips | measured, % | 95 % | the card, % | the very clips | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, each in found.items():
        value, low, high, card = (100 * each[k] for k in ("value", "low", "high", "card"))
        same = {True: "yes", False: "no", None: "not told"}[each["same_contents"]]
        interval = f"{low:.1f} to {high:.1f}, {each['interval']}"
        lines.append(
            f"| {name} | {each['metric']} | {each['clips']} | {value:.2f} | {interval} "
            f"| {card:.2f} | {same} | {each['seconds']:.0f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    run_script(main)
