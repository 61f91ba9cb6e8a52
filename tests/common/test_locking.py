"""One process at a time in a folder."""

import os
import signal
import time
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from killing import in_a_child
from mrpn.common.errors import ConfigError
from mrpn.common.locking import alone, in_turn


def dying_within(lock: Path) -> None:
    with alone(lock, ConfigError("busy")):
        os.kill(os.getpid(), signal.SIGKILL)


def refused_within(lock: Path) -> None:
    with pytest.raises(ConfigError, match="busy"), alone(lock, ConfigError("busy")):
        pytest.fail("two at once")


def test_another_process_is_refused_and_later_let_in(tmp_path: Path) -> None:
    lock = tmp_path / "new" / "lock"
    with alone(lock, ConfigError("busy")):
        assert in_a_child(partial(refused_within, lock)) == 0
    with alone(lock, ConfigError("busy")):
        pass


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert in_a_child(partial(dying_within, lock)) == -signal.SIGKILL
    with alone(lock, ConfigError("busy")):
        pass


def test_an_error_in_the_block_is_its_own(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), alone(tmp_path / "lock", ConfigError("busy")):
        raise ZeroDivisionError


def noting_within(lock: Path, note: Path) -> None:
    with in_turn(lock):
        note.write_text("in")


def test_another_process_waits_for_its_turn(tmp_path: Path) -> None:
    lock, note = tmp_path / "new" / "lock", tmp_path / "note"
    child = Thread(target=in_a_child, args=(partial(noting_within, lock, note),))
    with in_turn(lock):
        child.start()
        time.sleep(0.5)
        assert not note.exists()
    child.join()
    assert note.read_text() == "in"
