"""`mrpn demo`: the whole way of the data on a small synthetic corpus, in a few minutes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from mrpn.cli.result import show
from mrpn.cli.table import output, print_line
from mrpn.common.config import load_settings
from mrpn.common.files import write_json
from mrpn.common.progress import say
from mrpn.corpora import Fold, Manifest, save_folds
from mrpn.corpora.folds import FoldSet
from mrpn.corpora.synthetic import LatentModel, SyntheticSettings, read_latents, synthesize
from mrpn.evaluation import summary_table, write_report
from mrpn.evaluation.render import to_png
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.preparation.corpus import PreparedClip
from mrpn.recognition import Recognizer
from mrpn.training import BOUNDS, Recipe, report_inputs, train_recipe
from mrpn.training.pictures import input_figure

HELP = "See it work: make a small corpus, train the six strategies, report, recognise a clip."
EXAMPLE = "Example: mrpn demo --out demo"
SETTINGS = SyntheticSettings(actors=18, repetitions=(1,), frame_rate=8)


def demo(
    out: Annotated[Path, typer.Option(help="Folder for all that is made.")] = Path("demo"),
    jobs: Annotated[int | None, typer.Option(min=1, help="Runs at a time.")] = None,
) -> None:
    """Run the demo; see HELP."""
    with as_file(files("mrpn.cli") / "demo.yaml") as path:
        recipe = load_settings(Recipe, path)
    started = time.perf_counter()
    with _step("1/5", "Synthesise a corpus of talking faces"):
        manifest = synthesize(out / "corpus", SETTINGS)
        say(f"  {len(manifest.records)} clips of {len(manifest.actors)} drawn actors")
    with _step("2/5", "Find the faces, resample the sound"):
        corpus = prepare(manifest, out / "prepared", recipe.preprocessing.clip)
        summary = corpus.summary()
        say(f"  {summary['usable']} clips ready, problems: {summary['problems'] or 'none'}")
    fold = demo_fold(manifest)
    save_folds(FoldSet("demo", (fold,)), out / "folds.yaml")
    runs = out / "runs"
    with _step("3/5", f"Train six strategies; actors {', '.join(fold.test)} are held out"):
        train_recipe(recipe, out / "prepared", [fold], runs, jobs=jobs)
    with _step("4/5", "Report"):
        write_json(runs / BOUNDS, bounds(out / "corpus", manifest, fold))
        seen = input_figure(corpus, one_of_each(corpus, fold), recipe.preprocessing)
        caption = "One held-out clip of each emotion: face crops, and the spectrogram of its voice."
        inputs = report_inputs(runs, [("What the networks see", to_png(seen, dpi=110), caption)])
        report = write_report(out / "report", inputs)
        output.print(summary_table(inputs.predictions))
    with _step("5/5", "Recognise a held-out clip with the N2 network just trained"):
        clip = clear_clip(out / "corpus", manifest, fold)
        weights = runs / fold.name / f"n2-seed{recipe.seed}" / "weights.safetensors"
        result = Recognizer.from_file(weights).predict(clip)
        show(result)
        truth = next(r.label for r in manifest.records if manifest.path(r.video) == clip)
        output.print(f"  The actor meant [bold]{truth}[/].")
    say(f"\nDone in {time.perf_counter() - started:.0f} s. Open these:")
    for path in (report.html, report.markdown, *report.pictures, clip):
        print_line(str(path))


def demo_fold(manifest: Manifest) -> Fold:
    """Return the demo's fold: the first four actors are tested, the next two validate."""
    actors = manifest.actors
    return Fold("A1,2,3,4", actors[6:], actors[4:6], actors[:4])


def one_of_each(corpus: PreparedCorpus, fold: Fold) -> list[PreparedClip]:
    """Return the first held-out clip of every class that has both picture and sound."""
    tested = [c for c in corpus.clips if c.record.actor in fold.test and not c.problems]
    return [next(c for c in tested if c.record.label == name) for name in corpus.classes]


def bounds(folder: Path, manifest: Manifest, fold: Fold) -> dict[str, float]:
    """Return what the Bayes decisions on the true cues reach on the test clips of a fold."""
    tested = {record.id for record in manifest.records if record.actor in fold.test}
    model = LatentModel.of(SETTINGS)
    best = model.empirical(latent for latent in read_latents(folder) if latent.clip in tested)
    return {"face": best.face, "voice": best.voice, "both": best.both, "product": best.product}


def clear_clip(folder: Path, manifest: Manifest, fold: Fold) -> Path:
    """Return the first held-out clip that is not neutral and whose face and voice are clear."""
    cues = {latent.clip: latent for latent in read_latents(folder)}
    for record in manifest.records:
        latent = cues[record.id]
        clear = latent.face == latent.voice == record.label != "neutral"
        if record.actor in fold.test and clear and record.video is not None:
            return manifest.root / record.video
    raise LookupError("no clear clip among the held-out ones")


@contextmanager
def _step(number: str, title: str) -> Iterator[None]:
    started = time.perf_counter()
    say(f"\n[bold]{number}  {title}[/]")
    yield
    say(f"  [dim]{time.perf_counter() - started:.0f} s[/]")
