"""How clearly a clip expresses its class, judged by a classifier that has never met its actor."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from mrpn.common.errors import CorpusError

STRENGTH = 0.01
"""The classifiers' C, the inverse of their regularisation; never tuned."""


@dataclass(frozen=True)
class Examples:
    """Clips to judge, and to learn from.

    Args:
        clips: N ids.
        labels: the class of each.
        actors: who is in each; of a face found on the web, a hash of its pixels.
        values: [N, features].
    """

    clips: tuple[str, ...]
    labels: tuple[str, ...]
    actors: tuple[str, ...]
    values: NDArray[np.float32]


@dataclass(frozen=True)
class Judged:
    """What the classifiers say.

    Args:
        probabilities: [N, classes].
        teachers: the actors that taught the classifier of each clip.
    """

    probabilities: NDArray[np.float64]
    teachers: tuple[frozenset[str], ...]


def cross_fit(
    examples: Examples, classes: Sequence[str], teachers: Collection[str], inner: int
) -> Judged:
    """Judge every clip by a classifier that its actor has not taught (ours).

    Clips of the teachers are judged by inner folds, which keep actors apart; all others by a
    classifier that every teacher has taught. The classifier is a multinomial logistic regression
    with all classes of equal weight.

    Args:
        examples: of teachers and others.
        classes: in the order of the probabilities.
        teachers: the actors to learn from, two or more.
        inner: number of inner folds; as many as there are teachers leaves out one at a time.

    Raises:
        CorpusError: fewer than two teachers, or a class that some of them do not show.
    """
    if len(teachers) < 2:
        raise CorpusError(f"{len(teachers)} actors cannot be judged by one another; give two")
    actors, labels = np.array(examples.actors), np.array(examples.labels)
    taught = np.isin(actors, sorted(teachers))
    first = dict(zip(reversed(examples.actors), reversed(examples.labels), strict=True))
    place = inner_places({actor: first[actor] for actor in sorted(teachers)}, inner)
    outside = len(set(place.values()))
    judge = np.array([place.get(actor, outside) for actor in examples.actors])
    probabilities = np.empty((len(labels), len(classes)))
    met: list[frozenset[str]] = [frozenset()] * len(labels)
    for number in sorted(set(judge.tolist())):
        teaches, judged = taught & (judge != number), judge == number
        if absent := sorted(set(classes) - set(labels[teaches])):
            raise CorpusError(f"no clip to learn '{absent[0]}' from when some actors are left out")
        fitted = classifier().fit(examples.values[teaches], labels[teaches])
        columns = [list(fitted.classes_).index(name) for name in classes]
        probabilities[judged] = fitted.predict_proba(examples.values[judged])[:, columns]
        known = frozenset(actors[teaches].tolist())
        for clip in np.flatnonzero(judged):
            met[clip] = known
    return Judged(probabilities, tuple(met))


def inner_places(label_of: dict[str, str], inner: int) -> dict[str, int]:
    """Return the inner fold of each actor: dealt in turn, class by class, ordered by a hash.

    Args:
        label_of: a class of each actor, so that those with a single one are spread evenly.
        inner: number of folds; no more are made than there are actors.
    """
    ordered = sorted(
        label_of, key=lambda actor: (label_of[actor], hashlib.sha256(actor.encode()).digest())
    )
    return {actor: number % min(inner, len(ordered)) for number, actor in enumerate(ordered)}


def classifier() -> Pipeline:
    """Return an untrained classifier; features are standardised by what it learns from."""
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000, class_weight="balanced")
    )
