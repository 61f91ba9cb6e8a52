"""Folds on disk: actor lists as YAML or JSON, with the hash they are quoted by."""

import json
from pathlib import Path
from typing import Any

import yaml

from mrpn.common.errors import CorpusError
from mrpn.common.files import write_json, write_text
from mrpn.corpora.folds import Fold, FoldSet


def save_folds(folds: FoldSet, path: Path) -> None:
    """Write `folds` atomically as `.yaml`, `.yml` or `.json`, chosen by the suffix."""
    value = {
        "name": folds.name,
        "digest": folds.digest,
        "folds": [
            {
                "name": fold.name,
                "protocol": fold.protocol,
                "train": list(fold.train),
                "validation": list(fold.validation),
                "test": list(fold.test),
            }
            for fold in folds
        ],
    }
    if _is_json(path):
        write_json(path, value)
    else:
        write_text(path, yaml.safe_dump(value, sort_keys=False, default_flow_style=None))


def load_folds(path: Path) -> FoldSet:
    """Read folds from YAML or JSON; the `digest` may be left out in a file written by hand.

    Raises:
        CorpusError: the file cannot be read, lacks a key or has one too many, its folds are
            refused (see `Fold`), or they do not match the digest given.
    """
    try:
        text = path.read_text(encoding="utf-8")
        value: Any = json.loads(text) if _is_json(path) else yaml.safe_load(text)
        folds = FoldSet(value.get("name", path.stem), tuple(Fold(**f) for f in value["folds"]))
    except OSError as error:
        raise CorpusError(f"{path}: cannot read the folds: {error.strerror}") from error
    except KeyError as error:
        raise CorpusError(f"{path}: key {error} is missing") from error
    except (ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        line = " ".join(str(error).split())
        raise CorpusError(f"{path}: not folds that can be read here: {line}") from error
    except CorpusError as error:
        raise CorpusError(f"{path}: {error}") from error
    digest = value.get("digest")
    if digest is not None and digest != folds.digest:
        raise CorpusError(
            f"{path}: the folds do not match the digest in the file; if they were changed on "
            "purpose, take the digest out"
        )
    return folds


def _is_json(path: Path) -> bool:
    if path.suffix not in (".json", ".yaml", ".yml"):
        raise CorpusError(f"{path}: folds are kept as .yaml or .json, not '{path.suffix}'")
    return path.suffix == ".json"
