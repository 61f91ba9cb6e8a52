"""Writing files so that an interruption leaves either the old file or the new one."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# In the pictures and films that this project draws, so that they are not taken for recordings.
DRAWN = "drawn by mrpn"


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path beside `target`; rename it to `target` only if the block succeeds.

    The temporary name keeps the suffix of the target, since some writers choose the format by it.
    The file may be read by whom the process lets read its files, whatever the writer says: that of
    safetensors keeps it to the owner.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.stem}.{os.getpid()}.partial{target.suffix}")
    mode = _usual_mode(partial)
    try:
        yield partial
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.chmod(mode)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _usual_mode(path: Path) -> int:
    """Return the mode of a file that is made here."""
    path.touch()
    try:
        return stat.S_IMODE(path.stat().st_mode)
    finally:
        path.unlink()


def remove_partials(folder: Path) -> None:
    """Remove what killed writers left of files they never finished in `folder` itself.

    For whoever alone writes there, before it starts or goes on.
    """
    for path in list(folder.iterdir()):
        if is_partial(path):
            path.unlink(missing_ok=True)


def is_partial(path: Path) -> bool:
    """Whether a file has a name under which `atomic_path` writes."""
    return path.name.startswith(".") and ".partial" in path.suffixes


def write_text(target: Path, text: str) -> None:
    """Write `text` to `target` atomically, in UTF-8."""
    with atomic_path(target) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(target: Path, value: Any) -> None:
    """Write `value` to `target` atomically, as indented JSON with sorted keys."""
    write_text(target, json.dumps(value, indent=2, sort_keys=True) + "\n")


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's content, in hexadecimal."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def value_digest(value: Any) -> str:
    """Return the sha256 of a JSON-able value's canonical text, in hexadecimal."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
