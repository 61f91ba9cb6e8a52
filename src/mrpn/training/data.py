"""The data module: the three parts of one fold as loaders."""

from collections.abc import Mapping
from pathlib import Path

from mrpn.common.errors import ConfigError, CorpusError
from mrpn.common.progress import say
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.corpora.selection import select, select_partitions
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.dataset import ClipDataset
from mrpn.training.encoding import encoded_clips, encoded_modalities
from mrpn.training.loading import EpochData
from mrpn.training.recipe import Recipe
from mrpn.training.sampling import EpochBatches


class FoldData(EpochData):
    """Training, validation and test clips of one fold.

    Args:
        corpus: the prepared corpus.
        fold: the actors of the three parts, or the corpus's own parts.
        recipe: preprocessing, augmentation, batch size.
        modalities: those that the network has branches for.
        seed: fixes order and augmentation.
        initial: the weights files that encoders start from, by modality; those that the recipe
            runs once over every clip are run here, if they have not been.

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
        initial: Mapping[str, Path] | None = None,
    ) -> None:
        clips = usable_parts(corpus, fold, modalities)
        parts = {
            name: ClipDataset(
                corpus,
                own,
                preprocessing=recipe.preprocessing,
                stills=recipe.stills,
                augmentation=recipe.augmentation if name == "train" else None,
                seed=seed,
                modalities=modalities,
            )
            for name, own in clips.items()
        }
        once = encoded_modalities(recipe, modalities)
        encoded = {name: encoded_clips(parts["test"], name, (initial or {})[name]) for name in once}
        for part in parts.values():
            part.encoded = encoded
        settings = recipe.optimisation
        size = settings.batch_size
        super().__init__(
            parts,
            EpochBatches(len(parts["train"]), size, seed, settings.clips_per_epoch),
            workers=settings.loader_workers,
            evaluated=size,
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
        if branch is not None and branch.encoded:
            raise ConfigError(
                f"{corpus.folder}: {name} is given as arrays, which are not encoded beforehand; "
                f"set network.branches.{name}.encoded=false"
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
