"""The synthetic corpus: drawn talking faces and synthesised voices with a known best accuracy."""

from mrpn.corpora.synthetic.clip import RenderedClip, render_clip
from mrpn.corpora.synthetic.corpus import (
    read_latents,
    read_settings,
    read_synthetic,
    synthesize,
)
from mrpn.corpora.synthetic.latents import BayesAccuracy, Latent, LatentModel, draw_latents
from mrpn.corpora.synthetic.sequences import LatentSequence, latent_sequences
from mrpn.corpora.synthetic.settings import (
    DIFFICULTIES,
    CueSettings,
    SyntheticSettings,
    difficulty,
)

__all__ = [
    "DIFFICULTIES",
    "BayesAccuracy",
    "CueSettings",
    "Latent",
    "LatentModel",
    "LatentSequence",
    "RenderedClip",
    "SyntheticSettings",
    "difficulty",
    "draw_latents",
    "latent_sequences",
    "read_latents",
    "read_settings",
    "read_synthetic",
    "render_clip",
    "synthesize",
]
