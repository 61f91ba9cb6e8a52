"""The paper's pictures from a study's own clips and runs: figures 3, 4, 8 and 9."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.markup import escape

from mrpn.common.config import load_settings
from mrpn.common.errors import CorpusError, MrpnError
from mrpn.common.progress import say
from mrpn.evaluation.showing import (
    augmentation_picture,
    slices_picture,
    spectrogram_picture,
    tsne_picture,
)
from mrpn.evaluation.views import Picture
from mrpn.preparation import PreparedCorpus
from mrpn.preparation.corpus import PreparedClip
from mrpn.training.augmentation import augment_frames, draw_slice
from mrpn.training.randomness import generator
from mrpn.training.recipe import Augmentation, Recipe, Spatial
from mrpn.training.run import RECIPE, RESULT
from mrpn.training.studies.features import kept_features
from mrpn.training.studies.record import Cell, StudyRecord

FRAMES = 8
EXAMPLES = 4
SLICES = 3


def study_pictures(folder: Path, record: StudyRecord) -> list[Picture]:
    """Return the pictures that can be drawn: those whose clips and weights are still there."""
    return [*_of_clips(folder, record), *_of_features(folder, record)]


def _of_clips(folder: Path, record: StudyRecord) -> Iterator[Picture]:
    cells = [cell for cell in record.cells if (folder / cell.runs[0] / RESULT).exists()]
    if not cells:
        return
    try:
        corpus = PreparedCorpus(folder / cells[0].prepared)
    except CorpusError:
        return
    first: dict[str, Cell] = {}
    for cell in cells:
        first.setdefault(cell.row, cell)
    recipes = [load_settings(Recipe, folder / c.runs[0] / RECIPE) for c in first.values()]
    recipe = recipes[0]
    clips = _examples(corpus)
    sounds = {clip.record.label: corpus.sound(clip) for clip in clips if clip.has("audio")}
    if sounds:
        seen = {name: recipe.preprocessing.audio(wave) for name, wave in sounds.items()}
        settings, rate = recipe.preprocessing.spectrogram, recipe.preprocessing.clip.rate
        yield spectrogram_picture(
            {name: each[0, 0].numpy() for name, each in seen.items()},
            seconds=settings.segment_samples() / rate,
            highest=None if settings.kind == "mel" else rate / 2000,
        )
    films = [clip for clip in clips if clip.has("video") and not clip.still]
    if films:
        longest = max(films, key=lambda clip: clip.duration)
        yield from _augmented(corpus, longest, [each.augmentation for each in recipes])


def _examples(corpus: PreparedCorpus) -> list[PreparedClip]:
    """Return a whole clip of each of some classes, of the corpus's first actor who has one."""
    found: dict[str, PreparedClip] = {}
    for clip in corpus.clips:
        if clip.usable and not clip.problems:
            found.setdefault(clip.record.label, clip)
    return [found[name] for name in corpus.classes if name in found][-EXAMPLES:]


def _augmented(
    corpus: PreparedCorpus, clip: PreparedClip, of_rows: Sequence[Augmentation]
) -> Iterator[Picture]:
    """Draw a clip as the first row that varies it does; nothing of what no row varies."""
    spatial = next((each.spatial for each in of_rows if each.spatial is not None), None)
    time = next((each.time for each in of_rows if each.time is not None), None)
    crops = corpus.crops(clip)
    places = np.linspace(0, len(crops) - 1, min(FRAMES, len(crops))).round().astype(int)
    frames = crops[places]
    if spatial is not None:
        by_clip, by_frame = (
            _varied(frames, spatial.model_copy(update={"per": per})) for per in ("clip", "frame")
        )
        yield augmentation_picture(
            {
                "as recorded": frames,
                "one draw for all frames (VA)": by_clip,
                "a draw for each frame (IA)": by_frame,
            }
        )
    if time is not None:
        rng = generator(0, "slices", clip.record.id)
        slices = [draw_slice(clip.duration, time, rng) for _ in range(SLICES)]
        yield slices_picture(frames, clip.duration, slices)


def _varied(frames: NDArray[np.uint8], settings: Spatial) -> NDArray[np.uint8]:
    values = torch.from_numpy(frames.copy()).permute(0, 3, 1, 2).float() / 255 - 0.5
    varied = augment_frames(values, settings, generator(0, "picture", settings.per))
    shown = (varied + 0.5).clamp(0, 1).permute(0, 2, 3, 1) * 255
    return shown.round().to(torch.uint8).numpy()


def _of_features(folder: Path, record: StudyRecord) -> Iterator[Picture]:
    table = kept_features(folder, record)
    if table is None:
        return
    try:
        yield tsne_picture(table)
    except MrpnError as error:
        # Of very few clips there is no such picture; the rest is worth a report.
        say(escape(f"no picture of the features: {error}"))
