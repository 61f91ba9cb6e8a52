"""Corpora: readers that turn folders into manifests, and folds that keep actors apart."""

from mrpn.corpora.check import CorpusCheck
from mrpn.corpora.clarity import pair_by_clarity
from mrpn.corpora.composite import compose
from mrpn.corpora.crema_d_actors import crema_d_folds
from mrpn.corpora.duplicates import across_partitions, drop_duplicates, duplicate_groups
from mrpn.corpora.emodb import emodb_folds
from mrpn.corpora.foldfiles import load_folds, save_folds
from mrpn.corpora.folds import Fold, FoldSet, OfficialSplit, Protocol, ravdess_folds, rotating_folds
from mrpn.corpora.labels import EMOTIONS, canonical_label, order_classes
from mrpn.corpora.manifest import PARTS, ClipRecord, Manifest, Part
from mrpn.corpora.registry import Corpus, check_corpus, corpora, corpus_folds, read_corpus
from mrpn.corpora.savee import savee_folds
from mrpn.corpora.selection import Selection, select, select_partitions
from mrpn.corpora.votes import soft_labels

__all__ = [
    "EMOTIONS",
    "PARTS",
    "ClipRecord",
    "Corpus",
    "CorpusCheck",
    "Fold",
    "FoldSet",
    "Manifest",
    "OfficialSplit",
    "Part",
    "Protocol",
    "Selection",
    "across_partitions",
    "canonical_label",
    "check_corpus",
    "compose",
    "corpora",
    "corpus_folds",
    "crema_d_folds",
    "drop_duplicates",
    "duplicate_groups",
    "emodb_folds",
    "load_folds",
    "order_classes",
    "pair_by_clarity",
    "ravdess_folds",
    "read_corpus",
    "rotating_folds",
    "save_folds",
    "savee_folds",
    "select",
    "select_partitions",
    "soft_labels",
]
