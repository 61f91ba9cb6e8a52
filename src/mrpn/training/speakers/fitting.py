"""Lightning at work on speakers: training, resumable, and the features of utterances."""

from pathlib import Path

import numpy as np
import torch

from mrpn.network import MultiModalNetwork
from mrpn.training.callbacks import BEST, NextEpochOrder, RunRecord
from mrpn.training.fitting import run_trainer
from mrpn.training.hardware import arrange_channels_last, choose_precision
from mrpn.training.speakers.data import SpeakerData
from mrpn.training.speakers.module import VOICE, SpeakerModule, make_network
from mrpn.training.speakers.recipe import SpeakerRecipe
from mrpn.training.speakers.verification import Trials, all_pairs


def fit_speakers(
    recipe: SpeakerRecipe, data: SpeakerData, record: RunRecord, folder: Path
) -> tuple[MultiModalNetwork, torch.device]:
    """Train on the training speakers, from the folder's resume point if there is one.

    Args:
        recipe: network, loss, optimiser, precision.
        data: the utterances.
        record: writes the learning curve and the resume point.
        folder: of the run.

    Returns:
        The network with the weights of the selected epoch, and the device that trained it.
    """
    settings = recipe.optimisation
    precision = choose_precision(settings.precision)
    network = make_network(recipe, len(data.train_batches.utterances))
    if settings.channels_last:
        arrange_channels_last(network, precision)
    module = SpeakerModule(network, recipe, len(data.train_batches))
    trainer = run_trainer(
        module,
        data,
        folder,
        precision=precision,
        epochs=settings.epochs,
        gradient_clip=settings.gradient_clip,
        callbacks=[NextEpochOrder(), record],
        validate=len(data.parts["validation"]) > 0,
    )
    if settings.select != "last":
        best = torch.load(folder / BEST, map_location="cpu", weights_only=True)
        network.load_state_dict(best)
    elif module.averaged is not None:
        network.load_state_dict(module.kept.state_dict())
    module.averaged = None
    return network, trainer.strategy.root_device


@torch.inference_mode()
def score_trials(data: SpeakerData, network: MultiModalNetwork, device: torch.device) -> Trials:
    """Return all pairs of the test speakers' utterances, scored by a network in 32 bits."""
    network = network.to(device).eval()
    features, speakers = [], []
    for batch in data.test_dataloader():
        scores = network(batch.to(device).inputs, features=True)
        features.append(scores.features[VOICE].cpu())
        speakers.append(batch.labels)
    heard = torch.cat(features).numpy().astype(np.float64)
    return all_pairs(heard, torch.cat(speakers).numpy())
