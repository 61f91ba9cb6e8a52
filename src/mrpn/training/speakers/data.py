"""Utterances as samples: balanced draws over speakers, random slices, whole ones for trials."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass

import torch
from torch import Tensor

from mrpn.inputs import standardise
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.dataset import ClipDataset, Sample
from mrpn.training.loading import EpochData
from mrpn.training.pace import draw_part
from mrpn.training.randomness import generator
from mrpn.training.recipe import Stills
from mrpn.training.sampling import Draw, EpochBatches
from mrpn.training.sounds import draw_pace, varied_segments
from mrpn.training.speakers.recipe import SpeakerRecipe
from mrpn.training.speakers.split import SpeakerSplit


@dataclass(frozen=True)
class SliceDraw(Draw):
    """An utterance with the length of the slice to be cut; its epoch counts the speaker's turns."""

    seconds: float


class SpeakerBatches(EpochBatches):
    """Batches in which every speaker has as many turns as any other.

    A speaker's utterances take turns too. The slices of a batch have one length: there is no
    padding, and the processor meets few shapes.

    Args:
        utterances: places in the data set, by speaker.
        recipe: batch size, draws in an epoch, lengths of slices, seed.
    """

    def __init__(self, utterances: Many[Many[int]], recipe: SpeakerRecipe) -> None:
        settings = recipe.optimisation
        super().__init__(
            len(utterances), settings.batch_size, recipe.seed, settings.clips_per_epoch
        )
        self.utterances = utterances
        self.slices = recipe.slices
        self.step = recipe.preprocessing.spectrogram.step
        self.run_seed = recipe.seed

    def __iter__(self) -> Iterator[list[Draw]]:
        speakers = self._order()
        place = 0
        for number, size in enumerate(self._sizes()):
            seconds = self._seconds(number)
            turns = [(self.epoch * self.size + i) // self.clips for i in range(place, place + size)]
            batch = zip(speakers[place : place + size], turns, strict=True)
            yield [SliceDraw(self._utterance(int(s), turn), turn, seconds) for s, turn in batch]
            place += size

    def _seconds(self, number: int) -> float:
        steps = int((self.slices.longest - self.slices.shortest) / self.step + 1e-9)
        rng = generator(self.run_seed, "length", self.epoch, number)
        return self.slices.shortest + self.step * int(rng.integers(0, steps + 1))

    def _utterance(self, speaker: int, turn: int) -> int:
        own = self.utterances[speaker]
        again, which = divmod(turn, len(own))
        order = generator(self.run_seed, "utterances", speaker, again).permutation(len(own))
        return own[int(order[which])]


class VoiceDataset(ClipDataset):
    """Utterances as spectrogram segments; a `SliceDraw` is sliced and varied, others are not.

    Args:
        corpus: where the utterances are read from.
        clips: the utterances, in order.
        speakers: whose places are the classes.
        recipe: preprocessing, slices, augmentation, seed.
    """

    def __init__(
        self,
        corpus: PreparedCorpus,
        clips: Many[PreparedClip],
        speakers: Many[str],
        recipe: SpeakerRecipe,
    ) -> None:
        super().__init__(
            corpus,
            clips,
            preprocessing=recipe.preprocessing,
            stills=Stills(),
            augmentation=None,
            seed=recipe.seed,
            modalities=("audio",),
        )
        self.recipe = recipe
        self._place = {speaker: place for place, speaker in enumerate(speakers)}

    def _sample(self, draw: Draw) -> Sample:
        clip = self.clips[draw.clip]
        wave = torch.as_tensor(self.corpus.read(clip).audio, dtype=torch.float32)
        if isinstance(draw, SliceDraw):
            inputs = self._varied(wave, draw, clip.record.id)
        else:
            inputs = self.preprocessing.audio(wave, (0.0, self.recipe.slices.tested))
        return Sample({"audio": inputs}, self._place[clip.record.actor], draw.clip)

    def _varied(self, wave: Tensor, draw: SliceDraw, clip: str) -> Tensor:
        """Return a slice as `Preprocessing.audio` would, but for what is varied on the way."""
        rng = generator(self.seed, "voice", draw.epoch, clip)
        sounds, masks = self.recipe.sounds, self.recipe.masks
        pace = draw_pace(sounds, rng)
        samples = round(draw.seconds * self.preprocessing.clip.rate)
        part = draw_part(standardise(wave), samples, pace, rng)
        return varied_segments(part, self.preprocessing, sounds, masks, rng)


class SpeakerData(EpochData):
    """The utterances of training, validation and test speakers as loaders.

    Args:
        corpus: the prepared corpus.
        split: the speakers of each part.
        parts: the utterances of each part.
        recipe: as of the data set; batch size and loader processes.
    """

    train_batches: SpeakerBatches

    def __init__(
        self,
        corpus: PreparedCorpus,
        split: SpeakerSplit,
        parts: Mapping[str, Many[PreparedClip]],
        recipe: SpeakerRecipe,
    ) -> None:
        own = defaultdict(list)
        for place, clip in enumerate(parts["train"]):
            own[clip.record.actor].append(place)
        super().__init__(
            {
                name: VoiceDataset(corpus, clips, getattr(split, name), recipe)
                for name, clips in parts.items()
            },
            SpeakerBatches([own[name] for name in split.train], recipe),
            workers=recipe.optimisation.loader_workers,
            # Whole utterances are several times as long as slices.
            evaluated=max(1, recipe.optimisation.batch_size // 8),
        )
