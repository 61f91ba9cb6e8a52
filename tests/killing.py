"""Real kills of child processes, for tests of what survives them."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def in_a_child(work: Callable[[], object], kill_when: Callable[[], bool] | None = None) -> int:
    """Run `work` in a process of its own; kill it as soon as the condition holds."""
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    while kill_when is not None and process.is_alive() and not kill_when():
        time.sleep(0.0005)
    if kill_when is not None:
        process.kill()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def dying_at_rename(work: Callable[[], object], count: int) -> None:
    """Kill this process when it is about to rename a file into place for the `count`-th time."""
    replace, done = Path.replace, 0

    def dying(path: Path, target: Path) -> Path:
        nonlocal done
        done += 1
        if done == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return replace(path, target)

    Path.replace = dying  # type: ignore[method-assign, assignment]
    work()
