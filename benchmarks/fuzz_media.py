"""Reads thousands of spoilt media files: how each ends, the slowest case, peak memory.

    python benchmarks/fuzz_media.py [--cases 5000] [--seed 0] [--first 0] [--workers N]
                                    [--out FILE.json]

Real files named by MRPN_DATA are spoilt where they are, and files made on the spot. Every case has
to end in arrays or in one line that says why not. Exits with 1 if one does not: such a case can be
repeated by its number, `--first NUMBER --cases 1 --keep FOLDER`, which keeps the spoilt file.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from measuring import table

from fuzz.cases import ARRAYS, ERROR, MEMORY_MB, SECONDS, WRONG, Outcome, fuzz, make
from fuzz.seeds import gather, real_data
from mrpn.common.files import write_json, write_text
from mrpn.common.isolation import Lost
from mrpn.common.machine import describe_machine, usable_cores

_COMMONEST = 12


class Tally:
    """Counts of how cases ended."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self.formats: dict[str, Counter[str]] = {}
        self.failed: list[dict[str, Any]] = []
        self.slowest: Outcome | None = None
        self.peak_mb = 0.0

    def add(self, number: int, file: str, ways: str, outcome: Outcome | Lost) -> None:
        """Count one case."""
        if isinstance(outcome, Lost):
            ended = "hangs" if outcome.reason.startswith("took") else "crashes"
            texts: tuple[str, ...] = (outcome.reason,)
        else:
            ended = {ARRAYS: "arrays", ERROR: "errors", WRONG: "wrong"}[outcome.ended]
            texts = outcome.texts
            self.peak_mb = max(self.peak_mb, outcome.peak_mb)
            if self.slowest is None or outcome.seconds > self.slowest.seconds:
                self.slowest = outcome
        self.ended[ended] += 1
        self.formats.setdefault(Path(file).suffix, Counter())[ended] += 1
        if ended == "errors":
            self.errors.update(texts)
        elif ended == "arrays":
            self.problems.update(texts)
        else:
            self.failed.append({"case": number, "file": file, "ways": ways, "what": list(texts)})

    def report(self) -> dict[str, Any]:
        """Return the counts, most frequent first."""
        slowest = self.slowest
        return {
            "cases": self.ended.total(),
            **{kind: self.ended[kind] for kind in ("arrays", "errors", "wrong")},
            **{kind: self.ended[kind] for kind in ("crashes", "hangs")},
            "slowest": None
            if slowest is None
            else {
                "case": slowest.number,
                "file": slowest.file,
                "ways": slowest.ways,
                "seconds": round(slowest.seconds, 2),
            },
            "peak_memory_of_a_worker_mb": round(self.peak_mb),
            "failed": self.failed,
            "formats": {name: dict(counts) for name, counts in sorted(self.formats.items())},
            "errors_by_kind": dict(self.errors.most_common()),
            "problems_beside_arrays": dict(self.problems.most_common()),
        }


def run(cases: int, seed: int, first: int, workers: int, keep: Path | None) -> dict[str, Any]:
    """Read the cases and return the report."""
    tally, start = Tally(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        files = gather(Path(folder))
        for number, outcome in fuzz(files, range(first, first + cases), seed, workers):
            file, content, ways = make(files, seed, number)
            tally.add(number, file.name, ways, outcome)
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{number}{file.suffix}").write_bytes(content)
            if sys.stderr.isatty():
                print(f"\r{tally.ended.total()} of {cases}", end="", file=sys.stderr)
    return {
        **tally.report(),
        "seed": seed,
        "first": first,
        "files": sorted({file.name for file in files}),
        "real_data": real_data() is not None,
        "limits": {"seconds": SECONDS, "memory_mb": MEMORY_MB},
        "workers": workers,
        "seconds": round(time.perf_counter() - start, 1),
        "machine": describe_machine(),
    }


def tables_of(report: dict[str, Any]) -> str:
    """Return the counts as Markdown: how cases ended, and the commonest errors."""
    ways = ("cases", "arrays", "errors", "crashes", "hangs", "wrong")
    slowest = report["slowest"]["seconds"] if report["slowest"] else 0
    head = (*ways, "slowest, s", "peak of a worker, MB")
    row = [*(report[way] for way in ways), slowest, report["peak_memory_of_a_worker_mb"]]
    formats = [(n, *(c.get(w, 0) for w in ways[1:])) for n, c in report["formats"].items()]
    errors = list(report["errors_by_kind"].items())[:_COMMONEST]
    return "\n".join(
        [
            table(head, [row]),
            table(("format", *ways[1:]), formats),
            table(("the commonest errors, file names left out", "times"), errors),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--workers", type=int, default=usable_cores())
    parser.add_argument("--keep", type=Path, help="folder in which to keep the spoilt files")
    parser.add_argument("--out", type=Path, help="JSON file to write the report to")
    options = parser.parse_args()
    report = run(options.cases, options.seed, options.first, options.workers, options.keep)
    if options.out is not None:
        write_json(options.out, report)
        write_text(options.out.with_suffix(".md"), tables_of(report))
    print(json.dumps(report, indent=2))
    sys.exit(bool(report["failed"]))


if __name__ == "__main__":
    main()
