"""Conducting a study: what is shared, what is trained again, what is refused, what is left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mrpn.common.errors import ConfigError, CorpusError, MrpnError
from mrpn.corpora.manifest import Manifest
from mrpn.preparation import PreparedCorpus
from mrpn.training import Recipe, pool
from mrpn.training.studies import Chosen, Corpora, Request, conduct, plan_study, ready_plan
from mrpn.training.studies.conduct import missing_corpora, only_in
from mrpn.training.studies.plan import distinct_jobs
from untrained import save_untrained

Write = Callable[..., Path]
Ask = Callable[..., Request]
VOICE = {"row": "voice", "strategy": "am"}


def trained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note every run that is trained, as strategy and fold, from now on; none is."""
    noted: list[str] = []

    def note(job: pool.Job) -> Path:
        noted.append(f"{job.strategy} {job.fold.name}")
        job.folder.mkdir(parents=True, exist_ok=True)
        (job.folder / "result.json").touch()
        return job.folder

    monkeypatch.setattr(pool, "train_job", note)
    return noted


def test_each_row_is_done_on_all_folds_before_the_next_and_needs_come_first(
    write_study: Write, ask: Ask, given: Corpora, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = trained(monkeypatch)
    found = conduct(ask(write_study()), given)
    late = ["am A1", "vm A1", "late A1", "am A2", "vm A2", "late A2"]
    # The row "voice" and the product are made of these; only whole clips are another recipe.
    assert noted == [*late, "am A1", "am A2"]
    assert (found.left, found.failed, len(found.plan.runs)) == (0, (), 8)


def test_finished_runs_are_shared_by_studies_and_not_trained_again(
    write_study: Write, ask: Ask, given: Corpora, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = trained(monkeypatch)
    conduct(ask(write_study()), given)
    noted.clear()
    other = write_study("other", rows=[{"row": "N0", "strategy": "n0"}, VOICE], folds=["A2"])
    conduct(ask(other), given)
    assert noted == ["n0 A2"]
    conduct(ask(write_study()), given)
    assert noted == ["n0 A2"]


def test_other_settings_starts_and_protocols_are_other_runs(
    write_study: Write, ask: Ask, given: Corpora, recipe: Recipe, tmp_path: Path
) -> None:
    def folders(**changes: Any) -> set[Path]:
        plan = plan_study(ask(write_study(rows=[VOICE]), **changes), given)
        return {job.out for job in distinct_jobs(plan.runs)}

    start = save_untrained(tmp_path / "start.safetensors", recipe)
    plain = folders()
    assert plain == folders() == folders(changes=["title=Another", "optimisation.loader_workers=2"])
    assert plain.isdisjoint(folders(changes=["network.hidden=9"]))
    assert plain.isdisjoint(folders(initial={"audio": str(start)}))
    both = plan_study(ask(write_study(rows=[VOICE], protocols=["paper", "strict"])), given)
    assert len({run.jobs[0].out for run in both.runs}) == 2
    assert {run.fold.protocol for run in both.runs} == {"paper", "strict"}


def test_a_part_may_be_chosen_and_the_plan_stays_whole(
    write_study: Write, ask: Ask, given: Corpora, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = trained(monkeypatch)
    found = conduct(ask(write_study(), chosen=Chosen(["voice"], ["A2"])), given)
    assert noted == ["am A2"]
    assert len(found.plan.runs) == 8
    with pytest.raises(ConfigError, match="no row 'N9' in this study; there are late"):
        conduct(ask(write_study(), chosen=Chosen(rows=["N9"])), given)
    with pytest.raises(ConfigError, match="no fold 'A9'"):
        conduct(ask(write_study(), chosen=Chosen(folds=["A9"])), given)


def test_seeds_are_runs_beside_each_other(
    write_study: Write, ask: Ask, given: Corpora, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = trained(monkeypatch)
    found = conduct(ask(write_study(rows=[VOICE], seeds=[0, 3])), given)
    assert noted == ["am A1", "am A2", "am A1", "am A2"]
    folders = [run.jobs[0].folder for run in found.plan.runs]
    assert [folder.name for folder in folders] == ["am-seed0"] * 2 + ["am-seed3"] * 2
    assert len({folder.parent.parent for folder in folders}) == 1


def test_a_failed_run_is_told_and_the_others_go_on(
    write_study: Write, ask: Ask, given: Corpora, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = trained(monkeypatch)
    note = pool.train_job

    def failing(job: pool.Job) -> Path:
        if (job.strategy, job.fold.name) == ("am", "A1"):
            raise MrpnError("no [clip] here")
        return note(job)

    monkeypatch.setattr(pool, "train_job", failing)
    found = conduct(ask(write_study(rows=[VOICE])), given)
    assert noted == ["am A2"]
    assert (found.left, [end.reason for end in found.failed]) == (1, ["no [clip] here"])


def test_when_the_time_is_up_runs_are_left(write_study: Write, ask: Ask, given: Corpora) -> None:
    found = conduct(ask(write_study(rows=[VOICE]), minutes=0), given)
    assert (found.left, found.failed) == (2, ())


def test_two_at_once_in_a_folder_are_refused(
    write_study: Write, ask: Ask, given: Corpora, tmp_path: Path
) -> None:
    with (
        only_in(tmp_path / "out"),
        pytest.raises(MrpnError, match="another 'mrpn crossval' is at work here"),
    ):
        conduct(ask(write_study()), given)


def test_a_fold_that_the_corpus_lacks_is_named(
    write_study: Write, ask: Ask, given: Corpora
) -> None:
    with pytest.raises(CorpusError, match="no fold 'A9'"):
        plan_study(ask(write_study(folds=["A9"])), given)


def test_each_way_of_reading_is_prepared_once_and_faces_are_lent(
    write_study: Write, ask: Ask, manifest: Manifest, tmp_path: Path
) -> None:
    rows = [
        VOICE,
        {**VOICE, "row": "whole", "set": {"augmentation.time": None}},
        {**VOICE, "row": "coarse", "set": {"preprocessing.clip.size": 8}},
    ]
    request = ask(write_study(rows=rows))
    corpora = Corpora(tmp_path / "out", manifest, workers=0)
    assert ready_plan(request, corpora) is None
    assert [clip.size for clip in missing_corpora(request, corpora)] == [16, 8]
    assert not (tmp_path / "out").exists()
    plan = plan_study(request, corpora)
    prepared = [run.jobs[0].prepared for run in plan.runs if run.fold.name == "A1"]
    assert prepared[0] == prepared[1] != prepared[2]
    folders = sorted(path.name for path in (tmp_path / "out" / "prepared").iterdir())
    assert [name.rpartition("-")[0] for name in folders] == ["tiny-16px", "tiny-8px"]
    assert all((prepared[0].parent / name / "faces.jsonl").exists() for name in folders)
    assert missing_corpora(request, corpora) == []
    again = ready_plan(request, corpora)
    assert again is not None
    assert again.runs == plan.runs


def test_a_given_corpus_must_be_as_every_row_reads_clips(
    write_study: Write, ask: Ask, given: Corpora, corpus: PreparedCorpus
) -> None:
    rows = [VOICE, {**VOICE, "row": "coarse", "set": {"preprocessing.clip.size": 8}}]
    with pytest.raises(ConfigError, match="prepared with size = 16, a row wants 8; give the"):
        plan_study(ask(write_study(rows=rows)), given)
