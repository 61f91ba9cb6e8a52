"""Manifests on disk: JSON to read, Parquet where there are many clips; both self-describing."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from mrpn.common.errors import CorpusError
from mrpn.common.files import atomic_path, write_json
from mrpn.corpora.manifest import COLUMNS, ClipRecord, Manifest, columns_of

FORMAT = "mrpn-manifest-1"
_KEY = b"mrpn.manifest"


def save_manifest(manifest: Manifest, path: Path) -> None:
    """Write `manifest` atomically as `.json` or `.parquet`, chosen by the suffix.

    The format and the manifest's digest are kept in the file, and checked on loading.
    """
    about = {
        "format": FORMAT,
        "name": manifest.name,
        "root": str(manifest.root.absolute()),
        "classes": list(manifest.classes),
        "licence": manifest.licence,
        "notes": list(manifest.notes),
        "kind": manifest.kind,
        "digest": manifest.digest,
    }
    if _is_parquet(path):
        columns = columns_of(manifest.records)
        table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
        with atomic_path(path) as partial:
            pq.write_table(table.replace_schema_metadata({_KEY: json.dumps(about)}), partial)
    else:
        write_json(path, {**about, "clips": [asdict(record) for record in manifest.records]})


def load_manifest(path: Path, root: Path | None = None) -> Manifest:
    """Read a manifest that `save_manifest` wrote; `root` replaces the folder kept in it.

    Raises CorpusError if the file cannot be read, is not a manifest, or was changed by hand
    without its digest.
    """
    try:
        about, clips = _read_parquet(path) if _is_parquet(path) else _read_json(path)
        manifest = Manifest(
            name=about["name"],
            root=Path(root if root is not None else about["root"]),
            classes=tuple(about["classes"]),
            records=tuple(ClipRecord(**clip) for clip in clips),
            licence=about["licence"],
            notes=tuple(about["notes"]),
            kind=about["kind"],
        )
    except FileNotFoundError as error:
        raise CorpusError(f"{path}: there is no such manifest") from error
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise CorpusError(f"{path}: not a manifest that can be read here: {error}") from error
    if about.get("digest") != manifest.digest:
        raise CorpusError(f"{path}: the manifest does not match the digest kept in it")
    return manifest


def _is_parquet(path: Path) -> bool:
    if path.suffix not in (".json", ".parquet"):
        raise CorpusError(f"{path}: a manifest is kept as .json or .parquet, not '{path.suffix}'")
    return path.suffix == ".parquet"


def _read_json(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    about = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    return about, about["clips"]


def _read_parquet(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    table = pq.read_table(path)
    metadata = (table.schema.metadata or {}).get(_KEY)
    if metadata is None:
        raise ValueError(f"its format is not {FORMAT}")
    clips = []
    for row in table.to_pylist():
        clip: dict[str, Any] = {name: row.get(name) for name in COLUMNS}
        clip["extra"] = {
            name.removeprefix("extra."): value
            for name, value in row.items()
            if name.startswith("extra.") and value is not None
        }
        clips.append(clip)
    return json.loads(metadata), clips
