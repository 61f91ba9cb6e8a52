"""CREMA-D's own tables: the list of its clips, and what its raters voted."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

from mrpn.common.archives import open_file
from mrpn.common.errors import CorpusError
from mrpn.corpora.votes import Votes

Raters = Literal["both", "voice", "face"]
RATERS: tuple[Raters, ...] = get_args(Raters)
LIST = "SentenceFilenames.csv"
VOTES = "tabulatedVotes.csv"
EMOTION_OF = {
    "NEU": "neutral",
    "HAP": "happy",
    "SAD": "sad",
    "ANG": "angry",
    "FEA": "fearful",
    "DIS": "disgust",
}
# A row is numbered by what its raters were given, 1 voice, 2 face, 3 both, then by the clip.
_RATERS_OF: dict[str, Raters] = {"1": "voice", "2": "face", "3": "both"}


def tables_of(files: Sequence[PurePosixPath]) -> dict[str, PurePosixPath]:
    """Return where the tables lie among a folder's files, by their names."""
    return {file.name: file for file in reversed(files) if file.name in (LIST, VOTES)}


def read_list(table: Path) -> tuple[str, ...]:
    """Return the names of all clips of CREMA-D, from `SentenceFilenames.csv`.

    Raises CorpusError if the table cannot be read or lacks the column.
    """
    return tuple(row["Filename"] for row in _rows(table, ("Filename",)))


def read_votes(table: Path) -> Mapping[Raters, Mapping[str, Votes]]:
    """Return the votes by kind of raters, clip and class, from `tabulatedVotes.csv`.

    Every clip was rated three times: its voice, its face, and both.

    Raises CorpusError if the table cannot be read, or a row is not as they are.
    """
    letters = {name[0]: emotion for name, emotion in EMOTION_OF.items()}
    found: dict[Raters, dict[str, Votes]] = {raters: {} for raters in RATERS}
    for number, row in enumerate(_rows(table, ("", "fileName", *letters)), start=2):
        try:
            raters = _RATERS_OF[row[""][:1]]
            votes = {emotion: int(row[letter]) for letter, emotion in letters.items()}
        except (KeyError, ValueError) as error:
            raise CorpusError(
                f"{table}: line {number} is no row of votes; download the table again"
            ) from error
        found[raters][row["fileName"]] = votes
    return found


def acted_emotion(clip: str) -> str:
    """Return the emotion that the actor was asked for, from a clip's name."""
    return EMOTION_OF[clip.split("_")[2]]


def _rows(table: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    try:
        with open_file(table) as file:
            rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
            absent = [column for column in columns if column not in (rows.fieldnames or ())]
            if absent:
                raise CorpusError(
                    f"{table}: no column '{absent[0]}'; download the table again (a clone without "
                    "Git LFS may hold a pointer instead)"
                )
            for row in rows:
                if any(row[column] is None for column in columns):
                    raise CorpusError(
                        f"{table}: cut off at line {rows.line_num}; download it again"
                    )
                yield row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{table}: cannot read the table: {error}") from error
