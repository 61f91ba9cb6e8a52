"""One run of speaker recognition: trained, verified once on held-out speakers, and saved."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from mrpn.common.errors import ConfigError
from mrpn.common.files import remove_partials, write_json, write_text
from mrpn.evaluation.tables import read_table, write_table
from mrpn.preparation.corpus import PreparedCorpus
from mrpn.training.callbacks import BEST, RESUME_POINT, RunRecord
from mrpn.training.hardware import bound_kernel_cache
from mrpn.training.recipe import Plateau
from mrpn.training.results import load_result
from mrpn.training.run import RECIPE, RESULT, WEIGHTS, RunIdentity, is_finished
from mrpn.training.speakers.data import SpeakerData
from mrpn.training.speakers.fitting import fit_speakers, score_trials
from mrpn.training.speakers.module import keep_scoring, make_network
from mrpn.training.speakers.outcome import header_of, result_of, trial_table
from mrpn.training.speakers.recipe import SpeakerRecipe
from mrpn.training.speakers.split import SpeakerSplit, split_corpus
from mrpn.weights import save_weights

TRIALS = "trials.parquet"
NAME = "speakers"


def train_speakers(
    recipe: SpeakerRecipe,
    corpus: PreparedCorpus,
    folder: Path,
    *,
    report: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Path:
    """Train a voice branch to tell speakers apart, and verify it on speakers it never met.

    A finished run is left as it is; an interrupted one goes on from its last whole epoch and
    ends in the same result.

    Args:
        recipe: all that decides the result.
        corpus: whose actors are the speakers.
        folder: of the run.
        report: called after every epoch, once it is saved, with its row of the learning curve,
            whose `validation_loss` is the equal error rate on the validation speakers; an error it
            raises ends the call, and the next goes on from there.

    Returns:
        The folder: result.json, trials.parquet, weights.safetensors, history.csv. The weights'
        only branch is "audio", so that `--initial audio=FILE` starts from its encoder.

    Raises:
        MrpnError: the folder holds a run of another recipe, split or corpus; or too few speakers
            are there to hold out as the recipe wants.
    """
    _check_preparation(recipe, corpus)
    split, parts = split_corpus(corpus, recipe.split)
    _check_selection(recipe, corpus, split)
    identity = RunIdentity(
        strategy=NAME,
        fold="held-out",
        seed=recipe.seed,
        recipe_digest=recipe.digest,
        fold_digest=split.digest,
        corpus_digest=corpus.digest,
    )
    if is_finished(folder, identity):
        _clear(folder)
        return folder
    bound_kernel_cache()
    data = SpeakerData(corpus, split, parts, recipe)
    folder.mkdir(parents=True, exist_ok=True)
    remove_partials(folder)
    write_json(folder / "identity.json", identity.model_dump())
    write_text(folder / RECIPE, yaml.safe_dump(recipe.model_dump(mode="json")))
    columns = {"strategy": NAME, "fold": identity.fold, "seed": recipe.seed}
    record = RunRecord(folder, columns, recipe.optimisation.select, report)
    network, device = fit_speakers(recipe, data, record, folder)
    # A run that was killed between its last resume point and the curve's file lacks a row there.
    record.write_curve()
    trials = {
        "trained": score_trials(data, network, device),
        "untrained": score_trials(data, make_network(recipe, len(split.train)), device),
    }
    write_table(trial_table(trials, parts["test"]), folder / TRIALS)
    keep_scoring(network.cpu())
    result = result_of(identity, recipe, corpus, split, data, network, record.rows, trials)
    header = header_of(recipe, corpus, split, parts["test"], network, result)
    save_weights(folder / WEIGHTS, network, header)
    write_json(folder / RESULT, result)
    _clear(folder)
    return folder


def read_result(folder: Path) -> dict[str, Any]:
    """Return the result of a finished run."""
    return load_result(folder / RESULT)


def read_trials(folder: Path) -> pd.DataFrame:
    """Return the test trials of a finished run, one row per pair of utterances."""
    return read_table(folder / TRIALS, ("one", "other"))


def _clear(folder: Path) -> None:
    """Remove from a finished run what was only needed to finish it."""
    remove_partials(folder)
    for name in (RESUME_POINT, BEST):
        (folder / name).unlink(missing_ok=True)


def _check_preparation(recipe: SpeakerRecipe, corpus: PreparedCorpus) -> None:
    wanted, found = recipe.preprocessing.clip.rate, corpus.settings.rate
    if wanted != found:
        raise ConfigError(
            f"{corpus.folder}: prepared at {found} samples per second, the recipe wants {wanted}; "
            "prepare it again with this recipe"
        )


def _check_selection(recipe: SpeakerRecipe, corpus: PreparedCorpus, split: SpeakerSplit) -> None:
    settings = recipe.optimisation
    if not split.validation and (
        settings.select != "last" or isinstance(settings.schedule, Plateau)
    ):
        raise ConfigError(
            f"{corpus.folder}: no validation speakers (too few with two utterances); "
            "set optimisation.select=last, optimisation.schedule.name=one-cycle"
        )
