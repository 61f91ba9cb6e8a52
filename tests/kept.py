"""What a script keeps of its runs, without what tells how long they took."""

import json
from pathlib import Path
from typing import Any

import pandas as pd


def kept(folder: Path) -> dict[str, object]:
    """Return the content of every file, by its path; curves and results without their seconds."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _timeless(path) for path in files}


def _timeless(path: Path) -> object:
    if path.suffix == ".json":
        return json.dumps(_without_seconds(json.loads(path.read_text("utf-8"))))
    if path.name == "history.csv":
        return pd.read_csv(path, dtype=str).drop(columns="seconds").to_csv()
    return path.read_bytes()


def _without_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_seconds(each) for key, each in value.items() if key != "seconds"}
    return value
