"""`mrpn crossval`: all rows of a study on all folds, resumable, several runs at once."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from mrpn.cli.reading import OptionOption, read_manifest, read_starts
from mrpn.cli.table import output, print_line, print_table
from mrpn.common.config import apply_changes, validate
from mrpn.common.errors import ConfigError, MrpnError
from mrpn.common.progress import say
from mrpn.corpora import Manifest, read_corpus
from mrpn.evaluation.study import study_summary
from mrpn.preparation import PreparedCorpus, estimate
from mrpn.training.studies import (
    Chosen,
    Corpora,
    Request,
    Study,
    conduct,
    load_study,
    ready_plan,
    study_inputs,
)
from mrpn.training.studies.conduct import missing_corpora
from mrpn.training.studies.plan import PlannedRun, distinct_jobs, is_finished
from mrpn.training.studies.throughput import spoken, time_left

HELP = "Train every row of a study on every fold, and gather its table; the same command goes on."
EXAMPLE = "Example: mrpn crossval recipes/paper/table2.yaml RAVDESS/ --out runs/paper --minutes 50"
TIME_IS_UP = 75
MANIFESTS = (".json", ".parquet")
# Which part of a study is trained in a sitting, and for how long.
SITTING = ("--row", "--fold", "--minutes")


def crossval(
    study: Annotated[Path, typer.Argument(help="The study, a YAML file.")],
    out: Annotated[
        Path, typer.Option(help="Folder of studies, which share prepared corpora and runs.")
    ],
    source: Annotated[
        Path | None, typer.Argument(help="The corpus's folder, or a manifest file.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="A prepared corpus, instead.")] = None,
    corpus: Annotated[
        str | None, typer.Option(help="What the folder is. Default: the study's corpus.")
    ] = None,
    option: OptionOption = None,
    size: Annotated[
        str, typer.Option(help="'full', or another size that the study names: small.")
    ] = "full",
    protocol: Annotated[
        list[str] | None, typer.Option(help="paper or strict; repeatable. Default: the study's.")
    ] = None,
    seed: Annotated[
        list[int] | None, typer.Option(min=0, help="Repeatable. Default: the study's.")
    ] = None,
    row: Annotated[
        list[str] | None, typer.Option(help="Train this row now; repeatable. Default: all.")
    ] = None,
    fold: Annotated[
        list[str] | None, typer.Option(help="Train this fold now; repeatable. Default: all.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a setting of every row: optimisation.epochs=4"),
    ] = None,
    initial: Annotated[
        list[str] | None,
        typer.Option(help="Start a modality's encoder from weights: video=NAME or FILE."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Runs at a time. Default: one a core, or two on a GPU."),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            min=0, help="Begin no epoch after so many, preparing counted in; go on later."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that prepare; one per core.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what is finished, and what is to do.")
    ] = False,
) -> None:
    """Conduct a study; see HELP.

    Ends in code 1 if a run failed, 75 if the time was up first.
    """
    asked = _adapted(load_study(study), study, protocol, seed)
    folder = out / asked.name
    request = Request(
        study=asked,
        place=study,
        out=out,
        size=size,
        changes=tuple(changes or ()),
        initial=read_starts(initial or []),
        chosen=Chosen(row, fold),
        jobs=jobs,
        minutes=minutes,
        commands=(
            shlex.join(["mrpn", *_whole(sys.argv[1:])]),
            f"mrpn report {shlex.quote(str(folder))}",
        ),
    )
    given = None if data is None else PreparedCorpus(data)
    manifest = _manifest(asked, source, given, corpus, option or [])
    corpora = Corpora(out, manifest, given=given, workers=workers)
    if dry_run:
        _say_plan(request, corpora)
        return
    found = conduct(request, corpora)
    if any(run.finished for run in found.plan.runs):
        output.print(study_summary(study_inputs(folder, pictures=False)))
        say(escape(f"the table is in {folder}; 'mrpn report {folder}' writes the report"))
    if found.failed:
        raise MrpnError(f"{len(found.failed)} runs failed, each as it says above; others went on")
    if found.left:
        say(f"the time is up, {found.left} runs are left; the same command goes on")
        raise typer.Exit(TIME_IS_UP)


def _adapted(
    study: Study, place: Path, protocols: list[str] | None, seeds: list[int] | None
) -> Study:
    wanted = {"protocols": protocols, "seeds": seeds}
    given = {name: value for name, value in wanted.items() if value}
    return validate(Study, study.model_dump() | given, str(place))


def _manifest(
    study: Study,
    source: Path | None,
    given: PreparedCorpus | None,
    corpus: str | None,
    option: list[str],
) -> Manifest:
    """Return the clips: of a prepared corpus, a saved manifest, or a folder as the study says."""
    if (source is None) == (given is None):
        raise ConfigError("give either the folder of a corpus, or --data and a prepared one")
    if given is not None:
        return given.manifest
    if source is None or (source.is_file() and source.suffix in MANIFESTS):
        return read_manifest(Path(source or ""), corpus, option)
    name, options = corpus or study.corpus.reader, dict(study.corpus.options)
    if name != study.corpus.reader:
        options = {}
    return read_corpus(name, source, **apply_changes(options, option))


def _whole(arguments: Sequence[str]) -> list[str]:
    """Return a command line without what makes it one sitting's part of the study."""
    left, kept = iter(arguments), []
    for item in left:
        name, equals, _ = item.partition("=")
        if name not in SITTING:
            kept.append(item)
        elif not equals:
            next(left, None)
    return kept


def _say_plan(request: Request, corpora: Corpora) -> None:
    """Say what is finished and what is to do, row by row, and about how long it takes."""
    for clip in missing_corpora(request, corpora):
        needed = estimate(corpora.manifest, corpora.folder(clip), clip, corpora.workers)
        print_line(
            f"to prepare: {needed.sources - needed.ready} files for crops of {clip.size} pixels, "
            f"about {spoken(needed.seconds)} and {needed.disk / 1e9:.2f} GB"
        )
    plan = ready_plan(request, corpora)
    if plan is None:
        print_line("all runs are to do; how long they take is known once one has trained")
        return
    chosen = plan.choose(request.chosen)
    rows: dict[tuple[str, str], list[PlannedRun]] = {}
    for run in chosen:
        rows.setdefault((run.row.row, run.protocol), []).append(run)
    print_table(
        ("row", "protocol", "finished", "of", "to do"),
        [
            (*key, sum(r.finished for r in runs), len(runs), _left(runs))
            for key, runs in rows.items()
        ],
    )
    jobs = distinct_jobs(chosen)
    done = sum(map(is_finished, jobs))
    print_line(f"{done} of {len(jobs)} runs are finished, {request.at_once} at a time")
    left = time_left(jobs, request.at_once)
    if left is None:
        print_line("how long the others take is known once one epoch has been trained here")
    elif left:
        print_line(f"about {spoken(left)} left")


def _left(runs: list[PlannedRun]) -> str:
    return " ".join(f"{r.fold.name}/{r.seed}" for r in runs if not r.finished)
