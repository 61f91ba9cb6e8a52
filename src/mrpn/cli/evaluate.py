"""`mrpn evaluate`: trained weights scored on held-out clips, and compared with their card."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, cast, get_args

import pandas as pd
import typer

from mrpn.cli.reading import CorpusOption, OptionOption, read_manifest
from mrpn.cli.table import print_json, print_line, print_table
from mrpn.common.errors import ConfigError, MrpnError
from mrpn.corpora import Manifest, Part, corpus_folds, load_folds
from mrpn.evaluation import class_recalls, classes_of, wilson_interval
from mrpn.preparation import PreparedCorpus
from mrpn.training.evidence import seen_in_training
from mrpn.training.plans import (
    check_prepared,
    choose_plan,
    plan_labels,
    prepare_for,
    same_contents,
)
from mrpn.training.scoring import check_classes, measure
from mrpn.weights import Measured, Plan, find_weights, load_weights, preprocessing_of

HELP = "Score trained weights on clips held out from their training, and check their card."
EXAMPLE = "Example: mrpn evaluate face-small FER2013/ --corpus fer2013"
TOLERANCE = 0.002


def evaluate(
    weights: Annotated[str, typer.Argument(help="A name of 'mrpn weights list', or a file.")],
    source: Annotated[
        Path | None, typer.Argument(help="The corpus's folder, or a manifest file.")
    ] = None,
    corpus: CorpusOption = None,
    option: OptionOption = None,
    data: Annotated[Path | None, typer.Option(help="A prepared corpus, instead.")] = None,
    part: Annotated[
        str | None, typer.Option(help="train, validation or test. Default: the card's, or test.")
    ] = None,
    actors: Annotated[
        str | None, typer.Option(help="Only these: 21,22,23,24. Default: the card's.")
    ] = None,
    fold: Annotated[str | None, typer.Option(help="Only the test actors of this fold.")] = None,
    folds: Annotated[Path | None, typer.Option(help="A file of folds (YAML or JSON).")] = None,
    relabel: Annotated[
        list[str] | None, typer.Option(help="Count a class as another: calm=neutral; repeatable.")
    ] = None,
    allow_seen: Annotated[
        bool, typer.Option("--allow-seen", help="Score clips of the training too, and say so.")
    ] = False,
    work: Annotated[
        Path | None, typer.Option(help="Folder to keep what is prepared in. Default: none.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; one per core.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Score weights; see HELP.

    Where their card has a value for just these clips, one more than 0.2 points away is an error.
    """
    if (source is None) == (data is None):
        raise ConfigError("give either the folder of a corpus, or --data and a prepared one")
    path = find_weights(weights)
    network, header = load_weights(path)
    preprocessing = preprocessing_of(path, header)
    prepared = None if data is None else PreparedCorpus(data)
    if prepared is not None:
        check_prepared(prepared, preprocessing, network.modalities)
        manifest = prepared.manifest
    else:
        manifest = read_manifest(cast(Path, source), corpus, option or [])
    plan = choose_plan(
        header,
        manifest,
        part=_part(part),
        actors=_actors(manifest, actors, fold, folds),
        relabelled=_relabelled(relabel),
    )
    seen = seen_in_training(header, manifest, plan.on)
    if seen and not allow_seen:
        raise ConfigError(
            f"{weights}: was {'; '.join(seen)}; choose clips that it never met, or add "
            "--allow-seen, which says nothing about others"
        )
    if plan.metric == "accuracy":
        check_classes(header, plan_labels(plan, manifest))
    same = same_contents(manifest, plan.on)
    with TemporaryDirectory(prefix="mrpn-") as temporary:
        if prepared is None:
            place = work or Path(temporary) / "prepared"
            prepared = prepare_for(
                plan, manifest, preprocessing, network.modalities, place, workers
            )
        found, predictions = measure(network, header, prepared, plan)
    _show(weights, plan, found, predictions, same=same, seen=seen, json=json)
    if isinstance(plan, Measured) and _apart(plan, found):
        raise MrpnError(
            f"{weights}: {100 * found.value:.2f} % here, its card says {100 * plan.value:.2f} %; "
            + ("the corpus is another edition" if same is False else "is it the same software?")
        )


def _show(
    weights: str,
    plan: Plan,
    found: Measured,
    predictions: pd.DataFrame | None,
    *,
    same: bool | None,
    seen: list[str],
    json: bool,
) -> None:
    card = plan if isinstance(plan, Measured) else None
    recalls = _recalls(predictions)
    if json:
        result: dict[str, Any] = {
            "weights": weights,
            "measured": found.model_dump(mode="json"),
            "recalls": recalls,
            "card": None if card is None else card.value,
            "same_contents": same,
            "seen_in_training": seen,
            "agrees": None if card is None else not _apart(card, found),
        }
        print_json(result)
        return
    print_line(f"{weights}  {found.clips} clips of {found.on.describe()}", "bold")
    if seen:
        print_line(f"no measure of what is new to them: {'; '.join(seen)}", "yellow")
    print_line(f"{found.metric}: {found.describe()}")
    if found.uar is not None and found.ece is not None:
        if predictions is not None and found.interval != "Wilson over clips":
            right = int((predictions["label"] == predictions["prediction"]).sum())
            value, low, high = (
                100 * each for each in (right / found.clips, *wilson_interval(right, found.clips))
            )
            print_line(f"  of clips of the same people: {value:.1f} % ({low:.1f} to {high:.1f})")
        print_line(f"unweighted average recall: {100 * found.uar:.1f} %")
        print_line(f"expected calibration error: {100 * found.ece:.1f} points")
    if recalls:
        rows = [(name, "-" if r is None else round(100 * r, 1)) for name, r in recalls.items()]
        print_table(("class", "recall %"), rows)
    if card is not None:
        print_line(f"the card says {card.describe()}")
    if same is False:
        print_line("these are not the very files that the card was measured on", "yellow")


def _recalls(predictions: pd.DataFrame | None) -> dict[str, float | None]:
    if predictions is None:
        return {}
    found = class_recalls(
        list(predictions["label"]), list(predictions["prediction"]), classes_of(predictions)
    )
    return {name: round(r, 6) if r == r else None for name, r in found.items()}  # noqa: PLR0124


def _apart(card: Measured, found: Measured) -> bool:
    return abs(card.value - found.value) > TOLERANCE + 1e-9


def _part(text: str | None) -> Part | None:
    if text is not None and text not in get_args(Part):
        raise ConfigError(f"--part {text}: is none of {', '.join(get_args(Part))}")
    return cast(Part | None, text)


def _actors(
    manifest: Manifest, given: str | None, fold: str | None, folds: Path | None
) -> tuple[str, ...]:
    if given is not None:
        return tuple(name.strip() for name in given.split(",") if name.strip())
    if fold is None:
        return ()
    known = corpus_folds(manifest, "strict") if folds is None else load_folds(folds)
    return known[fold].test


def _relabelled(given: list[str] | None) -> dict[str, str] | None:
    for text in given or []:
        if not all(text.partition("=")):
            raise ConfigError(f"--relabel {text}: write it as class=other")
    return None if given is None else dict(text.split("=", 1) for text in given)
