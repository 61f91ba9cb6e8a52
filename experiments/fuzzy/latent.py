"""A setting's latent sequences as a prepared corpus, and new ones that trained networks meet."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from fuzzy.plan import Setting

from mrpn.common.files import file_digest
from mrpn.corpora import OfficialSplit
from mrpn.corpora.arrays import read_array_corpus
from mrpn.corpora.synthetic import (
    BayesAccuracy,
    Latent,
    LatentSequence,
    latent_sequences,
    observe,
    write_sequences,
)
from mrpn.evaluation.predictions import build_predictions
from mrpn.media import ClipSettings
from mrpn.network import Sequence
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.weights import load_weights

SPLIT = OfficialSplit()
# Seeds of the corpora of one run: ten apart, so that no run meets another's clips.
_APART, _VALIDATION, _TESTS = 10, 1, (2, 3, 4)
VALIDATED = 60


@dataclass(frozen=True)
class LatentData:
    """What a setting is with one seed.

    Attributes:
        setting: of the sweep.
        seed: of the clips.
        corpus: prepared, 1,440 clips to train on, as many as RAVDESS has; few to validate and test.
        tested: 4,320 other clips, that no part of the corpus holds.
        prior: how often each class occurs in training.
        sequences: hash of the table that the corpus was read from.
    """

    setting: Setting
    seed: int
    corpus: PreparedCorpus
    tested: list[LatentSequence]
    prior: Mapping[str, int]
    sequences: str

    @property
    def latents(self) -> list[Latent]:
        """The cues of the tested clips."""
        return [clip.latent for clip in self.tested]

    def best(self) -> BayesAccuracy:
        """Return what the ideal observer of the tested sequences reaches on them."""
        classes = self.setting.corpus.emotions
        truth = [classes.index(latent.label) for latent in self.latents]
        return observe(self.setting.corpus, self.tested).accuracy(truth)

    def predictions(self, run: Path, strategy: str) -> pd.DataFrame:
        """Return the predictions of a run's saved weights on the tested clips."""
        network, _ = load_weights(run / "weights.safetensors")
        inputs = {
            name: Sequence.from_list([torch.from_numpy(clip.values[name]) for clip in self.tested])
            for name in network.branches
        }
        with torch.no_grad():
            probabilities = network(inputs).fused.double().softmax(1).numpy()
        return build_predictions(
            clips=[f"{place}-{clip.trial.id}" for place, clip in enumerate(self.tested)],
            actors=[str(clip.trial.actor) for clip in self.tested],
            labels=[clip.latent.label for clip in self.tested],
            probabilities=probabilities,
            classes=self.setting.corpus.emotions,
            fold="new clips",
            strategy=strategy,
            seed=self.seed,
        )


def latent_data(setting: Setting, seed: int, work: Path, validated: int = VALIDATED) -> LatentData:
    """Draw a setting's clips and prepare those to train on under `work`.

    Args:
        setting: of the sweep.
        seed: of the clips.
        work: folder for the table and the prepared corpus.
        validated: clips of the validation part, which decides nothing.
    """
    train, validation, *tests = (
        _clips(setting, _APART * seed + k) for k in (0, _VALIDATION, *_TESTS)
    )
    table, few = work / "sequences.parquet", validation[:VALIDATED]
    parts = {
        "train": {"a": train},
        "validation": {"b": validation[:validated]},
        "test": {"c": few},
    }
    classes = setting.corpus.emotions
    write_sequences(table, parts, flipped=setting.flipped, classes=classes, seed=seed)
    manifest = read_array_corpus(table, name="latent-sequences")
    corpus = prepare(manifest, work / "prepared", ClipSettings(), workers=0)
    prior = Counter(r.label for r in manifest.records if r.partition == "train")
    tested = [clip for clips in tests for clip in clips]
    return LatentData(setting, seed, corpus, tested, prior, file_digest(table))


def _clips(setting: Setting, seed: int) -> Many[LatentSequence]:
    return latent_sequences(setting.corpus.model_copy(update={"seed": seed}))
