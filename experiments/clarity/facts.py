"""What is kept of a pairing beside its runs: the test pairs, and what is to be found in them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from clarity.gain import fusion_accuracies, rank_agreement
from clarity.tables import Judges, clarity_of

from mrpn.common.files import atomic_path, write_json
from mrpn.common.machine import describe_machine
from mrpn.common.progress import say
from mrpn.corpora import Fold, Manifest, select
from mrpn.evaluation.intervals import DIFFERENCE, t_interval
from mrpn.evaluation.views import count_of

FACTS = "clarity.json"
PAIRS = "pairs.csv"
DIGITS = 6


def note_pairs(out: Path, judges: Judges, fold: Fold, pairs: Manifest) -> None:
    """Keep a fold's test pairs, and what is to be found in them, unless that is done already."""
    facts = _facts(out)
    same = facts.get("composite_digest") == judges.composite.digest
    known = facts["folds"] if same else {}
    if known.get(fold.name, {}).get("manifest_digest") == pairs.digest:
        return
    voices, faces = judges.voices(fold), judges.all_faces()
    heard, seen = clarity_of(voices), clarity_of(faces)
    both = {"class": select(judges.composite, fold), "clarity": select(pairs, fold)}
    found: dict[str, Any] = {
        pairing: {
            **fusion_accuracies(parts.train, parts.test, voices, faces),
            "rank_agreement": rank_agreement(parts.test, heard, seen),
        }
        for pairing, parts in both.items()
    }
    rows = [
        (r.id, r.actor, r.label, r.extra["face"], heard[r.extra["voice"]], seen[r.extra["face"]])
        for r in both["clarity"].test
    ]
    columns = ["clip", "actor", "label", "face", "voice_clarity", "face_clarity"]
    with atomic_path(out / fold.name / PAIRS) as partial:
        pd.DataFrame(rows, columns=columns).round(DIGITS).to_csv(partial, index=False)
    known[fold.name] = {"fold_digest": fold.digest, "manifest_digest": pairs.digest, **found}
    write_json(
        out / FACTS,
        {
            "corpus": pairs.name,
            "notes": list(pairs.notes),
            "composite_digest": judges.composite.digest,
            "seed": 0,
            "folds": known,
            "machine": describe_machine(),
        },
    )


def summarise(out: Path) -> None:
    """Say what the classifiers' own posteriors reach under both pairings, the mean over folds.

    The gain of "interactions" over "product" comes with its t-interval over folds, where there are
    two or more.
    """
    folds = _facts(out)["folds"].values()
    for pairing in ("class", "clarity"):
        names = sorted({*next(iter(folds))[pairing]} - {"rank_agreement"})
        mean = {name: 100 * np.mean([fold[pairing][name] for fold in folds]) for name in names}
        shown = ", ".join(f"{name} {value:.1f}" for name, value in mean.items())
        say(f"paired by {pairing}, classifiers on {count_of(len(folds), 'fold')}, %: {shown}")
        gains = [fold[pairing]["interactions"] - fold[pairing]["product"] for fold in folds]
        if len(gains) > 1:
            low, high = t_interval(gains, limits=DIFFERENCE)
            say(f"  interactions - product: {100 * low:+.1f} to {100 * high:+.1f} points")


def _facts(out: Path) -> dict[str, Any]:
    path = out / FACTS
    facts: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return facts
