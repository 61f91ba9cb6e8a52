"""Results as files, by the suffix of the file's name."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mrpn.common.errors import ConfigError, MrpnError
from mrpn.common.files import write_text
from mrpn.recognition.naming import output_names, refuse_recordings
from mrpn.recognition.result import Recognition
from mrpn.recognition.tables import save_tables

TABLES = (".csv", ".parquet", ".json")
SINGLE = (".srt", ".vtt", ".png", ".svg", ".mp4")
NAME = "{name}"

# An output, and what went wrong with it: empty if nothing did.
Outcome = tuple[Path, str]


@dataclass(frozen=True)
class Plan:
    """Which outputs are written of what.

    Attributes:
        each: for each recording in turn, those of it alone.
        together: those of all recordings.
    """

    each: tuple[tuple[Path, ...], ...]
    together: tuple[Path, ...]


def plan_outputs(outputs: Iterable[Path], recordings: Sequence[Path]) -> Plan:
    """Return which outputs are written of which recordings.

    Args:
        outputs: with "{name}" in it one for each recording, called as `output_names` does;
            others for all of them.
        recordings: files, or addresses of rows and archives' members.

    Raises:
        ConfigError: results cannot be written so, a recording would be written over, or two
            outputs would be one file.
    """
    given = tuple(dict.fromkeys(outputs))
    single = len(recordings) == 1
    for path in given:
        check_suffix(path, 1 if NAME in str(path) else len(recordings))
    apart = [path for path in given if single or NAME in str(path)]
    together = tuple(path for path in given if path not in apart)
    names = output_names(recordings) if any(NAME in str(path) for path in apart) else None
    each = tuple(
        tuple(Path(str(path).replace(NAME, names[number])) if names else path for path in apart)
        for number in range(len(recordings))
    )
    planned = [*together, *(path for paths in each for path in paths)]
    refuse_recordings(planned, recordings)
    twice = next((path for path, count in Counter(planned).items() if count > 1), None)
    if twice is not None:
        raise ConfigError(f"{twice}: two outputs have this name, give one of them another")
    return Plan(each, together)


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
            f"{path.with_name(NAME + path.suffix)} for one each"
        )


def save(path: Path, results: Sequence[Recognition]) -> None:
    """Write results to a file: .csv, .parquet, .json, .srt, .vtt, .png, .svg or .mp4, atomically.

    Raises ConfigError as `check_suffix` does and where the file is one of the recordings,
    MediaError where a film cannot be made.
    """
    check_suffix(path, len(results))
    refuse_recordings([path], [Path(result.source) for result in results])
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
        results[0].plot(path)


def save_each(outputs: Iterable[Path], results: Sequence[Recognition]) -> Iterator[Outcome]:
    """Write results to several files; yield each of them, and what went wrong with it alone."""
    for path in outputs:
        try:
            save(path, results)
        except MrpnError as error:
            yield path, str(error)
        except OSError as error:
            yield path, f"{path}: cannot be written: {error.strerror or error}"
        else:
            yield path, ""
