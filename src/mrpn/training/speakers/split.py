"""Speakers to train on and speakers held out, by a rule that anyone can repeat."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from mrpn.common.errors import CorpusError
from mrpn.common.files import value_digest
from mrpn.common.progress import say
from mrpn.corpora.manifest import Manifest, Part
from mrpn.corpora.naming import natural_key
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.randomness import mixed_seed
from mrpn.training.speakers.recipe import HeldOut, SplitSettings


@dataclass(frozen=True)
class SpeakerSplit:
    """The speakers of each part, no speaker in two, in natural order; validation may be empty."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]

    @property
    def parts(self) -> dict[Part, tuple[str, ...]]:
        """The speakers of each part by its name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def digest(self) -> str:
        """Hash of the three lists."""
        return value_digest([self.train, self.validation, self.test])


def voices_only(manifest: Manifest) -> Manifest:
    """Return the manifest's sound alone: no pictures are looked at, no parts are fixed.

    Raises CorpusError if no clip has any.
    """
    records = [
        replace(record, video=None, partition=None) for record in manifest.records if record.audio
    ]
    if not records:
        raise CorpusError(f"{manifest.root}: no clip of corpus '{manifest.name}' has sound")
    return replace(manifest, records=tuple(records))


def split_speakers(counts: Mapping[str, int], settings: SplitSettings) -> SpeakerSplit:
    """Hold speakers out.

    Args:
        counts: utterances of each speaker.
        settings: how many are held out, and which. Where too few speakers with two utterances are
            left for the validation wanted, there is none.

    Raises:
        CorpusError: fewer than two speakers to test, or to train on, are left.
    """
    fit = sorted((name for name in counts if counts[name] > 1), key=_rank)
    if settings.rule == "most":
        fit.sort(key=lambda name: -counts[name])
    wanted = _number(settings.test, len(counts))
    test, rest = fit[:wanted], fit[wanted:]
    if len(test) < max(2, wanted):
        remedy = f"set split.test between 2 and {len(fit)}"
        if len(fit) < 2:
            remedy = "give two utterances or more of at least two speakers"
        raise CorpusError(
            f"{len(fit)} of {len(counts)} speakers have two utterances or more, and the recipe "
            f"holds out {wanted} for the test; {remedy}"
        )
    following = _number(settings.validation, len(counts))
    validation = rest[:following] if following >= 2 and len(rest) >= following else []
    train = counts.keys() - {*test, *validation}
    if len(train) < 2:
        raise CorpusError(f"{len(train)} of {len(counts)} speakers are left to train on; give more")
    return SpeakerSplit(*(tuple(sorted(p, key=natural_key)) for p in (train, validation, test)))


def split_corpus(
    corpus: PreparedCorpus, settings: SplitSettings
) -> tuple[SpeakerSplit, dict[str, list[PreparedClip]]]:
    """Return the split of a corpus's speakers (its actors), and the readable clips of each part.

    A recording that occurs among the held-out ones, by content, is not trained on.

    Raises:
        CorpusError: as `split_speakers`.
    """
    heard = [clip for clip in corpus.clips if clip.has("audio")]
    if left_out := len(corpus) - len(heard):
        say(f"{left_out} of {len(corpus)} utterances left out as unreadable")
    by_speaker: dict[str, list[PreparedClip]] = defaultdict(list)
    for clip in heard:
        by_speaker[clip.record.actor].append(clip)
    split = split_speakers({name: len(own) for name, own in by_speaker.items()}, settings)
    held_out = {*split.validation, *split.test}
    doubles = {clip.record.id for clip in doubles_of(corpus, held_out)}
    trained = [clip for clip in heard if clip.record.actor not in held_out]
    fresh = [clip for clip in trained if clip.record.id not in doubles]
    if doubles:
        say(
            f"{len(doubles)} utterances that also occur among held-out speakers' are not trained on"
        )
    parts = {"train": fresh}
    for part in ("validation", "test"):
        own = [_some(by_speaker[name], settings.utterances) for name in getattr(split, part)]
        parts[part] = [clip for clips in own for clip in clips]
    speakers = {clip.record.actor for clip in fresh}
    return replace(split, train=tuple(name for name in split.train if name in speakers)), parts


def doubles_of(corpus: PreparedCorpus, held_out: Collection[str]) -> list[PreparedClip]:
    """Return the readable clips of others whose sound is also that of a held-out speaker's clip."""
    heard = [clip for clip in corpus.clips if clip.has("audio")]
    known = {_content(clip) for clip in heard if clip.record.actor in held_out}
    others = (clip for clip in heard if clip.record.actor not in held_out)
    return [clip for clip in others if _content(clip) in known]


def _number(wanted: HeldOut, speakers: int) -> int:
    return wanted if isinstance(wanted, int) else round(wanted * speakers)


def _rank(name: str) -> int:
    return mixed_seed("held-out", name)


def _some(own: list[PreparedClip], most: int) -> list[PreparedClip]:
    """Return at most so many of a speaker's clips, chosen by a hash, in the corpus's order."""
    chosen = {clip.record.id for clip in sorted(own, key=lambda c: _rank(c.record.id))[:most]}
    return [clip for clip in own if clip.record.id in chosen]


def _content(clip: PreparedClip) -> str:
    return "" if clip.audio is None else clip.audio.content
