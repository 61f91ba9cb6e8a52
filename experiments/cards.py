"""Are the cards of the weights that ship true? `mrpn evaluate` measures each again, and is timed.

    python experiments/cards.py --voices RAVDESS --faces FER2013 --speech LibriSpeech

RAVDESS is a folder with the speech recordings, FER2013 its folders of images (not the original csv:
the composite pairs faces by their names), LibriSpeech a folder of speakers. Writes what came out
beside what the cards say.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from scripting import run_script

from mrpn.common.errors import CorpusError, MrpnError
from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say
from mrpn.corpora.scan import media_files
from mrpn.weights import read_header, shipped_weights

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 600.0


def commands(voices: Path, faces: Path, speech: Path) -> dict[str, list[str]]:
    """Return what follows `mrpn evaluate NAME`, for each of the weights."""
    composite = ["--corpus", "composite-ravdess-fer2013", "--option", f"faces={faces}"]
    return {
        "face-small": [str(faces), "--corpus", "fer2013"],
        "voice-mel": [str(speech), "--corpus", "librispeech"],
        "voice-small": [str(speech), "--corpus", "librispeech"],
        "face-voice-small": [str(voices), *composite],
    }


def main() -> None:
    """Measure all, and exit with 1 where a card does not hold or ten minutes are not enough."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name in ("voices", "faces", "speech"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results" / "cards")
    parser.add_argument("--weights", nargs="+", help="only these; what the others had is kept")
    given = parser.parse_args()
    asked = commands(given.voices, given.faces, given.speech)
    if missing := sorted(shipped_weights().keys() ^ asked.keys()):
        raise MrpnError(f"no command here for the weights that ship: {', '.join(missing)}")
    refuse_table(given.faces)
    wanted = given.weights or [*asked]
    if unknown := sorted({*wanted} - asked.keys()):
        raise MrpnError(f"no weights are called {', '.join(unknown)}; there are {', '.join(asked)}")
    before = json.loads((given.out / "result.json").read_text("utf-8")) if given.weights else {}
    found = {
        name: measure(name, rest) if name in wanted else before["weights"][name]
        for name, rest in asked.items()
        if name in wanted or name in before.get("weights", {})
    }
    write_json(given.out / "result.json", {"weights": found})
    table = table_of(found)
    write_text(given.out / "table.md", table)
    say(table)
    if failed := {name: why for name in wanted if (why := why_not(found[name]))}:
        raise MrpnError("; ".join(f"{name}: {why}" for name, why in failed.items()))


def refuse_table(faces: Path) -> None:
    """Refuse, by CorpusError, FER2013 as a table, whose faces have other names than files have."""
    csv = {".csv"}
    if faces.suffix.lower() in csv or any(f.name == "fer2013.csv" for f in media_files(faces, csv)):
        raise CorpusError(
            f"{faces}: is FER2013 as a csv; give its folders of images, since the card of "
            "face-voice-small is of faces that were paired with voices by the names of these"
        )


def why_not(found: dict[str, Any]) -> str:
    """Return why a card is not borne out by what was measured; nothing where it is."""
    whys = {
        "another value than the card's": not found["agrees"],
        "other contents than the card's": found["same_contents"] is False,
        f"{found['clips']} clips, not {found['card_clips']}": found["clips"] != found["card_clips"],
        "more than ten minutes": found["seconds"] >= LONGEST,
    }
    return ", ".join(why for why, holds in whys.items() if holds)


def measure(name: str, rest: list[str]) -> dict[str, Any]:
    """Return what `mrpn evaluate` says of one, with the seconds that it took."""
    started = time.perf_counter()
    line = [sys.executable, "-m", "mrpn", "evaluate", name, *rest, "--json"]
    ran = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=False)
    if not ran.stdout:
        raise MrpnError(f"mrpn evaluate {name}: ended with {ran.returncode} and without a result")
    result = json.loads(ran.stdout)
    measured = result["measured"]
    entry, path = shipped_weights()[name]
    on_card = [m for m in read_header(path).measured if m.on.corpus == measured["on"]["corpus"]]
    kept = {key: measured[key] for key in ("metric", "value", "low", "high", "interval", "clips")}
    return {
        "sha256": entry.sha256,
        **kept,
        "card_clips": on_card[0].clips if on_card else None,
        **{key: result[key] for key in ("card", "agrees", "same_contents", "seen_in_training")},
        "seconds": round(time.perf_counter() - started, 1),
        "machine": describe_machine(),
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
