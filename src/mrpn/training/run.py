"""One run: a strategy trained on one fold with one seed, and scored once on its test part."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from mrpn.common.config import Settings
from mrpn.common.errors import MrpnError
from mrpn.common.files import file_digest, remove_partials, write_json, write_text
from mrpn.corpora.folds import Fold, OfficialSplit
from mrpn.evaluation.predictions import save_predictions
from mrpn.network import MultiModalNetwork
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.callbacks import BEST, RESUME_POINT, RunRecord
from mrpn.training.data import FoldData, check_preparation
from mrpn.training.encoding import read_encoded
from mrpn.training.evidence import learned_parts, refuse_seen_actors, with_evidence
from mrpn.training.fitting import fit, predict
from mrpn.training.initial import freeze_encoders, initial_files, load_encoders
from mrpn.training.outcome import header_of, result_of
from mrpn.training.recipe import Recipe
from mrpn.training.strategies import make_network
from mrpn.weights import load_weights, save_weights

RESULT = "result.json"
RECIPE = "recipe.yaml"
PREDICTIONS = "predictions.parquet"
WEIGHTS = "weights.safetensors"


class RunIdentity(Settings):
    """What a run is: the same identity means the same result."""

    strategy: str
    fold: str
    seed: int
    recipe_digest: str
    fold_digest: str
    corpus_digest: str
    initial: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class RunPlace:
    """Where the runs of a recipe lie: `<out>/<fold>/<strategy>-seed<seed>`."""

    out: Path
    fold: str
    seed: int

    def folder(self, strategy: str) -> Path:
        """Return the folder of one strategy's run."""
        return self.out / self.fold / f"{strategy}-seed{self.seed}"


def train_run(
    recipe: Recipe,
    corpus: PreparedCorpus,
    fold: Fold | OfficialSplit,
    strategy: str,
    out: Path,
    *,
    report: Callable[[dict[str, Any]], None] = lambda _: None,
    initial: Mapping[str, Path | str] | None = None,
) -> Path:
    """Train a strategy on a fold, score it once on the fold's test part, and save all of it.

    A finished run is left as it is; an interrupted one goes on from its last whole epoch and
    ends in the same result.

    Args:
        recipe: the experiment; its seed is the run's.
        corpus: the prepared corpus.
        fold: actors of training, validation and test, or the corpus's own parts.
        strategy: one of `recipe.possible`; `late` needs each modality's own network finished under
            the same `out`.
        out: folder of the recipe's runs.
        report: called after every epoch with its row of the learning curve.
        initial: weights, by name or path, whose encoders this run starts from, by modality;
            they go before those that the recipe names.

    Returns:
        The run's folder: result.json, predictions.parquet, weights.safetensors, history.csv.

    Raises:
        MrpnError: the folder holds a run of another recipe, fold or corpus; or one that this
            strategy builds on is not finished; or initial weights that do not fit, or were trained
            on actors whom the fold holds out.
    """
    if isinstance(fold, Fold) and fold.protocol != recipe.protocol:
        raise MrpnError(
            f"fold '{fold.name}' is for protocol '{fold.protocol}', the recipe says "
            f"'{recipe.protocol}'"
        )
    if isinstance(fold, OfficialSplit) and recipe.protocol == "paper":
        raise MrpnError(
            f"{corpus.folder}: the corpus has a test part of its own, which the paper's protocol "
            "would not keep apart; set protocol=strict"
        )
    check_preparation(recipe, corpus)
    files = initial_files(recipe, strategy, initial)
    place = RunPlace(out, fold.name, recipe.seed)
    folder = place.folder(strategy)
    identity = RunIdentity(
        strategy=strategy,
        fold=fold.name,
        seed=recipe.seed,
        recipe_digest=recipe.digest,
        fold_digest=fold.digest,
        corpus_digest=corpus.digest,
        initial=_digests(files),
    )
    if is_finished(folder, identity):
        _clear(folder)
        return folder
    needed = _trained(recipe, place, identity, files)
    network = make_network(recipe, strategy, len(corpus.classes), recipe.seed, needed)
    refuse_seen_actors(files, corpus.name, fold)
    if not needed:
        load_encoders(network, files, recipe.preprocessing)
    freeze_encoders(network, recipe, files)
    read_encoded(network, recipe)
    data = FoldData(corpus, fold, recipe, recipe.modalities(strategy), recipe.seed, files)
    # Only now, when nothing in recipe or fold can be refused any more, is the folder this run's.
    folder.mkdir(parents=True, exist_ok=True)
    remove_partials(folder)
    write_json(folder / "identity.json", identity.model_dump())
    write_text(folder / RECIPE, yaml.safe_dump(recipe.model_dump(mode="json")))
    columns = {"strategy": strategy, "fold": fold.name, "seed": recipe.seed}
    record = RunRecord(folder, columns, recipe.optimisation.select, report)
    trainer = fit(recipe, network, data, record, folder)
    # A run that was killed between its last resume point and the curve's file lacks a row there.
    record.write_curve()
    predictions = predict(trainer, data, corpus, columns)
    save_predictions(predictions, folder / PREDICTIONS)
    result = result_of(
        identity.model_dump(),
        recipe,
        corpus,
        fold,
        network=network,
        rows=record.rows,
        predictions=predictions,
        training_classes=Counter(clip.record.label for clip in data.parts["train"].clips),
    )
    header = header_of(recipe, corpus, fold, network, result)
    header = with_evidence(header, corpus.manifest, learned_parts(fold), files)
    save_weights(folder / WEIGHTS, network, header)
    write_json(folder / RESULT, result)
    _clear(folder)
    return folder


def _clear(folder: Path) -> None:
    """Remove from a finished run what was only needed to finish it."""
    remove_partials(folder)
    for name in (RESUME_POINT, BEST):
        (folder / name).unlink(missing_ok=True)


def _digests(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: file_digest(path) for name, path in files.items()}


def is_finished(folder: Path, identity: RunIdentity) -> bool:
    """Return whether the folder holds this run, finished. Raises MrpnError if it holds another."""
    path = folder / "identity.json"
    if not path.exists():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))
    wanted = identity.model_dump()
    different = sorted(key for key in wanted if found.get(key) != wanted[key])
    if different:
        raise MrpnError(
            f"{folder}: holds a run with another {different[0].replace('_', ' ')}; "
            f"name another folder with --out, or delete this one"
        )
    return (folder / RESULT).exists()


def _trained(
    recipe: Recipe, place: RunPlace, identity: RunIdentity, initial: Mapping[str, Path]
) -> dict[str, MultiModalNetwork]:
    """Return the networks a run builds on: finished, of the same recipe, fold and corpus."""
    networks: dict[str, MultiModalNetwork] = {}
    for strategy in recipe.needs(identity.strategy):
        path = place.folder(strategy) / WEIGHTS
        used = {name: initial[name] for name in recipe.modalities(strategy) if name in initial}
        same = {"strategy": strategy, "initial": _digests(used)}
        if not is_finished(path.parent, identity.model_copy(update=same)):
            raise MrpnError(
                f"{path.parent}: '{identity.strategy}' needs '{strategy}' trained first, on fold "
                f"{identity.fold}"
            )
        (modality,) = recipe.modalities(strategy)
        networks[modality] = load_weights(path)[0]
    return networks
