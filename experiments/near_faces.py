"""Test faces of FER2013 that training holds in other pixels: how many, and what they are worth.

    python experiments/near_faces.py --faces FER2013

`drop_duplicates` takes from training what the test holds pixel by pixel. The same photograph also
occurs with another watermark, crop or compression. Here every face of the test (PrivateTest) is
correlated with all faces that are left in training, as they are and mirrored, and the predictions
of a finished run are scored with and without those above a threshold; nothing is trained. A crop
that is shifted or turned correlates little: what is found is the least that there is.

A run that was trained without those in other pixels shows what they are worth by themselves.

Result: experiments/results/near-faces/: result.json, table.md, and the pairs by their ids.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from near.scores import DIGITS, THRESHOLDS, page, scores_of
from scripting import run_script

from mrpn.common.errors import CorpusError
from mrpn.common.files import file_digest, write_json, write_text
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say
from mrpn.corpora import ClipRecord, drop_duplicates, read_corpus, select_partitions
from mrpn.evaluation import load_predictions
from mrpn.evaluation.tables import write_table
from mrpn.preparation.alike import Nearest, nearest, read_grey
from mrpn.training.faces_report import repeated_faces
from mrpn.training.provenance import read_result

RESULTS = Path(__file__).resolve().parent / "results"


def main(arguments: Sequence[str] | None = None) -> None:
    """Find the nearest training face of every test face, and score the run without the near."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faces", type=Path, required=True, help="FER2013, folders or csv")
    parser.add_argument(
        "--run",
        type=Path,
        default=RESULTS / "fer2013-small" / "official" / "vm-seed0",
        help="folder with result.json and the predictions of the test",
    )
    parser.add_argument("--out", type=Path, default=RESULTS / "near-faces")
    given = parser.parse_args(arguments)
    manifest = read_corpus("fer2013", given.faces)
    cleared = drop_duplicates(manifest)
    tested, trained = select_partitions(manifest).test, select_partitions(cleared).train
    place, run = given.run / "predictions.csv", read_result(given.run)
    predictions = predictions_of(place, tested)
    near = nearest(read_grey(manifest, tested), read_grey(cleared, trained))
    pairs = pairs_of(near, tested, trained).assign(
        right=predictions["prediction"] == predictions["label"],
        repeated=predictions["clip"].isin(repeated_faces(manifest)),
    )
    result = {
        "corpus": manifest.name,
        "corpus_digest": manifest.digest,
        "licence": manifest.licence,
        "training_digest": cleared.digest,
        "training_faces": len(trained),
        "run": {name: run[name] for name in ("recipe_digest", "fold_digest", "seed", "strategy")},
        "predictions_sha256": file_digest(place),
        **scores_of(pairs),
        "machine": describe_machine(),
    }
    kept = pairs[pairs["correlation"] > min(THRESHOLDS)].drop(columns=["right", "repeated"])
    write_table(kept.sort_values("correlation", ascending=False), given.out / "pairs.csv")
    write_text(given.out / "table.md", page(result))
    write_json(given.out / "result.json", result)
    say(page(result))


def predictions_of(place: Path, tested: Sequence[ClipRecord]) -> pd.DataFrame:
    """Return the predictions of the test faces, in the faces' order.

    Raises CorpusError if they are of others, or of others as well.
    """
    table = load_predictions(place).set_index("clip")
    names = [record.id for record in tested]
    if sorted(table.index) != sorted(names):
        raise CorpusError(
            f"{place}: its {len(table)} clips are not the {len(names)} test faces of this corpus; "
            "give FER2013 in the layout that the run was made from"
        )
    return table.loc[names].reset_index()


def pairs_of(
    near: Nearest, tested: Sequence[ClipRecord], trained: Sequence[ClipRecord]
) -> pd.DataFrame:
    """Return a row for each test face: its label, its nearest training face, and how near."""
    others = [trained[place] for place in near.places]
    return pd.DataFrame(
        {
            "clip": [record.id for record in tested],
            "label": [record.label for record in tested],
            "training_clip": [record.id for record in others],
            "training_label": [record.label for record in others],
            "correlation": near.correlations.round(DIGITS),
            "mirrored": near.mirrored,
        }
    )


if __name__ == "__main__":
    run_script(main, resumes=False)
