"""Processes of our own that end when the one that started them does."""

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """End this process as soon as the one that started it has ended, in whatever way.

    The initializer of every pool: workers of a killed process would otherwise wait for ever, or
    go on writing into a folder that a new run has taken over.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
