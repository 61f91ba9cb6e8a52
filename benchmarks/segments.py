"""What overlapping spectrogram segments cost: AO (every 0.2 s) against WO (every 1 s).

    python benchmarks/segments.py [--seconds 3.6] [--repeats 200] [--json]

Both share one STFT per clip, so AO may cost at most 1.3 times WO. Exits with 1 if it costs more.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import torch

from mrpn.inputs import Preprocessing, SpectrogramSettings

LIMIT = 1.3
WARM_UP = 6


def measure(seconds: float, repeats: int) -> dict[str, float | int]:
    """Return the medians of AO and WO in milliseconds, and the median and quartiles of their ratio.

    Segments are views of the spectrogram; batching copies them later, and AO has more to copy. So
    the same is measured with that copy ("copied"), to which the limit does not apply. A last
    figure, one STFT per overlapping segment, shows what sharing it saves.
    """
    overlapping = Preprocessing(spectrogram=SpectrogramSettings(step=0.2))
    apart = Preprocessing(spectrogram=SpectrogramSettings(step=1.0))
    rng = np.random.default_rng(0)
    wave = rng.normal(0, 0.1, round(seconds * 16000)).astype(np.float32)
    starts = range(0, max(1, len(wave) - 16000 + 1), 3200)
    views = compare(lambda: overlapping.audio(wave), lambda: apart.audio(wave), repeats)
    copies = compare(
        lambda: overlapping.audio(wave).contiguous(),
        lambda: apart.audio(wave).contiguous(),
        repeats,
    )
    separate = [
        milliseconds(lambda: [apart.audio(wave[start : start + 16000]) for start in starts])
        for _ in range(max(5, repeats // 10))
    ]
    return {
        "seconds": seconds,
        "ao_segments": len(overlapping.audio(wave)),
        "wo_segments": len(apart.audio(wave)),
        **views,
        **{f"copied_{name}": value for name, value in copies.items()},
        "separate_ms": round(statistics.median(separate), 3),
        "limit": LIMIT,
    }


def compare(ao: Callable[[], object], wo: Callable[[], object], repeats: int) -> dict[str, float]:
    """Measure two jobs in pairs whose order alternates: the second of a pair finds other caches."""
    times: dict[str, list[float]] = {"ao": [], "wo": []}
    for round_ in range(repeats + WARM_UP):
        pair = [("ao", ao), ("wo", wo)]
        for name, job in pair if round_ % 2 else reversed(pair):
            taken = milliseconds(job)
            if round_ >= WARM_UP:
                times[name].append(taken)
    ratios = [a / w for a, w in zip(times["ao"], times["wo"], strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return {
        "ao_ms": round(statistics.median(times["ao"]), 3),
        "wo_ms": round(statistics.median(times["wo"]), 3),
        "ratio": round(middle, 3),
        "ratio_quartile_low": round(low, 3),
        "ratio_quartile_high": round(high, 3),
    }


def milliseconds(job: Callable[[], object]) -> float:
    """Return how long one call of `job` takes."""
    begin = time.perf_counter()
    job()
    return 1000 * (time.perf_counter() - begin)


def main() -> int:
    """Measure, print, and say by the exit code whether the limit is kept."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=3.6, help="length of the clip")
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    torch.set_num_threads(1)
    result = measure(options.seconds, options.repeats)
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        ao, wo = result["ao_segments"], result["wo_segments"]
        print(f"{'':12}{'segments':>10}{'ms':>10}{'ms copied':>12}")
        print(f"{'AO':12}{ao:>10}{result['ao_ms']:>10}{result['copied_ao_ms']:>12}")
        print(f"{'WO':12}{wo:>10}{result['wo_ms']:>10}{result['copied_wo_ms']:>12}")
        print(f"{'AO apart':12}{ao:>10}{result['separate_ms']:>10}")
        quartiles = f"{result['ratio_quartile_low']} to {result['ratio_quartile_high']}"
        print(f"AO / WO = {result['ratio']} (quartiles {quartiles}; at most {LIMIT})")
        print(f"AO / WO with the batch's copy = {result['copied_ratio']}")
    return 0 if result["ratio"] <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
