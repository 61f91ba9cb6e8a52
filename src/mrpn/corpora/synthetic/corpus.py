"""The synthetic corpus on disk: mp4 files under RAVDESS's names, with the truth beside them."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, astuple, fields, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from mrpn.common.config import validate
from mrpn.common.errors import CorpusError
from mrpn.common.files import value_digest, write_json, write_text
from mrpn.common.machine import usable_cores
from mrpn.common.processes import end_with_parent
from mrpn.common.progress import track
from mrpn.corpora.manifest import Manifest
from mrpn.corpora.ravdess import read_ravdess
from mrpn.corpora.synthetic.clip import render_trial
from mrpn.corpora.synthetic.latents import Latent, LatentModel, draw_latents
from mrpn.corpora.synthetic.settings import SyntheticSettings
from mrpn.corpora.synthetic.trials import Trial, trials
from mrpn.media import write_video

SETTINGS_FILE, LATENTS_FILE = "synthetic.json", "latents.csv"
LICENCE = "CC0-1.0 (drawn and synthesised; nobody was recorded)"

# Raised whenever the same settings would give other clips, so that old folders are not mixed in.
_RENDERER = 1
_CHUNK = 8
_QUALITY = 23


def synthesize(
    folder: Path,
    settings: SyntheticSettings | None = None,
    *,
    workers: int | None = None,
    replace: bool = False,
) -> Manifest:
    """Write a synthetic corpus, or complete one that was interrupted (ours).

    Each file is written whole or not at all, and those already there are kept. The clips do not
    depend on the number of processes.

    Args:
        folder: receives `Actor_AA/01-01-EE-II-SS-RR-AA.mp4`, `synthetic.json` (settings, digest,
            Bayes accuracies) and `latents.csv` (the true cues of every clip).
        settings: what to make; the defaults if None.
        workers: number of processes; as many as cores if None.
        replace: throw away a synthetic corpus of other settings in that folder.

    Raises:
        CorpusError: the folder holds clips of other settings, or clips that are not synthetic.
    """
    settings = settings or SyntheticSettings()
    _claim(folder, settings, replace)
    latents = draw_latents(settings)
    write_text(folder / LATENTS_FILE, latents_text(latents))
    work = [
        (trial, latent)
        for trial, latent in zip(trials(settings), latents, strict=True)
        if not (folder / trial.path).exists()
    ]
    for _ in track(_render_all(folder, settings, work, workers), "synthesising", len(work)):
        pass
    return read_synthetic(folder)


def read_synthetic(folder: Path) -> Manifest:
    """Read a synthetic corpus back as what it looks like, a tree of RAVDESS files.

    Raises:
        CorpusError: no synthetic corpus there, or nothing in it.
    """
    settings = read_settings(folder)
    manifest = read_ravdess(folder, name="synthetic", licence=LICENCE, kind="synthetic")
    best = LatentModel.of(settings).bayes()
    note = (
        f"ceiling given the latent cues: face {best.face:.1%}, voice {best.voice:.1%}, both "
        f"{best.both:.1%}, product of the two {best.product:.1%}"
    )
    mark = settings_digest(settings)[:12]
    return replace(
        manifest,
        classes=settings.emotions,
        records=tuple(
            replace(record, extra={**record.extra, "settings": mark}) for record in manifest.records
        ),
        notes=(*manifest.notes, note),
    )


def read_settings(folder: Path) -> SyntheticSettings:
    """Return the settings that a folder's synthetic corpus was made with."""
    path = folder / SETTINGS_FILE
    return validate(SyntheticSettings, _stored(path)["settings"], str(path))


def read_latents(folder: Path) -> list[Latent]:
    """Return the true cues of a synthetic corpus's clips.

    Raises:
        CorpusError: the table is missing or damaged.
    """
    path = folder / LATENTS_FILE
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        return [Latent(**row) for row in rows]
    except (OSError, TypeError) as error:
        raise CorpusError(f"{path}: cannot read the latent cues; synthesise again") from error


def settings_digest(settings: SyntheticSettings) -> str:
    """Return the hash of everything that decides the corpus's content."""
    return value_digest({"renderer": _RENDERER, "settings": settings.model_dump(mode="json")})


def _claim(folder: Path, settings: SyntheticSettings, replacing: bool) -> None:
    """Make the folder this corpus's own, before the first clip is written into it."""
    path = folder / SETTINGS_FILE
    digest = settings_digest(settings)
    if path.exists():
        if _stored(path)["digest"] != digest:
            if not replacing:
                raise CorpusError(
                    f"{folder}: holds a synthetic corpus of other settings; choose another folder "
                    "or allow it to be replaced"
                )
            for actor in folder.glob("Actor_[0-9][0-9]"):
                shutil.rmtree(actor)
            path.unlink()
    elif any(folder.glob("Actor_*")):
        raise CorpusError(
            f"{folder}: holds actors' clips but no {SETTINGS_FILE}, so they are not a synthetic "
            "corpus; choose another folder"
        )
    for unfinished in folder.glob("Actor_*/.*.partial.mp4"):
        unfinished.unlink()
    if not path.exists():
        stored = {
            "digest": digest,
            "settings": settings.model_dump(mode="json"),
            "bayes": asdict(LatentModel.of(settings).bayes()),
        }
        write_json(path, stored)


def _stored(path: Path) -> dict[str, Any]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CorpusError(
            f"{path.parent}: no synthetic corpus here ({path.name} missing)"
        ) from error
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from error
    if not isinstance(stored, dict) or not {"digest", "settings"} <= set(stored):
        raise CorpusError(f"{path}: not the description of a synthetic corpus")
    return stored


def _render_all(
    folder: Path,
    settings: SyntheticSettings,
    work: list[tuple[Trial, Latent]],
    workers: int | None,
) -> Iterator[None]:
    count = min(workers or usable_cores(), -(-len(work) // _CHUNK))
    render = partial(_render, folder, settings)
    if count <= 1:
        yield from map(render, work)
        return
    # Fresh processes: those forked from one with threads may hang.
    with ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=end_with_parent
    ) as pool:
        try:
            yield from pool.map(render, work, chunksize=_CHUNK)
        except BrokenProcessPool:
            raise CorpusError(
                f"{folder}: a process that draws clips has died, perhaps for want of memory; "
                "run it again with fewer workers, what was drawn is kept"
            ) from None


def _render(folder: Path, settings: SyntheticSettings, item: tuple[Trial, Latent]) -> None:
    trial, latent = item
    clip = render_trial(trial, latent, settings)
    write_video(folder / trial.path, clip.frames, clip.rate, clip.audio, crf=_QUALITY)


def latents_text(latents: list[Latent]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Latent)])
    writer.writerows(astuple(latent) for latent in latents)
    return text.getvalue()
