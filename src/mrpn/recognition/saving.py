"""Results as files, by the suffix of the file's name."""

import json
from collections.abc import Sequence
from pathlib import Path

from mrpn.common.errors import ConfigError
from mrpn.common.files import write_text
from mrpn.recognition.result import Recognition
from mrpn.recognition.tables import save_tables

TABLES = (".csv", ".parquet", ".json")
SINGLE = (".srt", ".vtt", ".png", ".svg", ".mp4")


def check_suffix(path: Path, recordings: int) -> None:
    """Raise ConfigError if results cannot be written as what the file's name says.

    Args:
        path: of the file; for several recordings tables and JSON hold all of them.
        recordings: how many there are.
    """
    if path.suffix not in TABLES + SINGLE:
        known = ", ".join(TABLES + SINGLE)
        raise ConfigError(f"{path}: results are written as {known}")
    if recordings > 1 and path.suffix in SINGLE:
        raise ConfigError(
            f"{path}: holds one recording, there are {recordings}; write "
            f"{path.with_name('{name}' + path.suffix)} for one each"
        )


def save(path: Path, results: Sequence[Recognition]) -> None:
    """Write results to a file: .csv, .parquet, .json, .srt, .vtt, .png, .svg or .mp4, atomically.

    Raises ConfigError as `check_suffix` does, MediaError where a film cannot be made.
    """
    check_suffix(path, len(results))
    if path.suffix in (".csv", ".parquet"):
        save_tables(path, results)
    elif path.suffix == ".json":
        values = [result.to_dict() for result in results]
        write_text(path, json.dumps(values, indent=2, ensure_ascii=False) + "\n")
    elif path.suffix == ".srt":
        write_text(path, results[0].subtitles("srt"))
    elif path.suffix == ".vtt":
        write_text(path, results[0].subtitles("vtt"))
    elif path.suffix == ".mp4":
        results[0].film(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        results[0].plot(path)
