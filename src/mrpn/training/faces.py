"""Pretraining the encoder of faces on pictures of single faces, in the corpus's own parts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mrpn.common.errors import CorpusError
from mrpn.corpora.duplicates import drop_duplicates
from mrpn.corpora.folds import OfficialSplit
from mrpn.corpora.manifest import Manifest
from mrpn.corpora.selection import select_partitions
from mrpn.preparation import PreparedCorpus, drop_alike, prepare
from mrpn.training.collect import write_problems
from mrpn.training.hardware import bound_kernel_cache
from mrpn.training.recipe import Recipe
from mrpn.training.run import train_run

STRATEGY = "vm"


def prepare_faces(
    manifest: Manifest,
    recipe: Recipe,
    folder: Path,
    workers: int | None = None,
    *,
    alike: bool = False,
) -> PreparedCorpus:
    """Prepare faces, without those that occur again in a part further from training.

    Args:
        manifest: with a train, a validation and a test part.
        recipe: says how the pictures are read, and has a branch for them.
        folder: of the prepared corpus.
        workers: processes that read; by default one for each usable core.
        alike: drop as well what occurs again in other pixels, as `drop_alike` finds it.

    Raises:
        MrpnError: no branch for faces in the recipe; a part that is missing; clips without a hash
            of their content, so that nobody knows which occur again.
    """
    recipe.modalities(STRATEGY)
    select_partitions(manifest)
    if faceless := [record.id for record in manifest.records if record.video is None]:
        raise CorpusError(f"corpus '{manifest.name}': clip '{faceless[0]}' has no picture")
    cleared = drop_duplicates(manifest)
    if alike:
        cleared = drop_alike(cleared)
    return prepare(cleared, folder, recipe.preprocessing.clip, workers)


def train_faces(
    recipe: Recipe,
    corpus: PreparedCorpus,
    out: Path,
    *,
    report: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Path:
    """Train the face network of a recipe on a corpus's own parts, and score its test part once.

    A finished run is left as it is; an interrupted one goes on from its last whole epoch and
    ends in the same result.

    Args:
        recipe: all that decides the result.
        corpus: as from `prepare_faces`.
        out: folder of the recipe's runs.
        report: called after every epoch, once it is saved, with its row of the learning curve; an
            error it raises ends the call, and the next goes on from there.

    Returns:
        The run's folder, as from `train_run`.
    """
    bound_kernel_cache()
    write_problems(corpus, out)
    return train_run(recipe, corpus, OfficialSplit(), STRATEGY, out, report=report)


def epoch_line(row: dict[str, Any], epochs: int) -> str:
    """Return one line that says how an epoch went."""
    return (
        f"  epoch {row['epoch']:>3}/{epochs}  loss {row['train_loss']:.3f}"
        f"  validation {100 * row['validation_accuracy']:5.1f} %  {row['seconds']:5.1f} s"
    )
