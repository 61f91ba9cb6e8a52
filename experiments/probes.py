"""What a trained branch knows, whatever its network makes of it: linear probes of its features.

    python experiments/probes.py runs/composite/composite

For every network of a finished study the features f of one branch are computed of each recording
of a fold's actors once, whole and unvaried. A logistic regression learns the classes from those of
the training actors, its strength is chosen on the validation actors, and it is asked for the
tested ones. The diary's figure of a branch alone is that of its network's own scores, whose fusion
may merely lean on the other branch; a probe asks the branch. Writes probes.md and probes.csv into
the results of that study's name; needs the runs' weights.
"""

import argparse
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scripting import run_script
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mrpn.common.config import load_settings
from mrpn.common.errors import MrpnError
from mrpn.common.files import write_text
from mrpn.common.progress import say, track
from mrpn.evaluation.intervals import DIFFERENCE, share_interval, t_interval
from mrpn.evaluation.statistics import holm, sign_flip_test
from mrpn.evaluation.tables import write_table
from mrpn.evaluation.views import percent, points
from mrpn.network import Sequence as Sequences
from mrpn.preparation import PreparedCorpus
from mrpn.preparation.corpus import PreparedClip
from mrpn.training import Recipe
from mrpn.training.data import usable_parts
from mrpn.training.dataset import ClipDataset
from mrpn.training.run import RECIPE, RESULT, WEIGHTS
from mrpn.training.sampling import Draw
from mrpn.training.studies.plan import fold_named
from mrpn.training.studies.record import Cell, read_record
from mrpn.weights import load_weights

RESULTS = Path(__file__).resolve().parent / "results"
STRENGTHS = (0.001, 0.01, 0.1, 1.0)
BATCH = 16
Features = tuple[NDArray[np.float32], list[str]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Probe the rows asked for, and write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("study", type=Path, help="its folder, as mrpn crossval wrote it")
    parser.add_argument("--rows", nargs="+", default=["AM", "N0", "N1", "N2"])
    parser.add_argument("--modality", default="audio", help="whose branch is asked")
    parser.add_argument("--out", type=Path, default=RESULTS, help="a folder of its name goes there")
    given = parser.parse_args(arguments)
    record = read_record(given.study)
    cells = [
        cell
        for cell in record.cells
        if cell.row in given.rows and len(cell.runs) == 1 and _is_there(given.study, cell)
    ]
    if missing := [row for row in given.rows if row not in {cell.row for cell in cells}]:
        raise MrpnError(f"{given.study}: no weights of row '{missing[0]}' here to be probed")
    known = Inputs(given.modality)
    lines = [
        {
            "row": cell.row,
            "fold": cell.fold,
            "seed": cell.seed,
            "accuracy": probe(given.study, cell, known),
        }
        for cell in track(cells, "probing")
    ]
    table = pd.DataFrame(lines).round(6)
    target = given.out / record.study.name
    write_table(table, target / "probes.csv")
    write_text(target / "probes.md", as_markdown(table, given.rows, given.modality))
    say(str(target / "probes.md"))


class Inputs:
    """What a branch is given of each recording, read and transformed once for all networks.

    Args:
        modality: of the branch.
    """

    def __init__(self, modality: str) -> None:
        self.modality = modality
        self._corpora: dict[Path, PreparedCorpus] = {}
        self._known: dict[tuple[Path, str, str], torch.Tensor] = {}

    def corpus(self, folder: Path) -> PreparedCorpus:
        """Return a prepared corpus."""
        if folder not in self._corpora:
            self._corpora[folder] = PreparedCorpus(folder)
        return self._corpora[folder]

    def of(
        self, corpus: PreparedCorpus, clips: Sequence[PreparedClip], recipe: Recipe
    ) -> list[torch.Tensor]:
        """Return the input of some clips as they are, as a recipe reads them."""
        way = recipe.preprocessing.digest
        keys = [(corpus.folder, way, clip.record.id) for clip in clips]
        samples = ClipDataset(
            corpus,
            clips,
            preprocessing=recipe.preprocessing,
            stills=recipe.stills,
            augmentation=None,
            seed=0,
            modalities=(self.modality,),
        )
        for place, key in enumerate(keys):
            if key not in self._known:
                self._known[key] = samples[Draw(place, 0)].inputs[self.modality]
        return [self._known[key] for key in keys]


def probe(study: Path, cell: Cell, known: Inputs) -> float:
    """Return how many of the tested recordings of a fold a probe of a branch names right, 0 to 1.

    Args:
        study: the study's folder.
        cell: which network.
        known: what was read before, and of which modality.

    Raises:
        MrpnError: the network has no such branch.
    """
    corpus, modality = known.corpus(study / cell.prepared), known.modality
    recipe = load_settings(Recipe, study / cell.runs[0] / RECIPE)
    network, _ = load_weights(study / cell.runs[0] / WEIGHTS)
    if modality not in network.modalities:
        raise MrpnError(f"row '{cell.row}' has no branch for {modality}; name others by --rows")
    branch = network.eval().branches[modality]
    fold = fold_named(corpus.manifest, recipe.protocol, cell.fold)
    found = {}
    for part, clips in usable_parts(corpus, fold, (modality,)).items():
        chosen = once(clips, modality)
        labels = [clip.record.label for clip in chosen]
        found[part] = (features_of(branch, known.of(corpus, chosen, recipe)), labels)
    return fit(found["train"], found["validation"], found["test"])


def once(clips: Sequence[PreparedClip], modality: str) -> list[PreparedClip]:
    """Return one clip for each sound, or picture: the clips of a composite share them."""
    kept = {
        clip.record.audio if modality == "audio" else clip.record.video: clip
        for clip in reversed(clips)
    }
    return list(kept.values())


@torch.inference_mode()
def features_of(branch: torch.nn.Module, inputs: Sequence[torch.Tensor]) -> NDArray[np.float32]:
    """Return what a branch makes of clips, [clips, features]."""
    parts = [
        branch(Sequences.from_list(list(inputs[start : start + BATCH]))).numpy()
        for start in range(0, len(inputs), BATCH)
    ]
    return np.concatenate(parts)


def fit(train: Features, validation: Features, test: Features) -> float:
    """Return the accuracy on the test of the probe that is best on the validation.

    Of equally good ones the more strongly regularised is taken.
    """
    probes = [
        make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=2000)).fit(*train)
        for strength in STRENGTHS
    ]
    best = max(probes, key=lambda each: float(each.score(*validation)))
    return float(best.score(*test))


def compare(table: pd.DataFrame, rows: Sequence[str]) -> pd.DataFrame:
    """Return the difference of every pair of rows, over folds, seeds averaged.

    Args:
        table: columns row, fold, seed, accuracy.
        rows: in the order shown.

    Returns:
        Columns row, against, apart, low, high (Student's interval over folds), p (sign flips over
        folds) and p_corrected (Holm, for all pairs).
    """
    wide = by_fold(table)
    lines = []
    for against, row in combinations(rows, 2):
        apart = (wide[row] - wide[against]).dropna()
        low, high = t_interval(list(apart), limits=DIFFERENCE)
        line = {"row": row, "against": against, "apart": apart.mean(), "low": low, "high": high}
        lines.append({**line, "p": float(sign_flip_test(apart))})
    found = pd.DataFrame(lines)
    return found.assign(p_corrected=holm(list(found["p"])))


def by_fold(table: pd.DataFrame) -> pd.DataFrame:
    """Return the accuracy of every fold (index) and row (columns), over its seeds."""
    return table.groupby(["fold", "row"], sort=False)["accuracy"].mean().unstack("row")


def as_markdown(table: pd.DataFrame, rows: Sequence[str], modality: str) -> str:
    """Return the probes as a page: accuracies, then differences.

    Args:
        table, rows: as `compare` takes them.
        modality: of the branch.
    """
    wide = by_fold(table)
    seeds = ", ".join(str(seed) for seed in sorted(set(table["seed"])))
    parts = [
        f"# Linear probes of the branch for {modality}\n\n"
        "Accuracy in % of a logistic regression on the branch's features, for tested actors: mean "
        f"over {len(wide)} folds (seeds {seeds}), Student's 95 % interval over folds.\n\n"
        "| branch of | accuracy | 95 % |\n|---|---:|---:|\n"
    ]
    for row in rows:
        low, high = share_interval(list(wide[row].dropna()))
        parts.append(
            f"| {row} | {percent(wide[row].mean())} | {percent(low)} to {percent(high)} |\n"
        )
    parts.append(
        "\nDifferences in points, on the same folds; p by sign flips over folds, corrected for all "
        "of this table (Holm).\n\n| | points | 95 % | p, corrected |\n|---|---:|---:|---:|\n"
    )
    for line in compare(table, rows).to_dict("records"):
        ends = f"{points(line['low'])} to {points(line['high'])}"
        cells = (f"{line['row']} − {line['against']}", points(line["apart"]), ends)
        parts.append(f"| {' | '.join(cells)} | {line['p_corrected']:.3f} |\n")
    return "".join(parts)


def _is_there(study: Path, cell: Cell) -> bool:
    run = study / cell.runs[0]
    return (run / RESULT).exists() and (run / WEIGHTS).exists()


if __name__ == "__main__":
    run_script(main, resumes=False)
