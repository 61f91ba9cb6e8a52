"""What a finished run says of itself, read again to ship its weights."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from rich.markup import escape

from mrpn.common.errors import MrpnError, WeightsError
from mrpn.common.progress import say
from mrpn.corpora.folds import OfficialSplit
from mrpn.corpora.manifest import Manifest, Part
from mrpn.corpora.registry import corpora
from mrpn.evaluation import load_predictions
from mrpn.evaluation.tables import read_table
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.contents import chosen_records, material_of
from mrpn.training.faces import STRATEGY
from mrpn.training.results import load_result
from mrpn.training.run import PREDICTIONS, RECIPE, RESULT
from mrpn.weights import Plan

TRIALS = "trials.parquet"


def read_result(run: Path) -> dict[str, Any]:
    """Return the result of a finished run; a WeightsError where there is none."""
    path = run / RESULT
    try:
        return load_result(path)
    except OSError as error:
        raise WeightsError(f"{run}: no finished run here ({error.strerror})") from error
    except MrpnError as error:
        raise WeightsError(f"{error}; name the folder of one") from error


def read_recipe(run: Path) -> dict[str, Any]:
    """Return the recipe of a run, as plain values; a WeightsError where there is none."""
    path = run / RECIPE
    try:
        values = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise WeightsError(f"{path}: cannot read the run's recipe: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        first = " ".join(str(error).split())
        raise WeightsError(f"{path}: not the recipe of a run: {first}") from error
    if not isinstance(values, dict):
        raise WeightsError(f"{path}: not the recipe of a run")
    return values


def people_of(result: Mapping[str, Any]) -> dict[Part, tuple[str, ...]]:
    """Return the run's parts with their actors; none where the corpus fixes its parts."""
    given = result.get("speakers") or result["actors"]
    if not given:
        return {"train": (), "validation": (), "test": ()}
    return {part: tuple(names) for part, names in given.items() if names}


def check_corpus(run: Path, result: Mapping[str, Any], corpus: PreparedCorpus) -> None:
    """Refuse another corpus than the run's: by its digest, or else by all that the run says of it.

    A digest is of one version of the preparation. Where it differs, clips and labels of the test
    and the classes of the training must be the run's.
    """
    if result["corpus_digest"] == corpus.digest:
        return
    table = run / PREDICTIONS
    if table.exists() and result["corpus"] == corpus.name:
        people = people_of(result)
        predicted = load_predictions(table)
        test = {r.id: r.label for r in chosen_records(corpus.manifest, "test", people["test"])}
        train = chosen_records(corpus.manifest, "train", people["train"])
        usable = Counter(r.label for r in train if corpus.find(r.id).usable)
        same = predicted["label"].tolist() == [test.get(c) for c in predicted["clip"]]
        if same and usable == result["training_classes"]:
            say(escape(f"{corpus.folder}: prepared by another version, the clips are the run's"))
            return
    raise WeightsError(f"{corpus.folder}: is not the corpus that {run} was trained on")


def plan_of(
    run: Path, result: Mapping[str, Any], recipe: Mapping[str, Any], manifest: Manifest
) -> Plan:
    """Return how the run's test is measured: as it was by the run itself."""
    on = material_of(manifest, "test", people_of(result)["test"])
    if "speakers" in result:
        trials = read_table(run / TRIALS, ("one", "other"))
        return Plan(
            on=on,
            metric="equal error rate",
            only=tuple(sorted({*trials["one"], *trials["other"]})),
            seconds=recipe["slices"]["tested"],
            seed=result["seed"],
        )
    stills = recipe["stills"]
    return Plan(on=on, views=stills["views"], jitter=stills["jitter"], seed=result["seed"])


def command_of(result: Mapping[str, Any], recipe: Mapping[str, Any]) -> str:
    """Return the command that trains the run again, by the recipe of its name."""
    known = {corpus.name for corpus in corpora()}
    corpus = result["corpus"] if result["corpus"] in known else "folder"
    given = f"FOLDER --corpus {corpus} --recipe recipes/{recipe['name']}.yaml --out RUNS"
    if "speakers" in result:
        return f"mrpn pretrain voice {given}"
    if result["fold"] == OfficialSplit.name and result["strategy"] == STRATEGY:
        return f"mrpn pretrain face {given}"
    return (
        f"mrpn train recipes/{recipe['name']}.yaml --data PREPARED --fold {result['fold']} "
        f"--strategy {result['strategy']} --out RUNS"
    )
