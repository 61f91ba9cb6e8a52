"""Where a row's encoders start: from nothing, from what is given, or from weights it names."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.errors import ConfigError
from mrpn.common.files import file_digest
from mrpn.training import Recipe
from mrpn.training.studies import Corpora, Request, conduct, plan_study
from mrpn.training.studies.plan import PlannedRun
from mrpn.weights import load_weights
from untrained import save_untrained

Write = Callable[..., Path]
Ask = Callable[..., Request]
NONE = {"audio": "none", "video": "none"}
VOICE = {"row": "voice", "strategy": "am"}
SCRATCH = {**VOICE, "row": "scratch", "initial": NONE}


@pytest.fixture
def start(recipe: Recipe, tmp_path: Path) -> Path:
    """Weights that fit the recipe of the study."""
    other = recipe.model_copy(update={"seed": 5})
    return save_untrained(tmp_path / "start.safetensors", other)


def first_runs(plan: tuple[PlannedRun, ...]) -> dict[str, PlannedRun]:
    return {run.row.row: run for run in reversed(plan)}


def test_a_row_starts_from_nothing_whatever_else_is_said(
    write_study: Write, ask: Ask, given: Corpora, start: Path
) -> None:
    named = {**VOICE, "row": "named", "set": {"network.branches.audio.initial": str(start)}}
    rows = [VOICE, SCRATCH, named, {**named, "row": "unnamed", "initial": NONE}]
    both = {"audio": str(start), "video": str(start)}
    runs = first_runs(plan_study(ask(write_study(rows=rows), initial=both), given).runs)
    assert {name: dict(run.jobs[0].initial) for name, run in runs.items()} == {
        "voice": {"audio": start, "video": start},
        "scratch": {},
        "named": {"audio": start, "video": start},
        "unnamed": {},
    }
    # What starts alike is trained once; what does not has runs of its own.
    assert runs["scratch"].jobs == runs["unnamed"].jobs != runs["voice"].jobs
    plain = first_runs(plan_study(ask(write_study(rows=[VOICE])), given).runs)
    assert runs["scratch"].jobs == plain["voice"].jobs


def test_both_ways_are_trained_and_compared_in_one_study(
    write_study: Write, ask: Ask, given: Corpora, start: Path
) -> None:
    """The recipe's own weights are not taken up again where a run is trained."""
    change = {"set": {"network.branches.audio.initial": str(start), "optimisation.epochs": 1}}
    rows = [{**VOICE, **change}, {**SCRATCH, **change}]
    place = write_study(rows=rows, folds=["A1"], comparisons=[["voice", "scratch"]])
    done = conduct(ask(place), given)
    assert (done.left, done.failed) == (0, ())
    runs = first_runs(done.plan.runs)
    folders = {name: run.jobs[0].folder for name, run in runs.items()}
    started = {name: json.loads((f / "identity.json").read_text()) for name, f in folders.items()}
    assert started["voice"]["initial"] == {"audio": file_digest(start)}
    assert started["scratch"]["initial"] == {}
    values = [load_weights(f / "weights.safetensors")[0].state_dict() for f in folders.values()]
    key = "branches.audio.encoder.conv1.weight"
    assert not values[0][key].equal(values[1][key])


def test_a_row_that_needs_given_weights_is_refused_without(
    write_study: Write, ask: Ask, given: Corpora, start: Path
) -> None:
    rows = [{**VOICE, "initial": {"audio": "given"}}]
    with pytest.raises(ConfigError, match=r"row 'voice': its audio encoder .* --initial audio="):
        plan_study(ask(write_study(rows=rows)), given)
    with_it = plan_study(ask(write_study(rows=rows), initial={"audio": str(start)}), given)
    assert with_it.runs[0].jobs[0].initial == {"audio": start}
    change = [f"network.branches.audio.initial={start}"]
    by_recipe = plan_study(ask(write_study(rows=rows), changes=change), given)
    assert by_recipe.runs[0].jobs[0].initial == {"audio": start}


def test_what_is_given_goes_before_what_a_row_names(
    write_study: Write, ask: Ask, given: Corpora, start: Path, recipe: Recipe, tmp_path: Path
) -> None:
    other = save_untrained(tmp_path / "other.safetensors", recipe)
    rows = [{**VOICE, "initial": {"audio": str(start)}}]
    for initial, expected in (({}, start), ({"audio": str(other)}, other)):
        plan = plan_study(ask(write_study(rows=rows), initial=initial), given)
        assert plan.runs[0].jobs[0].initial == {"audio": expected}


def test_a_modality_without_a_branch_is_named(write_study: Write, ask: Ask, given: Corpora) -> None:
    rows = [{**VOICE, "initial": {"pulse": "none"}}]
    with pytest.raises(ConfigError, match=r"row 'voice': initial\.pulse: there is no such branch"):
        plan_study(ask(write_study(rows=rows)), given)
