"""What training costs beside its arithmetic, and which arithmetic is the fastest here.

    python benchmarks/training_step.py [--epochs 6] [--skip-convolutions] [--out benchmarks/results]

First, the training step as a run takes it (samples read, cut and augmented, Lightning, N2 at the
demo's size) against the bare forward, backward and update of the same network on the same batches,
held in memory; epoch by epoch in turn, so that both meet the same machine. Time counts up to 1.25
times the bare step. Then forward and backward of ResNet-18 in both precisions and memory formats,
each in a process of its own, since not all survive. Makes its own corpus of noise in a temporary
folder. Exits with 1 if a limit is not kept.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch

from mrpn.common.config import validate
from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.corpora.folds import Fold
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.media import write_video, write_wav
from mrpn.network import MultiTermLoss
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe
from mrpn.training.callbacks import RunRecord
from mrpn.training.data import FoldData
from mrpn.training.fitting import fit
from mrpn.training.hardware import arrange_channels_last, choose_precision
from mrpn.training.strategies import make_network

LIMIT = 1.25
CLASSES = ("calm", "happy", "sad", "angry")
ACTORS = ("1", "2", "3", "4", "5", "6", "7", "8")
SIDE, FRAMES, FRAME_RATE, SECONDS = 48, 8, 5, 1.5
WIDTHS = (8, 16)
NETWORK_SEED = 0
INPUTS = {"face 48x48, stride 1": (64, SIDE, SIDE, 1), "voice 256x250, stride 2": (8, 256, 250, 2)}
PRECISIONS = ("32-true", "bf16-mixed")
FORMATS = ("contiguous", "channels_last")


def make_corpus(folder: Path) -> PreparedCorpus:
    """Write and prepare two clips of noise for every class and actor."""
    rng = np.random.default_rng(0)
    records = []
    for label in CLASSES:
        for actor in ACTORS:
            for take in range(2):
                name = f"{label}-{actor}-{take}"
                frames = rng.integers(0, 255, (FRAMES, SIDE, SIDE, 3)).astype(np.uint8)
                wave = rng.normal(0, 0.1, round(16000 * SECONDS)).astype(np.float32)
                write_video(folder / f"{name}.mp4", frames, FRAME_RATE)
                write_wav(folder / f"{name}.wav", wave)
                records.append(ClipRecord(name, label, actor, None, f"{name}.mp4", f"{name}.wav"))
    manifest = Manifest("noise", folder, CLASSES, tuple(records), kind="synthetic")
    return prepare(manifest, folder / "prepared", recipe_of(8, 1).preprocessing.clip, workers=0)


def recipe_of(width: int, epochs: int) -> Recipe:
    """Return the demo's recipe at a width of the encoders."""
    branch = {"in_channels": 1, "width": width, "features": 8 * width}
    values = {
        "name": "benchmark",
        "title": "Benchmark",
        "preprocessing": {
            "clip": {"faces": "whole", "size": SIDE, "frame_rate": FRAME_RATE},
            "channels": 1,
        },
        "network": {
            "branches": {
                "audio": {**branch, "stem_stride": 2},
                "video": {**branch, "stem_stride": 1},
            },
            "hidden": 8 * width,
        },
        "optimisation": {"epochs": epochs, "batch_size": 16, "select": "last"},
    }
    return validate(Recipe, values, "benchmark")


class Stopwatch(RunRecord):
    """Measures every training step of a run, and after each epoch the bare steps on its batches.

    The first epoch warms up and does not count.
    """

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        super().__init__(folder, {"strategy": "n2", "fold": "A1", "seed": 0}, "last", _ignore)
        self.bare = Bare(recipe)
        self.epochs: list[dict[str, float]] = []
        self._batches: list[Any] = []
        self._steps = self._waits = self._last = self._cpu = 0.0

    def on_train_epoch_start(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Start the clocks."""
        super().on_train_epoch_start(trainer, module)
        self._batches.clear()
        self._steps = self._waits = 0.0
        self._last, self._cpu = time.perf_counter(), time.process_time()

    def on_train_batch_start(self, *given: Any) -> None:
        """Count what passed since the last step as waiting for data."""
        self._batches.append(given[2])
        self._waits += time.perf_counter() - self._last

    def on_train_batch_end(self, *_: Any) -> None:
        """Count the whole step, its waiting included."""
        now = time.perf_counter()
        self._steps += now - self._last
        self._last = now
        self._cpu_used = time.process_time() - self._cpu

    def on_train_epoch_end(
        self, trainer: lightning.Trainer, module: lightning.LightningModule
    ) -> None:
        """Do the epoch again, barely."""
        super().on_train_epoch_end(trainer, module)
        bare, bare_cpu = self.bare.epoch(self._batches)
        if trainer.current_epoch > 0:
            count = len(self._batches)
            self.epochs.append(
                {
                    "step_ms": 1000 * self._steps / count,
                    "bare_ms": 1000 * bare / count,
                    "ratio": self._steps / bare,
                    "cpu_ratio": self._cpu_used / bare_cpu,
                    "waiting": self._waits / self._steps,
                }
            )


def _ignore(_: dict[str, Any]) -> None:
    """Take no notice of a row of the learning curve."""


class Bare:
    """The same network and update without anything around them."""

    def __init__(self, recipe: Recipe) -> None:
        self.precision = choose_precision(recipe.optimisation.precision)
        self.network = make_network(recipe, "n2", len(CLASSES), NETWORK_SEED, {}).train()
        if recipe.optimisation.channels_last:
            arrange_channels_last(self.network, self.precision)
        self.loss = MultiTermLoss()
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=1e-3)

    def epoch(self, batches: Sequence[Any]) -> tuple[float, float]:
        """Return the seconds of one step per batch, on the clock and of the processor."""
        begin, cpu = time.perf_counter(), time.process_time()
        for batch in batches:
            with torch.autocast("cpu", torch.bfloat16, enabled=self.precision == "bf16-mixed"):
                loss = self.loss(self.network(batch.inputs), batch.labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return time.perf_counter() - begin, time.process_time() - cpu


def measure_step(corpus: PreparedCorpus, width: int, epochs: int, work: Path) -> dict[str, Any]:
    """Return medians over epochs of the step through a run, the bare step and their ratio."""
    recipe = recipe_of(width, epochs + 1)
    fold = Fold("A1", train=ACTORS[2:], validation=ACTORS[1:2], test=ACTORS[:1])
    data = FoldData(corpus, fold, recipe, ("audio", "video"), recipe.seed)
    network = make_network(recipe, "n2", len(CLASSES), NETWORK_SEED, {})
    record = Stopwatch(work / f"width-{width}", recipe)
    fit(recipe, network, data, record, record.folder)
    names = record.epochs[0]
    medians = {name: statistics.median(e[name] for e in record.epochs) for name in names}
    return {
        "width": width,
        "precision": record.bare.precision,
        "parameters": sum(p.numel() for p in network.parameters()),
        "batches": len(data.train_batches) * epochs,
        **{name: round(value, 4) for name, value in medians.items()},
        "lowest_ratio": round(min(e["ratio"] for e in record.epochs), 4),
        "highest_ratio": round(max(e["ratio"] for e in record.epochs), 4),
    }


def convolution(name: str, width: int, precision: str, layout: str, repeats: int) -> float:
    """Return the median milliseconds of ResNet-18's forward and backward on one input."""
    from mrpn.network import ResNet18

    batch, height, length, stride = INPUTS[name]
    encoder = ResNet18(1, width, stride)
    images = torch.randn(batch, 1, height, length)
    if layout == "channels_last":
        encoder = encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        images = images.to(memory_format=torch.channels_last)
    times = []
    for _ in range(repeats + 2):
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            features = encoder(images)
        features.float().square().mean().backward()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times[2:])


def measure_convolutions(repeats: int) -> list[dict[str, Any]]:
    """Measure every input, width, precision and memory format, each in a process of its own."""
    rows = []
    for name in INPUTS:
        for width in (8, 16, 32):
            for precision in PRECISIONS:
                for layout in FORMATS:
                    given = [name, str(width), precision, layout, str(repeats)]
                    done = subprocess.run(
                        [sys.executable, __file__, "--one", *given],
                        capture_output=True,
                        text=True,
                        check=False,
                    )
                    crashed = done.returncode != 0
                    rows.append(
                        {
                            "input": name,
                            "width": width,
                            "precision": precision,
                            "format": layout,
                            "ms": None if crashed else float(done.stdout.split()[-1]),
                            "exit": done.returncode,
                        }
                    )
    return rows


def table_of(result: dict[str, Any]) -> str:
    """Return the result as Markdown."""
    machine = result["machine"]
    lines = [
        "# Training step",
        "",
        f"{machine['processor']}, {machine['threads']} thread(s), torch {machine['torch']}. "
        f"N2, faces {FRAMES} x {SIDE}x{SIDE}, voices of {SECONDS} s in segments every 0.2 s, "
        "batches of 16; medians over epochs.",
        "",
        "| width | precision | run, ms | bare, ms | ratio | of processor time | waiting for data |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in result["steps"]:
        lines.append(
            f"| {row['width']} | {row['precision']} | {row['step_ms']:.1f} | {row['bare_ms']:.1f} "
            f"| {row['ratio']:.2f} | {row['cpu_ratio']:.2f} | {100 * row['waiting']:.1f} % |"
        )
    if result["convolutions"]:
        lines += [
            "",
            "Forward and backward of ResNet-18, ms (batches of 64 faces, 8 voice segments):",
            "",
            "| input | width | "
            + " | ".join(f"{p}, {f}" for p in PRECISIONS for f in FORMATS)
            + " |",
            "|---" * 6 + "|",
        ]
        cells: dict[tuple[str, int], list[str]] = {}
        for row in result["convolutions"]:
            shown = f"{row['ms']:.1f}" if row["ms"] is not None else f"exit {row['exit']}"
            cells.setdefault((row["input"], row["width"]), []).append(shown)
        lines += [f"| {n} | {w} | " + " | ".join(v) + " |" for (n, w), v in cells.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, write, print, and say by the exit code whether the limit is kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=10, help="of each convolution")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--skip-convolutions", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.one:
        name, width, precision, layout, repeats = options.one
        print(convolution(name, int(width), precision, layout, int(repeats)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = make_corpus(Path(folder))
        steps = [measure_step(corpus, w, options.epochs, Path(folder)) for w in WIDTHS]
    result = {
        "machine": {**describe_machine(), "threads": options.threads},
        "limit": LIMIT,
        "steps": steps,
        "convolutions": [] if options.skip_convolutions else measure_convolutions(options.repeats),
    }
    table = table_of(result)
    write_json(options.out / "training_step.json", result)
    write_text(options.out / "training_step.md", table)
    print(table)
    return 0 if all(row["ratio"] <= LIMIT for row in steps) else 1


if __name__ == "__main__":
    sys.exit(main())
