import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from misbehaving import act, note_and_sleep
from mrpn.common.isolation import Lost, run_isolated

Task = tuple[str, int]


def half_a_minute(task: object) -> float:
    return 30.0


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_whatever_becomes_of_a_worker_it_costs_its_own_task_alone() -> None:
    tasks: list[Task] = [
        ("work", 1),
        ("segfault", 2),
        ("work", 3),
        ("hang", 4),
        ("eat", 2000),
        ("work", 6),
        ("exit", 3),
        ("be killed", 8),
        ("work", 9),
    ]
    results = list(
        run_isolated(
            act,
            tasks,
            workers=2,
            seconds=lambda task: 1.5 if task[0] == "hang" else 30.0,
            memory_mb=1000,
        )
    )
    assert results == [
        10,
        Lost("the decoder crashed (SIGSEGV)"),
        30,
        Lost("took longer than 1.5 s"),
        Lost("needed more than 1000 MB"),
        60,
        Lost("the decoder crashed (exit code 3)"),
        Lost("was ended from outside, as systems do that run out of memory"),
        90,
    ]


def test_without_a_limit_memory_is_there() -> None:
    assert list(run_isolated(act, [("eat", 500)], workers=1, seconds=half_a_minute)) == [5000]


def test_crash_after_crash_leaves_the_rest_whole() -> None:
    tasks: list[Task] = [("segfault" if k % 2 else "work", k) for k in range(12)]
    results = list(run_isolated(act, tasks, workers=1, seconds=half_a_minute))
    assert results[::2] == [10 * k for k in range(0, 12, 2)]
    assert set(results[1::2]) == {Lost("the decoder crashed (SIGSEGV)")}


def test_results_come_in_the_order_of_the_tasks_however_long_each_takes() -> None:
    tasks: list[Task] = [("sleep" if k % 3 == 0 else "work", k) for k in range(9)]
    results = list(run_isolated(act, tasks, workers=3, seconds=half_a_minute))
    assert results == [10 * k for k in range(9)]


@pytest.mark.parametrize(("word", "kind"), [("raise", ValueError), ("time out", TimeoutError)])
def test_an_exception_of_the_function_is_the_callers(word: str, kind: type[Exception]) -> None:
    results = run_isolated(act, [("work", 1), (word, 7)], workers=1, seconds=half_a_minute)
    assert next(results) == 10
    with pytest.raises(kind, match="number 7"):
        next(results)


def test_tasks_are_read_as_they_are_needed_without_end() -> None:
    taken = []

    def endless() -> Iterator[Task]:
        for number in count():
            taken.append(number)
            yield "work", number

    results = run_isolated(act, endless(), workers=1, seconds=half_a_minute, ahead=3)
    assert [next(results) for _ in range(5)] == [0, 10, 20, 30, 40]
    results.close()
    assert len(taken) == 8


def test_no_tasks_no_results() -> None:
    assert list(run_isolated(act, [], workers=2, seconds=half_a_minute)) == []


def test_closing_early_ends_the_workers_at_once(tmp_path: Path) -> None:
    def tasks() -> Iterator[str]:
        yield str(tmp_path)
        yield str(tmp_path)
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.02)
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        next(run_isolated(note_and_sleep, tasks(), workers=2, seconds=half_a_minute))
    workers = [int(path.name) for path in tmp_path.iterdir()]
    assert len(workers) == 2
    assert not any(alive(worker) for worker in workers)
    assert time.monotonic() - started < 20


def test_workers_that_cannot_begin_are_an_error_not_an_endless_wait(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    here_alone = ModuleType("here_alone")
    exec("def same(task): return task", here_alone.__dict__)
    monkeypatch.setitem(sys.modules, "here_alone", here_alone)
    with pytest.raises(BrokenProcessPool):
        list(run_isolated(here_alone.same, range(5), workers=2, seconds=half_a_minute))
    assert "No module named 'here_alone'" in capfd.readouterr().err
