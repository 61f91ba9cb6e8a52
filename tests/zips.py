"""Zip archives for tests."""

import zipfile
from pathlib import Path


def packed(path: Path, archive: str = "media.zip", folder: str = "Actor_01") -> Path:
    """Put a file into a new zip archive beside it; return the path through the archive."""
    target = path.with_name(archive)
    with zipfile.ZipFile(target, "w") as opened:
        # Without the time of day, so that the same content makes the same archive.
        member = zipfile.ZipInfo(f"{folder}/{path.name}")
        member.compress_type = zipfile.ZIP_DEFLATED
        opened.writestr(member, path.read_bytes())
    return target / folder / path.name
