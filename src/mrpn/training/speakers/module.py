"""The Lightning module of speaker recognition."""

import numpy as np
import torch
from torch import Tensor

from mrpn.network import MultiModalNetwork, NetworkSpec, Scores, build_network
from mrpn.network.seeding import seeded
from mrpn.training.dataset import Batch
from mrpn.training.module import FusionModule, Tally
from mrpn.training.speakers.head import MarginLoss, SpeakerHead, speaker_target
from mrpn.training.speakers.recipe import SpeakerRecipe
from mrpn.training.speakers.verification import all_pairs, trial_error

VOICE = "audio"


def make_network(recipe: SpeakerRecipe, speakers: int) -> MultiModalNetwork:
    """Build the network that is trained: the voice branch of `am`, and a head over speakers.

    Its declaration is that of the finished network, whose head `keep_scoring` puts in.
    """
    spec = NetworkSpec(
        branches={VOICE: recipe.branch},
        targets=speaker_target(speakers),
        kind="unimodal",
        hidden=2 * recipe.branch.features,
        dropout=0.0,
        seed=recipe.seed,
    )
    network = build_network(spec)
    with seeded(recipe.seed, "speakers"):
        head = SpeakerHead(recipe.branch.features, speakers, recipe.loss)
    _put_head(network, head)
    return network


def keep_scoring(network: MultiModalNetwork) -> None:
    """Replace the head over speakers by a Scoring of the same order, in place, to be saved."""
    head = network.get_submodule(_HEAD)
    if isinstance(head, SpeakerHead):
        _put_head(network, head.as_scoring())


_HEAD = f"sides.{VOICE}.class"


def _put_head(network: MultiModalNetwork, head: torch.nn.Module) -> None:
    network.set_submodule(_HEAD, head)


class VerificationTally(Tally):
    """Features of an epoch's validation utterances, whose error takes the place of a loss."""

    def __init__(self) -> None:
        super().__init__()
        self.features: list[Tensor] = []
        self.speakers: list[Tensor] = []

    def hear(self, features: Tensor, speakers: Tensor) -> None:
        """Add one batch."""
        self.features.append(features.float().cpu())
        self.speakers.append(speakers.cpu())

    def means(self) -> tuple[float, float]:
        """Return the equal error rate over all pairs, NaN without any; there is no accuracy."""
        if not self.features:
            return float("nan"), float("nan")
        features = torch.cat(self.features).numpy().astype(np.float64)
        return trial_error(all_pairs(features, torch.cat(self.speakers).numpy())), float("nan")


class SpeakerModule(FusionModule):
    """Trains a branch to tell speakers apart; validated by its error on speakers never met.

    Args:
        network: of `make_network`.
        recipe: loss, optimiser, seed.
        steps: batches in an epoch.
    """

    def __init__(self, network: MultiModalNetwork, recipe: SpeakerRecipe, steps: int) -> None:
        super().__init__(network, recipe.optimisation, recipe.seed, steps)
        self.loss = MarginLoss(recipe.loss, recipe.optimisation.label_smoothing)
        self.validation_tally = VerificationTally()

    def on_validation_epoch_start(self) -> None:
        """Begin the collection of a validation."""
        self.validation_tally = VerificationTally()

    def validation_step(self, batch: Batch, _: int) -> None:
        """Add the features of one batch of validation speakers."""
        if isinstance(self.validation_tally, VerificationTally):
            scores: Scores = self.kept(batch.inputs, features=True)
            self.validation_tally.hear(scores.features[VOICE], batch.labels)
