"""Manifest -> prepared corpus: crops and 16 kHz waves in memory-mapped files, ready to train on."""

from mrpn.preparation.corpus import PreparedCorpus
from mrpn.preparation.prepare import prepare

__all__ = ["PreparedCorpus", "prepare"]
