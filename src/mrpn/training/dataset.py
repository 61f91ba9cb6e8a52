"""From a prepared clip to a sample, and from samples to a batch."""

from collections.abc import Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Dataset

from mrpn.inputs import Preprocessing, frame_range, segment_range
from mrpn.network import Sequence
from mrpn.preparation.corpus import PreparedClip, PreparedCorpus
from mrpn.training.augmentation import (
    augment_frames,
    draw_slice,
    jittered_views,
    leave_out,
)
from mrpn.training.randomness import generator
from mrpn.training.recipe import Augmentation, Stills
from mrpn.training.sampling import Draw
from mrpn.training.sounds import varied_audio


@dataclass(frozen=True)
class Sample:
    """One clip as the network takes it: a tensor [T, ...] by modality, its class, its place."""

    inputs: dict[str, Tensor]
    label: int
    clip: int


@dataclass(frozen=True)
class Batch:
    """Clips of one step: padded sequences by modality, classes [B], places in the data set [B]."""

    inputs: dict[str, Sequence]
    labels: Tensor
    clips: Tensor

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        inputs = {name: sequence.to(device) for name, sequence in self.inputs.items()}
        return Batch(inputs, self.labels.to(device), self.clips)


# What a frozen encoder made of clips, [T, width], by `ClipDataset.source`.
Encoded = Mapping[str, Tensor]


class ClipDataset(Dataset[Sample]):
    """Samples of some clips of a prepared corpus.

    Args:
        corpus: where the clips are read from.
        clips: the clips, in order; unusable ones must have been left out.
        preprocessing: how crops and waves become network input.
        stills: how a single picture becomes a clip.
        augmentation: what is varied; None in evaluation.
        seed: fixes every draw, together with the epoch and the clip's id.
        modalities: which to read; the others are left out of the samples.

    Attributes:
        encoded: of modalities whose frozen encoders were run before, what they made of each clip;
            it stands in for crops and sound. Nothing at first.
    """

    def __init__(
        self,
        corpus: PreparedCorpus,
        clips: Many[PreparedClip],
        *,
        preprocessing: Preprocessing,
        stills: Stills,
        augmentation: Augmentation | None,
        seed: int,
        modalities: Many[str],
    ) -> None:
        self.corpus = corpus
        self.clips = list(clips)
        self.preprocessing = preprocessing
        self.stills = stills
        self.augmentation = augmentation
        self.seed = seed
        self.modalities = tuple(sorted(modalities))
        self.encoded: Mapping[str, Encoded] = {}
        self._widths = corpus.array_widths()
        self._class_of = {name: index for index, name in enumerate(corpus.classes)}

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, draw: Draw) -> Sample:
        # A sum's last bits depend on the number of threads, and loader processes have only one.
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return self._sample(draw)
        finally:
            torch.set_num_threads(threads)

    def _sample(self, draw: Draw) -> Sample:
        prepared = self.clips[draw.clip]
        inputs = {
            name: torch.from_numpy(values)
            for name, values in self.corpus.arrays(prepared).items()
            if name in self.modalities
        }
        for name in self.modalities:
            if name in inputs:
                continue
            if name in self._widths:
                inputs[name] = torch.zeros(0, self._widths[name])
            elif name in self.encoded:
                inputs[name] = self._encoded(prepared, self._interval(prepared, draw, name), name)
            elif name == "audio":
                inputs[name] = self._audio(prepared, draw, self._interval(prepared, draw, name))
            else:
                inputs[name] = self._video(prepared, draw, self._interval(prepared, draw, name))
        if self.augmentation is not None and self.augmentation.missing:
            rng = generator(self.seed, "missing", draw.epoch, prepared.record.id)
            inputs = leave_out(inputs, self.augmentation.missing, rng)
        return Sample(inputs, self._class_of[prepared.record.label], draw.clip)

    def source(self, prepared: PreparedClip, modality: str) -> str | None:
        """Return a name for the content of a modality of a clip; None where the clip lacks it.

        Clips that share a sound, a film or a still share it; but a still of which each view is
        jittered has views of its own in every clip.
        """
        entry = prepared.video if modality == "video" else prepared.audio
        if entry is None or not prepared.has(modality):
            return None
        own = modality == "video" and prepared.still and self.stills.jitter > 0
        return f"{entry.content} in {prepared.record.id}" if own else entry.content

    def elements(self, prepared: PreparedClip, modality: str) -> Tensor:
        """Return a clip's crops or sound [T, ...] as evaluation gives them to an encoder."""
        if modality == "audio":
            return self.preprocessing.audio(self.corpus.sound(prepared))
        return self._video(prepared, Draw(0, 0), None)

    def _encoded(
        self, prepared: PreparedClip, interval: tuple[float, float] | None, modality: str
    ) -> Tensor:
        """Return what a frozen encoder made of a clip, of the elements that lie in the slice."""
        found = self.encoded[modality]
        source = self.source(prepared, modality)
        if source is None:
            return next((rows[:0] for rows in found.values()), torch.zeros(0, 0))
        rows = found[source]
        if interval is None or (modality == "video" and prepared.still):
            return rows
        if modality == "video":
            first, after = frame_range(*interval, self.corpus.times(prepared))
        else:
            sound, rate = self.preprocessing.spectrogram, self.preprocessing.clip.rate
            seconds = sound.segment_samples() / rate
            first, after = segment_range(*interval, sound.step, seconds, len(rows))
        return rows[first:after]

    def _interval(
        self, prepared: PreparedClip, draw: Draw, modality: str
    ) -> tuple[float, float] | None:
        """Return a modality's time slice in seconds; None keeps the whole.

        It is the same for crops and sound unless the recipe takes separate ones. Those are drawn
        within the same seconds, so that nothing but their being one and the same is varied. A
        still without sound lasts no time at all: there is nothing to slice. Arrays have no
        seconds, and are always taken whole.
        """
        if self.augmentation is None or self.augmentation.time is None or prepared.duration == 0:
            return None
        own = () if self.augmentation.time.joint else (modality,)
        rng = generator(self.seed, "slice", draw.epoch, prepared.record.id, *own)
        return draw_slice(self._shared_duration(prepared), self.augmentation.time, rng)

    def _shared_duration(self, prepared: PreparedClip) -> float:
        """Return the seconds that both crops and sound of the clip have, so slices miss none."""
        settings = self.preprocessing.clip
        ends = []
        if prepared.audio is not None and prepared.audio.samples:
            ends.append(prepared.audio.samples / settings.rate)
        if prepared.video is not None and prepared.video.times and not prepared.still:
            ends.append(prepared.video.times[-1] + 1 / settings.frame_rate)
        return min(ends, default=prepared.duration)

    def _audio(
        self, prepared: PreparedClip, draw: Draw, interval: tuple[float, float] | None
    ) -> Tensor:
        wave, varied = self.corpus.sound(prepared), self.augmentation
        if varied is None or (varied.sound is None and varied.masks is None):
            return self.preprocessing.audio(wave, interval)
        rng = generator(self.seed, "sound", draw.epoch, prepared.record.id)
        return varied_audio(wave, interval, self.preprocessing, varied.sound, varied.masks, rng)

    def _video(
        self, prepared: PreparedClip, draw: Draw, interval: tuple[float, float] | None
    ) -> Tensor:
        first, after = 0, None
        if interval is not None and not prepared.still:
            first, after = frame_range(*interval, self.corpus.times(prepared))
        frames = self.preprocessing.video(self.corpus.crops(prepared, first, after))
        if prepared.still and len(frames):
            # Evaluation sees the same views every time; training sees new ones every epoch.
            epoch = -1 if self.augmentation is None else draw.epoch
            rng = generator(self.seed, "views", epoch, prepared.record.id)
            frames = jittered_views(frames, self.stills, rng)
        if self.augmentation is not None and self.augmentation.spatial is not None:
            rng = generator(self.seed, "spatial", draw.epoch, prepared.record.id)
            white = 1.0 / self.preprocessing.deviation
            frames = augment_frames(frames, self.augmentation.spatial, rng, white)
        return frames


def collate(samples: Many[Sample]) -> Batch:
    """Stack samples into a batch of padded sequences with lengths."""
    names = samples[0].inputs
    return Batch(
        {name: Sequence.from_list([s.inputs[name] for s in samples]) for name in names},
        torch.tensor([s.label for s in samples]),
        torch.tensor([s.clip for s in samples]),
    )
