"""What all of RAVDESS takes on disk when it is prepared, and how fast training reads it.

    python benchmarks/reading.py [--data DIR] [--work DIR] [--out DIR]

RAVDESS's pictures are not at hand everywhere, so 1,440 films of real faces stand in: each has the
sound of a trial's real voice recording, under the trial's name, and the pictures of one of the
films under --data (talking faces of `clips/` and `crema-d/`), repeated to the sound's length. They
are prepared as they would be, ten 112x112 crops a second. Bytes are counted as they lie on disk;
below 2 GB is asked for.
Reading: samples of N2 as an epoch draws them (crops, sound, time slices, augmentation, segments),
in one process, against the training step on the same batches on all cores, with encoders of width
16 and 64. At least 3 times the step's consumption is asked for. Exits with 1 if a limit is missed.
"""

import argparse
import itertools
import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from measuring import cores, seconds_of, table

from mrpn.common.config import validate
from mrpn.common.files import write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say, track
from mrpn.corpora import ravdess_folds, read_corpus
from mrpn.media import iter_frames, read_audio, write_video
from mrpn.network import MultiModalNetwork, MultiTermLoss
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.training import Recipe
from mrpn.training.data import FoldData
from mrpn.training.dataset import Batch, collate
from mrpn.training.hardware import arrange_channels_last, choose_precision
from mrpn.training.strategies import make_network

MOST_BYTES = 2e9
LEAST_RATIO = 3.0
BATCHES = {16: 8, 64: 3}
RATE = 25
ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("MRPN_DATA", ROOT / ".." / "shared" / "data"))


def recipe_of(width: int) -> Recipe:
    """Return a recipe of full-size inputs at a width of the encoders."""
    branch = {"width": width, "features": 256, "stem_stride": 2}
    branches = {"audio": {**branch, "in_channels": 1}, "video": {**branch, "in_channels": 3}}
    values = {
        "name": "benchmark",
        "title": "Benchmark",
        "preprocessing": {"clip": {}},
        "network": {"branches": branches},
    }
    return validate(Recipe, values, "benchmark")


def write_films(job: tuple[Path, list[tuple[Path, Path]]]) -> None:
    """Write films with the pictures of one real film: (source, [(voice, target), ...])."""
    source, trials = job
    frames = [_even(frame.image) for frame in iter_frames(source, RATE)]
    for voice, target in trials:
        wave = read_audio(voice)
        count = max(1, round(len(wave) / 16000 * RATE))
        write_video(target, itertools.islice(itertools.cycle(frames), count), RATE, wave)


def _even(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    return image[: height - height % 2, : width - width % 2]


def stand_in(data: Path, work: Path) -> Path:
    """Write the 1,440 films, unless they are there, and return their folder."""
    films = sorted(
        path
        for folder in ("clips", "crema-d")
        for path in (data / folder).rglob("*")
        if path.suffix in {".mp4", ".mpg", ".flv"}
    )
    if not films:
        sys.exit(f"{data}: no films here; name the folder of the real data with --data")
    folder = work / "films"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = read_corpus("ravdess", data / "ravdess")
    trials = [
        (manifest.root / str(r.audio), folder / f"01{r.id[2:]}.mp4") for r in manifest.records
    ]
    jobs = [
        (film, [trial for trial in trials[number :: len(films)] if not trial[1].exists()])
        for number, film in enumerate(films)
    ]
    jobs = [job for job in jobs if job[1]]
    with ProcessPoolExecutor(cores(), mp_context=get_context("spawn")) as pool:
        list(track(pool.map(write_films, jobs), "films", len(jobs)))
    return folder


def size_of(corpus: PreparedCorpus, seconds: float, films: Path) -> dict:
    """Return what the prepared corpus takes on disk."""
    kept = sum(path.stat().st_size for path in corpus.folder.iterdir())
    crops = sum(clip.video.frames for clip in corpus.clips if clip.video)
    return {
        "clips": len(corpus),
        "with_face": sum(clip.has("video") for clip in corpus.clips),
        "seconds_of_film": round(sum(clip.duration for clip in corpus.clips)),
        "crops": crops,
        "bytes": kept,
        "bytes_per_crop": round((corpus.folder / "video.bin").stat().st_size / crops),
        "film_bytes": sum(path.stat().st_size for path in films.iterdir()),
        "seconds_to_prepare": round(seconds, 1),
    }


def batches_of(data: FoldData, count: int) -> Iterator[Batch]:
    """Yield the first batches of an epoch, made in this process."""
    for draws in itertools.islice(data.train_batches, count):
        yield collate([data.parts["train"][draw] for draw in draws])


def step(network: MultiModalNetwork, optimizer: torch.optim.Optimizer, batch: Batch) -> None:
    """Take one training step."""
    kind = torch.bfloat16 if choose_precision("auto") == "bf16-mixed" else torch.float32
    optimizer.zero_grad()
    with torch.autocast("cpu", kind, enabled=kind is torch.bfloat16):
        loss = MultiTermLoss()(network(batch.inputs), batch.labels)
    loss.backward()
    optimizer.step()


def reading(corpus: PreparedCorpus, width: int) -> dict:
    """Return clips per second of reading, of whole samples, and of the training step."""
    recipe = recipe_of(width)
    data = FoldData(corpus, ravdess_folds()[0], recipe, ("audio", "video"), 0)
    count = BATCHES[width]
    clips = count * recipe.optimisation.batch_size
    network = make_network(recipe, "n2", len(corpus.classes), 0, {}).train()
    arrange_channels_last(network, choose_precision("auto"))
    optimizer = torch.optim.AdamW(network.parameters())
    stored = [
        data.parts["train"].clips[draw.clip]
        for draws in itertools.islice(data.train_batches, count)
        for draw in draws
    ]
    read = seconds_of(lambda: [(corpus.crops(clip), corpus.sound(clip)) for clip in stored])
    start = time.perf_counter()
    batches = list(batches_of(data, count))
    sampled = time.perf_counter() - start
    torch.set_num_threads(cores())
    steps = [seconds_of(lambda b=batch: step(network, optimizer, b)) for batch in batches]
    # The first step warms up.
    consumed = statistics.mean(steps[1:]) * count
    return {
        "width": width,
        "read_per_second": round(clips / read, 1),
        "samples_per_second": round(clips / sampled, 1),
        "trained_per_second": round(clips / consumed, 1),
        "ratio_read": round(consumed / read, 1),
        "ratio_samples": round(consumed / sampled, 1),
    }


def main() -> int:
    """Measure, write, and say by the exit code whether the limits are kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, help="the real data")
    parser.add_argument("--work", type=Path, default=Path("runs/benchmarks"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args()
    films = stand_in(given.data, given.work)
    manifest = read_corpus("ravdess", films)
    manifest = replace(manifest, name="ravdess-stand-in", kind="composite")
    start = time.perf_counter()
    corpus = prepare(manifest, given.work / "prepared", recipe_of(16).preprocessing.clip)
    size = size_of(corpus, time.perf_counter() - start, films)
    say(f"prepared: {size}")
    speeds = [reading(corpus, width) for width in BATCHES]
    result = {
        "size": size,
        "reading": speeds,
        "machine": describe_machine(),
        "made": time.strftime("%Y-%m-%d"),
    }
    text = table(
        ("clips", "crops", "film", "prepared", "bytes a crop", "s to prepare"),
        [
            (
                size["clips"],
                size["crops"],
                f"{size['film_bytes'] / 1e9:.2f} GB",
                f"{size['bytes'] / 1e9:.2f} GB",
                size["bytes_per_crop"],
                size["seconds_to_prepare"],
            )
        ],
    )
    head = (
        "width",
        "clips/s read",
        "samples/s",
        "trained/s",
        "read : trained",
        "samples : trained",
    )
    text += "\n" + table(head, [list(speed.values()) for speed in speeds])
    print(text)
    write_json(given.out / "reading.json", result)
    write_text(given.out / "reading.md", text)
    fine = size["bytes"] < MOST_BYTES and all(s["ratio_samples"] >= LEAST_RATIO for s in speeds)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
