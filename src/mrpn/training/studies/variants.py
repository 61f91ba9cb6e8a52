"""Variants: the recipes that really differ, each with a prepared corpus and a folder of runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mrpn.common.files import file_digest, value_digest
from mrpn.corpora.folds import Fold
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.jobs import Job
from mrpn.training.recipe import Recipe

RUNS = "runs"


@dataclass(frozen=True)
class Variant:
    """A recipe on a prepared corpus from given starts; rows that share it share their runs.

    Attributes:
        recipe: seed 0.
        prepared: folder of the prepared corpus.
        initial: weights files that encoders start from, by modality.
        folder: of its runs, whatever table they are for.
    """

    recipe: Recipe
    prepared: Path
    initial: Mapping[str, Path]
    folder: Path

    def job(
        self, fold: Fold, strategy: str, seed: int, *, threads: int, deadline: float | None
    ) -> Job:
        """Return one of its runs."""
        recipe = self.recipe.model_copy(update={"seed": seed})
        return Job(
            recipe, self.prepared, fold, strategy, self.folder, threads, self.initial, deadline
        )


def variant_of(
    recipe: Recipe, corpus: PreparedCorpus, initial: Mapping[str, Path], out: Path
) -> Variant:
    """Return the variant of a recipe; its folder's name is a digest of all that decides its runs.

    Args:
        recipe: of a row.
        corpus: prepared as the recipe reads clips.
        initial: weights files that encoders start from, by modality, as from `starting_files`.
        out: folder of all studies.
    """
    plain = recipe.model_copy(update={"seed": 0})
    starts = {name: file_digest(path) for name, path in initial.items()}
    mark = value_digest([plain.digest, corpus.digest, starts])[:12]
    return Variant(plain, corpus.folder, initial, out / RUNS / f"{corpus.name}-{mark}")
