"""The user's own clips: a CSV or Parquet table with one row per clip."""

import csv
import warnings
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mrpn.common.errors import CorpusError
from mrpn.corpora.labels import canonical_label, order_classes
from mrpn.corpora.manifest import ADDRESSES, COLUMNS, ClipRecord, Manifest, Part
from mrpn.corpora.naming import path_id, safe_id
from mrpn.corpora.scan import note_of

_SEXES = {
    **dict.fromkeys(("m", "male", "man"), "male"),
    **dict.fromkeys(("f", "female", "woman"), "female"),
}
_PARTS: dict[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
_NOTED = 20

Row = Mapping[str, str | None]


def read_table(
    table: Path,
    *,
    columns: Mapping[str, str] | str | None = None,
    root: Path | None = None,
    name: str | None = None,
    licence: str = "",
    strict: bool = False,
) -> Manifest:
    """Read a table of clips, one row each.

    The columns are id, label, actor, sex, video, audio, arrays and partition; `label` is needed,
    and one of `video`, `audio` and `arrays`. Without an id it is the path of the media, without
    an actor the clip is an actor of its own. All other columns are kept with the clip under their
    names; but columns of lists, which Parquet may have, are the clip's arrays, one modality each.

    Args:
        table: CSV or Parquet file.
        columns: names of the table's columns by the names above, where they differ:
            `{"label": "emotion", "video": "file", "audio": "file"}`, or as text
            `label=emotion,video=file,audio=file`; a file with both picture and sound is named
            as both.
        root: folder that the paths are relative to; the table's own by default.
        name: name of the corpus; the table's name by default.
        licence: licence of the clips.
        strict: refuse the table at its first bad row; otherwise the row is left out and noted.

    Raises:
        CorpusError: the table cannot be read, lacks a column, or has no good row.
    """
    frame, surplus = _read(table)
    chosen = _chosen_columns(table, list(frame.columns), _mapping(columns))
    records: dict[str, ClipRecord] = {}
    bad: list[str] = []
    for number, values in enumerate(frame.to_dict("records"), start=1):
        texts = {str(column): _text(value) for column, value in values.items()}
        row = {field: texts[column] for field, column in chosen.items()}
        extra = {key: text for key, text in texts.items() if key not in chosen.values()}
        problem = _problem(row)
        record = None if problem else _record(row, extra)
        if record is not None and record.id in records:
            problem = f"has the id '{record.id}' of an earlier row"
        elif record is not None:
            records[record.id] = record
        if problem is not None:
            bad.append(f"row {number} {problem}")
            if strict:
                raise CorpusError(f"{table}: {bad[0]}")
    if not records:
        raise CorpusError(f"{table}: no clips in the table" + "".join(f"; {b}" for b in bad[:1]))
    unnoted = len(bad) - _NOTED
    return Manifest(
        name=name or table.stem,
        root=root or table.parent,
        classes=order_classes(record.label for record in records.values()),
        records=tuple(records.values()),
        licence=licence,
        notes=(
            *(f"{table.name}: left out: {line}" for line in bad[:_NOTED]),
            *((f"{table.name}: left out: {unnoted} more rows",) if unnoted > 0 else ()),
            *note_of(f"of {table.name} with cells beyond the last column", surplus, "row"),
        ),
    )


def _read(table: Path) -> tuple[pd.DataFrame, list[int]]:
    """Return the rows, and the numbers of those with something beyond the last column."""
    if table.suffix not in (".csv", ".parquet"):
        raise CorpusError(f"{table}: a table of clips is .csv or .parquet, not '{table.suffix}'")
    try:
        if table.suffix == ".csv":
            with warnings.catch_warnings(record=True) as longer:
                warnings.simplefilter("always", pd.errors.ParserWarning)
                # Otherwise a comma at the end of the rows makes their first column an index.
                frame = pd.read_csv(table, dtype=str, keep_default_na=False, index_col=False)
            return frame, _surplus(table, len(frame.columns)) if longer else []
        # Imported on use: it brings the decoders, which a table of text does not need.
        from mrpn.media.arrays import list_columns

        schema = pq.read_schema(table)
        lists = list_columns(schema)
        # The lists themselves stay in the file: they may be larger than memory.
        frame = pd.read_parquet(table, columns=[n for n in schema.names if n not in lists])
        if lists and "arrays" not in frame.columns:
            frame["arrays"] = [f"{table.name}#{row}" for row in range(len(frame))]
        return frame, []
    except (OSError, ValueError, csv.Error, pa.ArrowException) as error:
        line = " ".join(str(error).split())
        raise CorpusError(f"{table}: cannot read the table: {line}") from error


def _surplus(table: Path, columns: int) -> list[int]:
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    return [number for number, row in enumerate(rows) if any(c.strip() for c in row[columns:])]


def _mapping(columns: Mapping[str, str] | str | None) -> Mapping[str, str]:
    if not isinstance(columns, str):
        return columns or {}
    pairs = [pair.partition("=") for pair in columns.split(",")]
    wrong = next(
        ("".join(pair) for pair in pairs if not (pair[0].strip() and pair[2].strip())), None
    )
    if wrong is not None:
        raise CorpusError(f"columns: '{wrong}' is no field=column, as in label=emotion,video=path")
    return {field.strip(): column.strip() for field, _, column in pairs}


def _chosen_columns(table: Path, present: list[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the table's column for each field that it has."""
    for field, column in columns.items():
        if field not in COLUMNS:
            raise CorpusError(f"columns: no field '{field}'; there are {', '.join(COLUMNS)}")
        if column not in present:
            raise CorpusError(f"{table}: no column '{column}'; there are {', '.join(present)}")
    chosen = {field: columns.get(field, field) for field in COLUMNS}
    chosen = {field: column for field, column in chosen.items() if column in present}
    if "label" not in chosen or not set(ADDRESSES) & set(chosen):
        raise CorpusError(
            f"{table}: columns for the label and for video or audio (or arrays) are needed; there "
            f"are "
            f"{', '.join(present)}; name them by the option 'columns'"
        )
    return chosen


def _text(value: object) -> str | None:
    """Return a cell as text; None for an empty one."""
    if value is None or value != value:  # noqa: PLR0124
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _problem(row: Row) -> str | None:
    sex, partition = row.get("sex"), row.get("partition")
    if row["label"] is None:
        return "has no label"
    if not any(row.get(name) for name in ADDRESSES):
        return "names neither video nor audio nor arrays"
    if sex is not None and sex.lower() not in _SEXES:
        return f"has sex '{sex}'; it is male, female or empty"
    if partition is not None and partition.lower() not in _PARTS:
        return f"has partition '{partition}'; it is train, validation, test or empty"
    return None


def _record(row: Row, extra: Row) -> ClipRecord:
    video, audio, arrays = (row.get(name) for name in ADDRESSES)
    given, sex, partition = (row.get(name) for name in ("id", "sex", "partition"))
    own = safe_id(given) if given else path_id(PurePosixPath(video or audio or arrays or ""))
    return ClipRecord(
        id=own,
        label=canonical_label(row["label"] or ""),
        actor=row.get("actor") or own,
        sex=_SEXES[sex.lower()] if sex else None,
        video=video,
        audio=audio,
        partition=_PARTS[partition.lower()] if partition else None,
        extra={key: text for key, text in extra.items() if text is not None},
        arrays=arrays,
    )
