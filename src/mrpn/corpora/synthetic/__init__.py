"""The synthetic corpus: drawn talking faces and synthesised voices with a known best accuracy."""

from mrpn.corpora.synthetic.clip import RenderedClip, render_clip
from mrpn.corpora.synthetic.corpus import (
    read_latents,
    read_settings,
    read_synthetic,
    synthesize,
)
from mrpn.corpora.synthetic.latents import BayesAccuracy, Latent, LatentModel, draw_latents
from mrpn.corpora.synthetic.observer import Posteriors, observe
from mrpn.corpora.synthetic.sequences import LatentSequence, latent_sequences
from mrpn.corpora.synthetic.settings import (
    DIFFICULTIES,
    CueSettings,
    SyntheticSettings,
    difficulty,
)
from mrpn.corpora.synthetic.tables import flip_labels, write_sequences

__all__ = [
    "DIFFICULTIES",
    "BayesAccuracy",
    "CueSettings",
    "Latent",
    "LatentModel",
    "LatentSequence",
    "Posteriors",
    "RenderedClip",
    "SyntheticSettings",
    "difficulty",
    "draw_latents",
    "flip_labels",
    "latent_sequences",
    "observe",
    "read_latents",
    "read_settings",
    "read_synthetic",
    "render_clip",
    "synthesize",
    "write_sequences",
]
