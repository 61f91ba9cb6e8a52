"""The latent model: which emotion face and voice seem to show, and the best one can make of it.

Given the expressed emotion each modality is clear, and shows it, or unclear, and shows an emotion
next to it on the modality's ring (fuzzy), neutral (missing) or any other (label noise). Where cues
are split or congruence matters, face and voice may moreover mean different emotions. The joint
table P(y, c_f, c_v) of label, face cue and voice cue is exact, and everything else follows from
it. An upper bound for any recogniser: rendering the cues can only lose.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mrpn.common.errors import CorpusError
from mrpn.corpora.synthetic.dependence import Table, clarity_table, meant_table
from mrpn.corpora.synthetic.settings import CueSettings, SyntheticSettings
from mrpn.corpora.synthetic.trials import Trial, prior, trials

# Neighbours on a ring are mistaken for each other. The rings of face and voice differ, so that
# what one confuses the other tells apart; happy-surprised and neutral-calm stay hard for both.
FACE_RING = ("neutral", "calm", "happy", "surprised", "fearful", "disgust", "angry", "sad")
VOICE_RING = ("neutral", "calm", "sad", "fearful", "angry", "happy", "surprised", "disgust")

_LATENT_STREAM = 0
_TIE = 1e-12


@dataclass(frozen=True)
class Latent:
    """The truth behind one clip: its label, the emotion expressed, and what each half shows."""

    clip: str
    label: str
    expressed: str
    face: str
    voice: str


@dataclass(frozen=True)
class BayesAccuracy:
    """Best possible accuracy given the latent cues, each in [0, 1].

    `product` is what the product of the two uni-modal posteriors (over the prior) reaches; it is
    the best, `both`, where face and voice are independent given the label.
    """

    face: float
    voice: float
    both: float
    product: float


class LatentModel:
    """Labels and cues with their exact joint distribution (ours).

    Args:
        classes: names of the K classes.
        cues: names of the C emotions that a modality may show.
        expressed: [K, K], probability of the expressed emotion given the label.
        shown: [K, C, C], probability of face cue and voice cue given the expressed emotion.
        prior: [K], probability of each label.

    Any table may be given: other forms of dependence between face and voice need no other code.
    """

    def __init__(
        self,
        classes: tuple[str, ...],
        cues: tuple[str, ...],
        expressed: Table,
        shown: Table,
        prior: Table,
    ) -> None:
        self.classes = classes
        self.cues = cues
        self.expressed = expressed
        self.shown = shown
        self.prior = prior
        self.joint: Table = np.einsum("y,ye,efv->yfv", prior, expressed, shown)

    @classmethod
    def of(cls, settings: SyntheticSettings) -> "LatentModel":
        """Build the model of a synthetic corpus."""
        classes = settings.emotions
        cues = classes if "neutral" in classes else (*classes, "neutral")
        count = len(classes)
        wrong = settings.label_noise / (count - 1)
        expressed = np.full((count, count), wrong) + np.eye(count) * (
            1 - settings.label_noise - wrong
        )
        return cls(classes, cues, expressed, _shown(settings, cues), prior(settings))

    def posterior(self, face: str | None = None, voice: str | None = None) -> Table:
        """Return P(y | cues), [K], given the face's cue, the voice's, or both."""
        table = self.joint
        table = table.sum(axis=1) if face is None else table[:, self._cue(face)]
        weights: Table = table.sum(axis=1) if voice is None else table[:, self._cue(voice)]
        total = weights.sum()
        if total <= 0:
            raise CorpusError(f"face '{face}' with voice '{voice}' cannot occur in this corpus")
        return np.asarray(weights / total)

    def product(self, face: str, voice: str) -> Table:
        """Return the product of the uni-modal posteriors over the prior, normalised, [K]."""
        weights = self.posterior(face=face) * self.posterior(voice=voice) / self.prior
        total = weights.sum()
        if total <= 0:
            raise CorpusError(f"face '{face}' with voice '{voice}' cannot occur in this corpus")
        return np.asarray(weights / total)

    def bayes(self) -> BayesAccuracy:
        """Return the exact Bayes accuracies of this model."""
        joint = self.joint
        product = joint.sum(axis=2)[:, :, None] * joint.sum(axis=1)[:, None, :]
        decisions = _best(product / self.prior[:, None, None])
        return BayesAccuracy(
            face=float(joint.sum(axis=2).max(axis=0).sum()),
            voice=float(joint.sum(axis=1).max(axis=0).sum()),
            both=float(joint.max(axis=0).sum()),
            product=float((joint * decisions).sum()),
        )

    def empirical(self, latents: Iterable[Latent]) -> BayesAccuracy:
        """Return what the Bayes decisions reach on these very clips (ties count in parts).

        Raises:
            CorpusError: when there are no clips, or one has an impossible pair of cues.
        """
        hits = []
        for item in latents:
            truth = self.classes.index(item.label)
            posteriors = (
                self.posterior(face=item.face),
                self.posterior(voice=item.voice),
                self.posterior(item.face, item.voice),
                self.product(item.face, item.voice),
            )
            hits.append([_best(posterior)[truth] for posterior in posteriors])
        if not hits:
            raise CorpusError("no clips: the Bayes accuracy of an empty set is not defined")
        face, voice, both, product = np.mean(hits, axis=0).tolist()
        return BayesAccuracy(face, voice, both, product)

    def sample(self, clip: str, label: str, random: np.random.Generator) -> Latent:
        """Draw the cues of one clip given its label."""
        given = self.expressed[self.classes.index(label)]
        expressed = int(random.choice(len(given), p=given))
        table = self.shown[expressed]
        cell = int(random.choice(table.size, p=table.ravel()))
        face, voice = divmod(cell, len(self.cues))
        return Latent(clip, label, self.classes[expressed], self.cues[face], self.cues[voice])

    def _cue(self, name: str) -> int:
        if name not in self.cues:
            raise CorpusError(f"cue '{name}' is unknown; this corpus has {', '.join(self.cues)}")
        return self.cues.index(name)


def draw_latents(settings: SyntheticSettings) -> list[Latent]:
    """Draw the cues of every trial; a trial's cues don't depend on which others there are."""
    model = LatentModel.of(settings)
    return [draw_latent(model, trial, settings.seed) for trial in trials(settings)]


def draw_latent(model: LatentModel, trial: Trial, seed: int) -> Latent:
    """Draw the cues of one trial."""
    return model.sample(trial.id, trial.emotion, trial.random(seed, _LATENT_STREAM))


def _shown(settings: SyntheticSettings, cues: tuple[str, ...]) -> Table:
    """Return P(face cue, voice cue | expressed emotion), [K, C, C]."""
    classes = settings.emotions
    clear = np.eye(len(classes), len(cues))
    face = _unclear_cues(settings.face, FACE_RING, classes, cues)
    voice = _unclear_cues(settings.voice, VOICE_RING, classes, cues)
    by_face, by_voice = settings.face.unclear, settings.voice.unclear
    if settings.link == "clarity":
        clarity = clarity_table(by_face, by_voice, settings.dependence)
        return np.asarray(np.einsum("ij,ief,jev->efv", clarity, [clear, face], [clear, voice]))
    meant = meant_table(settings.link, settings.dependence, len(classes))
    face = (1 - by_face) * clear + by_face * face
    voice = (1 - by_voice) * clear + by_voice * voice
    return np.asarray(np.einsum("eij,if,jv->efv", meant, face, voice, optimize=True))


def _unclear_cues(
    settings: CueSettings, ring: tuple[str, ...], classes: tuple[str, ...], cues: tuple[str, ...]
) -> Table:
    """Return P(cue | expressed emotion, modality unclear), [K, C]."""
    order = [name for name in ring if name in classes]
    table = np.zeros((len(classes), len(cues)))
    for row, name in enumerate(classes):
        place = order.index(name)
        for neighbour in (order[place - 1], order[(place + 1) % len(order)]):
            table[row, cues.index(neighbour)] += settings.fuzzy / 2
        table[row, cues.index("neutral")] += settings.missing
        others = [column for column in range(len(classes)) if column != row]
        table[row, others] += settings.label_noise / len(others)
    if settings.unclear == 0:
        return np.eye(len(classes), len(cues))
    return table / settings.unclear


def _best(scores: Table) -> Table:
    """Return each class's part in the decision along the first axis: 1, or less in a tie."""
    top = scores.max(axis=0)
    chosen = (scores >= top * (1 - _TIE)).astype(np.float64)
    return np.asarray(chosen / chosen.sum(axis=0))
