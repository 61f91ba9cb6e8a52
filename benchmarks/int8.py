"""What weights in 8 bits cost: accuracy of the exported network, whole and in 8 bits.

    python benchmarks/int8.py --data PREPARED [--weights NAME] [--out DIR]

On the very clips of the weights' card, from their prepared corpus (experiments/recognizer.py leaves
it): right answers of PyTorch, of ONNX, and of ONNX in 8 bits, with the interval over actors of what
the 8 bits lose, and how far probabilities are apart.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from measuring import table

from mrpn import Recognizer
from mrpn.common.files import write_json, write_text
from mrpn.common.likely import softmax
from mrpn.common.machine import describe_machine
from mrpn.common.progress import track
from mrpn.evaluation.intervals import DIFFERENCE, t_interval
from mrpn.inputs import Preprocessing
from mrpn.preparation import PreparedCorpus
from mrpn.recognition.comparing import run_onnx
from mrpn.recognition.exporting import export_onnx, quantise
from mrpn.training.dataset import ClipDataset
from mrpn.training.recipe import Stills
from mrpn.training.sampling import Draw
from mrpn.training.scoring import score_clips
from mrpn.weights import evidence, find_weights, load_weights, read_header


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="prepared corpus of the card")
    parser.add_argument("--weights", default="face-voice-small")
    parser.add_argument("--out", type=Path, default=None)
    given = parser.parse_args()
    torch.set_num_threads(1)
    path = find_weights(given.weights)
    network, header = load_weights(path)
    (plan, *_) = header.measured
    corpus = PreparedCorpus(given.data)
    scored = score_clips(network, header, corpus, plan)
    doubts = {} if header.calibration is None else header.calibration.doubts
    doubt = doubts.get(evidence(network.modalities))
    likely = {"PyTorch": softmax(scored.scores, doubt.temperature if doubt else 1.0)}
    shared = [path.with_name(each.file) for each in read_header(path).shared.values()]
    sizes = {"PyTorch": sum(file.stat().st_size for file in (path, *shared))}
    dataset = ClipDataset(
        corpus,
        scored.clips,
        preprocessing=Preprocessing.model_validate(header.preprocessing),
        stills=Stills(views=plan.views, jitter=plan.jitter),
        augmentation=None,
        seed=plan.seed,
        modalities=network.modalities,
    )
    with tempfile.TemporaryDirectory(prefix="mrpn-") as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        export_onnx(Recognizer.from_pretrained(given.weights), whole)
        quantise(whole, small)
        for name, file in (("ONNX", whole), ("ONNX, 8 bits", small)):
            places = track(range(len(dataset)), name, len(dataset))
            answers = [run_onnx(file, dataset[Draw(place, 0)].inputs) for place in places]
            likely[name], sizes[name] = np.stack(answers), file.stat().st_size
    actors = [clip.record.actor for clip in scored.clips]
    found = compared(likely, scored.labels, actors, header.class_names)
    for each in found:
        each["megabytes"] = round(sizes[each["network"]] / 1e6, 1)
    head = ("network", "MB", "right, %", "lost, points", "same class, %", "probabilities within")
    rows = [
        (
            each["network"],
            each["megabytes"],
            each["accuracy"],
            f"{each['lost']} ({each['low']} to {each['high']})",
            each["agree"],
            f"{each['largest']:.2g}",
        )
        for each in found
    ]
    text = table(head, rows)
    print(text)
    if given.out is not None:
        about = {"machine": describe_machine(), "weights": given.weights, "clips": len(dataset)}
        write_json(given.out / "int8.json", {**about, "measured": found})
        write_text(given.out / "int8.md", text)


def compared(
    likely: dict[str, np.ndarray], labels: list[str], actors: list[str], classes: tuple[str, ...]
) -> list[dict[str, object]]:
    """Return each network's accuracy, and how it differs from the first one's, over actors."""
    truth = np.array([classes.index(label) for label in labels])
    first = next(iter(likely))
    right = {name: values.argmax(1) == truth for name, values in likely.items()}
    found: list[dict[str, object]] = []
    for name, values in likely.items():
        lost = pd.Series(right[first].astype(float) - right[name]).groupby(actors).mean()
        low, high = t_interval([*lost], limits=DIFFERENCE)
        found.append(
            {
                "network": name,
                "accuracy": round(100 * right[name].mean(), 2),
                "lost": round(100 * lost.mean(), 2),
                "low": round(100 * low, 2),
                "high": round(100 * high, 2),
                "agree": round(100 * (values.argmax(1) == likely[first].argmax(1)).mean(), 2),
                "largest": float(np.abs(values - likely[first]).max()),
            }
        )
    return found


if __name__ == "__main__":
    main()
