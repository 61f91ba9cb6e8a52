"""The data module: the three parts of one fold as loaders."""

from typing import Any

import lightning
import torch
from torch.utils.data import DataLoader

from mrpn.common.errors import ConfigError, CorpusError
from mrpn.common.progress import say
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.corpora.selection import select, select_partitions
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.dataset import ClipDataset, collate
from mrpn.training.recipe import Recipe
from mrpn.training.sampling import EpochBatches


class FoldData(lightning.LightningDataModule):
    """Training, validation and test clips of one fold.

    Args:
        corpus: the prepared corpus.
        fold: the actors of the three parts, or the corpus's own parts.
        recipe: preprocessing, augmentation, batch size.
        modalities: those that the network has branches for.
        seed: fixes order and augmentation.

    Raises:
        CorpusError: a part without usable clips, or a class missing from training.
    """

    def __init__(
        self,
        corpus: PreparedCorpus,
        fold: Fold | OfficialSplit,
        recipe: Recipe,
        modalities: tuple[str, ...],
        seed: int,
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.seed = seed
        parts = usable_parts(corpus, fold, modalities)
        self.parts = {
            name: ClipDataset(
                corpus,
                clips,
                preprocessing=recipe.preprocessing,
                stills=recipe.stills,
                augmentation=recipe.augmentation if name == "train" else None,
                seed=seed,
                modalities=modalities,
            )
            for name, clips in parts.items()
        }
        settings = recipe.optimisation
        self.train_batches = EpochBatches(
            len(self.parts["train"]), settings.batch_size, seed, settings.clips_per_epoch
        )

    def train_dataloader(self) -> DataLoader[Any]:
        """Return the shuffled, augmented training batches of the epoch that is next."""
        return self._loader("train", self.train_batches)

    def val_dataloader(self) -> DataLoader[Any]:
        """Return the validation clips, whole and in order."""
        return self._loader("validation")

    def test_dataloader(self) -> DataLoader[Any]:
        """Return the test clips, whole and in order."""
        return self._loader("test")

    def state_dict(self) -> dict[str, Any]:
        """Return which epoch's batches come next, to be kept in the resume point."""
        return {"epoch": self.train_batches.epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on with the epoch after the resume point, before any loader reads from it."""
        self.train_batches.set_epoch(state_dict["epoch"])

    def _loader(self, part: str, batches: EpochBatches | None = None) -> DataLoader[Any]:
        dataset = self.parts[part]
        size = self.recipe.optimisation.batch_size
        workers = self.recipe.optimisation.loader_workers
        return DataLoader(
            dataset,
            batch_sampler=batches or EpochBatches(len(dataset), size, seed=None),
            collate_fn=collate,
            num_workers=workers,
            generator=torch.Generator(),
            persistent_workers=workers > 0,
        )


def check_preparation(recipe: Recipe, corpus: PreparedCorpus) -> None:
    """Refuse, by ConfigError, a corpus that was prepared otherwise than the recipe reads clips."""
    wanted, found = recipe.preprocessing.clip.model_dump(), corpus.settings.model_dump()
    for name in wanted:
        if wanted[name] != found[name]:
            raise ConfigError(
                f"{corpus.folder}: prepared with {name} = {found[name]}, the recipe wants "
                f"{wanted[name]}; prepare it again with this recipe"
            )
    for name, width in corpus.array_widths().items():
        branch = recipe.network.branches.get(name)
        if branch is not None and (branch.in_channels != width or branch.encoder == "resnet18"):
            raise ConfigError(
                f"{corpus.folder}: its arrays of {name} have {width} columns; give "
                f"network.branches.{name} in_channels: {width} and an encoder for vectors (mlp)"
            )


def usable_parts(
    corpus: PreparedCorpus, fold: Fold | OfficialSplit, modalities: tuple[str, ...]
) -> dict[str, list[PreparedClip]]:
    """Split into the parts of a fold the clips that have one of the modalities or more.

    Says how many were left out. Raises CorpusError for a part without clips, or a class without
    any in training.
    """
    if isinstance(fold, OfficialSplit):
        selection = select_partitions(corpus.manifest)
    else:
        selection = select(corpus.manifest, fold)
    parts = {}
    for name in ("train", "validation", "test"):
        clips = [corpus.find(record.id) for record in getattr(selection, name)]
        parts[name] = [clip for clip in clips if any(map(clip.has, modalities))]
        if left_out := len(clips) - len(parts[name]):
            counts = f"{left_out} of {len(clips)} clips"
            say(f"fold {fold.name}, {name}: {counts} left out as unreadable")
        if not parts[name]:
            raise CorpusError(f"{corpus.folder}: fold {fold.name}, {name}: no clip is readable")
    missing = set(corpus.classes) - {clip.record.label for clip in parts["train"]}
    if missing:
        raise CorpusError(
            f"{corpus.folder}: fold {fold.name} has no readable training clip of class "
            f"'{min(missing)}'; a network cannot learn a class it never sees"
        )
    return parts
