"""Ids, actor order and media addresses: the small conventions all readers share."""

import re
from pathlib import PurePosixPath

_SAFE_ID = re.compile(r"[\w%+=@][\w.%+=@-]*")
_TABLE_ROW = re.compile(r"(?P<file>.+\.(csv|parquet))#(?P<row>\d+)", re.IGNORECASE)


def is_safe_id(text: str) -> bool:
    """Whether `text` can name a file as it stands: no separators, blanks or leading dot."""
    return _SAFE_ID.fullmatch(text) is not None


def safe_id(text: str) -> str:
    """Return `text` as an id that can name a file; different texts give different ids.

    Characters that are not safe (`/`, blanks and so on) become `%XX`, as in a web address.
    """
    kept = "".join(c if re.match(r"[\w.+=@-]", c) else _escaped(c) for c in text)
    return re.sub(r"^[.-]", lambda first: _escaped(first.group()), kept)


def path_id(path: PurePosixPath) -> str:
    """Return the id of a clip that is named by its path: `happy/a.mp4` gives `happy+a`.

    Different paths give different ids, as long as they differ in more than the suffix.
    """
    file, row = split_address(str(path))
    ending = () if row is None else (str(row),)
    parts = [part for part in PurePosixPath(file).with_suffix("").parts if part != "/"]
    return "+".join(safe_id(part).replace("+", "%2B") for part in (*parts, *ending))


def natural_key(text: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sorting key that puts actor "2" before actor "10"."""
    parts = re.split(r"(\d+)", text)
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def split_address(address: str) -> tuple[str, int | None]:
    """Split `faces.csv#12` (or `table.parquet#12`) into file and row; others are a file alone."""
    match = _TABLE_ROW.fullmatch(address)
    return (match["file"], int(match["row"])) if match else (address, None)


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())
