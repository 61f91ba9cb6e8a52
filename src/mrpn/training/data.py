"""The data module: the three parts of one fold as loaders."""

import lightning
from torch.utils.data import DataLoader

from mrpn.common.errors import CorpusError
from mrpn.common.progress import say
from mrpn.corpora.folds import Fold
from mrpn.corpora.selection import select
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.dataset import Batch, ClipDataset, collate
from mrpn.training.recipe import Recipe
from mrpn.training.sampling import EpochBatches


class FoldData(lightning.LightningDataModule):
    """Training, validation and test clips of one fold.

    Args:
        corpus: the prepared corpus.
        fold: the actors of the three parts.
        recipe: preprocessing, augmentation, batch size.
        modalities: those that the network has branches for.
        seed: fixes order and augmentation.

    Raises:
        CorpusError: a part without usable clips, or a class missing from training.
    """

    def __init__(
        self,
        corpus: PreparedCorpus,
        fold: Fold,
        recipe: Recipe,
        modalities: tuple[str, ...],
        seed: int,
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.seed = seed
        parts = usable_parts(corpus, fold)
        shared = (recipe.preprocessing, recipe.stills)
        self.parts = {
            name: ClipDataset(
                corpus,
                clips,
                *shared,
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

    def train_dataloader(self) -> DataLoader[Batch]:
        """Return the shuffled, augmented training batches of the trainer's epoch."""
        if self.trainer is not None:
            self.train_batches.set_epoch(self.trainer.current_epoch)
        return self._loader("train", self.train_batches)

    def val_dataloader(self) -> DataLoader[Batch]:
        """Return the validation clips, whole and in order."""
        return self._loader("validation")

    def test_dataloader(self) -> DataLoader[Batch]:
        """Return the test clips, whole and in order."""
        return self._loader("test")

    def _loader(self, part: str, batches: EpochBatches | None = None) -> DataLoader[Batch]:
        dataset = self.parts[part]
        size = self.recipe.optimisation.batch_size
        workers = self.recipe.optimisation.loader_workers
        return DataLoader(
            dataset,
            batch_sampler=batches or EpochBatches(len(dataset), size, seed=None),
            collate_fn=collate,
            num_workers=workers,
            persistent_workers=workers > 0,
        )


def usable_parts(corpus: PreparedCorpus, fold: Fold) -> dict[str, list[PreparedClip]]:
    """Split the corpus's usable clips into the parts of a fold; say how many were left out."""
    selection = select(corpus.manifest, fold)
    parts = {}
    for name in ("train", "validation", "test"):
        clips = [corpus.find(record.id) for record in getattr(selection, name)]
        parts[name] = [clip for clip in clips if clip.usable]
        if left_out := len(clips) - len(parts[name]):
            say(f"fold {fold.name}, {name}: {left_out} of {len(clips)} clips left out as unreadable")
    missing = set(corpus.classes) - {clip.record.label for clip in parts["train"]}
    if missing:
        raise CorpusError(
            f"{corpus.folder}: fold {fold.name} has no readable training clip of class "
            f"'{min(missing)}'; a network cannot learn a class it never sees"
        )
    return parts
