"""PyAV, which is FFmpeg, loaded when the first film or sound is decoded.

Stills and prepared corpora need none of it, so a machine that only trains can do without.
"""

import sys
from functools import cache
from typing import Any

from mrpn.media.faces.models import optional_module

_PARTS = ("error", "filter", "video.reformatter")


@cache
def load_av() -> Any:
    """Return the package `av`, with the parts of it that are used here.

    Raises MediaError if it is not installed, or cannot be loaded.
    """
    remedy = "pip install av, or prepare the corpus on a machine that has it"
    av = optional_module("av", remedy)
    for part in _PARTS:
        optional_module(f"av.{part}", remedy)
    return av


def is_decoders(error: BaseException | None) -> bool:
    """Return whether an error is one of FFmpeg's own, of which the system's errors are some."""
    loaded = sys.modules.get("av.error")
    return loaded is not None and isinstance(error, loaded.FFmpegError)
