"""What worker processes do in tests of what survives it; importable in a spawned process."""

import os
import signal
import time
from pathlib import Path


def act(task: tuple[str, int]) -> int:
    """Do what a task's word says; return ten times its number if it lives to."""
    word, number = task
    if word == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif word == "be killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif word == "exit":
        os._exit(number)
    elif word == "hang":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        time.sleep(600)
    elif word == "eat":
        bytearray(number * 2**20)
    elif word == "raise":
        raise ValueError(f"number {number}")
    elif word == "time out":
        raise TimeoutError(f"number {number}")
    elif word == "sleep":
        time.sleep(0.2)
    return number * 10


def note_and_sleep(folder: str) -> None:
    """Leave this process's id as a file's name, then sleep."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(600)
