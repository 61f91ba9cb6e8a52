"""What the classifiers say of every voice and face, as predictions tables, kept once computed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from clarity.estimate import STRENGTH, Examples, Judged, cross_fit
from clarity.features import RATE, face_features, voice_features

from mrpn.common.files import value_digest
from mrpn.common.progress import track
from mrpn.corpora import Fold, Manifest
from mrpn.evaluation import build_predictions, load_predictions, save_predictions
from mrpn.evaluation.predictions import PREFIX
from mrpn.media import read_audio
from mrpn.media.stills import read_still

FACE_FOLDS = 5
# Raised whenever the same clips are judged otherwise than before.
_JUDGING = 1
TAUGHT_BY = (
    "clarity is the probability of the true class by multinomial logistic regression "
    f"(C {STRENGTH}) on fixed features; a voice is judged by what the other training actors "
    "taught, held-out actors' by what all of them taught; a face of the training part by what "
    f"{FACE_FOLDS - 1} of {FACE_FOLDS} shares of it without that picture taught, other faces by "
    "what all of it taught"
)


@dataclass(frozen=True)
class Judges:
    """The classifiers of a composite's two halves.

    Args:
        composite: whose voices are judged, by the classes they have there.
        faces: the face corpus with no content in two parts; all of its training part teaches.
        work: folder for the tables.
    """

    composite: Manifest
    faces: Manifest
    work: Path

    def voices(self, fold: Fold) -> pd.DataFrame:
        """Return the predictions table of all voices, taught by the fold's training actors."""
        key = value_digest([_JUDGING, STRENGTH, self.composite.digest, fold.digest])

        def judge() -> pd.DataFrame:
            judged = cross_fit(
                self._heard, self.composite.classes, set(fold.train), inner=len(fold.train)
            )
            return self._table(self._heard, judged, fold.name, "am")

        return _kept(self.work / f"voices-{fold.name}-{key[:12]}.parquet", judge)

    def all_faces(self) -> pd.DataFrame:
        """Return the predictions table of all faces, taught by the training part."""
        key = value_digest([_JUDGING, STRENGTH, FACE_FOLDS, self.faces.digest])

        def judge() -> pd.DataFrame:
            teachers = {r.actor for r in self.faces.records if r.partition == "train"}
            judged = cross_fit(self._seen, self.composite.classes, teachers, FACE_FOLDS)
            return self._table(self._seen, judged, "faces", "vm")

        return _kept(self.work / f"faces-{key[:12]}.parquet", judge)

    @cached_property
    def _heard(self) -> Examples:
        clips = {record.extra["voice"]: record for record in self.composite.records}
        files = [self.composite.root / str(record.audio) for record in clips.values()]
        return Examples(
            tuple(clips),
            tuple(record.label for record in clips.values()),
            tuple(record.actor for record in clips.values()),
            np.stack([voice_features(read_audio(file, RATE)) for file in track(files, "voices")]),
        )

    @cached_property
    def _seen(self) -> Examples:
        records = self.faces.records
        files = [self.faces.root / str(record.video) for record in records]
        pictures = np.stack([read_still(file)[..., 0] for file in track(files, "faces")])
        return Examples(
            tuple(record.id for record in records),
            tuple(record.label for record in records),
            tuple(record.actor for record in records),
            face_features(pictures),
        )

    def _table(self, examples: Examples, judged: Judged, fold: str, strategy: str) -> pd.DataFrame:
        return build_predictions(
            clips=examples.clips,
            actors=examples.actors,
            labels=examples.labels,
            probabilities=judged.probabilities.astype(np.float32),
            classes=self.composite.classes,
            fold=fold,
            strategy=strategy,
            seed=0,
        )


def clarity_of(table: pd.DataFrame) -> dict[str, float]:
    """Return the probability of the true class by clip, of a predictions table."""
    places = table.columns.get_indexer(pd.Index(PREFIX + table["label"]))
    values = table.to_numpy()[np.arange(len(table)), places]
    return dict(zip(table["clip"], values.astype(float).tolist(), strict=True))


def _kept(path: Path, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    if not path.exists():
        save_predictions(make(), path)
    return load_predictions(path)
