"""Speaker recognition, from which the voice branch's encoder starts (paper, section 5.2)."""

from mrpn.training.speakers.recipe import SpeakerRecipe
from mrpn.training.speakers.run import read_result, read_trials, train_speakers
from mrpn.training.speakers.split import voices_only

__all__ = ["SpeakerRecipe", "read_result", "read_trials", "train_speakers", "voices_only"]
