"""Manifest -> prepared corpus: crops and 16 kHz waves in a few large files, ready to train on."""

from mrpn.preparation.alike import drop_alike
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.preparation.crops import CropFormat
from mrpn.preparation.estimate import Estimate, estimate
from mrpn.preparation.prepare import prepare

__all__ = ["CropFormat", "Estimate", "PreparedCorpus", "drop_alike", "estimate", "prepare"]
