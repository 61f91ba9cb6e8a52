"""The corpora known by name; a new one is a reader and an entry here."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError, validate_call

from mrpn.common.config import describe
from mrpn.common.errors import CorpusError
from mrpn.corpora import composite, fer2013, ravdess
from mrpn.corpora.check import CorpusCheck, check
from mrpn.corpora.folder import read_folder
from mrpn.corpora.manifest import Manifest
from mrpn.corpora.published import Published
from mrpn.corpora.table import read_table

Reader = Callable[..., Manifest]


@dataclass(frozen=True)
class Corpus:
    """A kind of corpus that can be read.

    Args:
        name: what recipes and commands call it.
        description: one line.
        licence: licence of the media.
        reader: takes the folder, and options by keyword.
        published: the counts its makers give, if they do.
    """

    name: str
    description: str
    licence: str
    reader: Reader
    published: Published | None = None

    @property
    def options(self) -> Mapping[str, inspect.Parameter]:
        """The reader's options by name, without the folder."""
        return dict(list(inspect.signature(self.reader).parameters.items())[1:])


def _read_synthetic(folder: Path) -> Manifest:
    # Imported on use: it brings the video encoder, which no other reader needs.
    from mrpn.corpora.synthetic import read_synthetic

    return read_synthetic(folder)


_OWN = "that of your clips"
_CORPORA = (
    Corpus(
        "ravdess",
        "acted speech of 24 actors, eight emotions, face and voice (or voice alone)",
        ravdess.LICENCE,
        ravdess.read_ravdess,
        ravdess.PUBLISHED,
    ),
    Corpus(
        "fer2013",
        "35,887 faces found on the web, seven emotions, 48x48 grey",
        fer2013.LICENCE,
        fer2013.read_fer2013,
        fer2013.PUBLISHED,
    ),
    Corpus(
        "composite-ravdess-fer2013",
        "RAVDESS voices paired with FER2013 faces by class, seven emotions",
        f"{ravdess.LICENCE}; {fer2013.LICENCE}",
        composite.read_composite,
    ),
    Corpus(
        "synthetic",
        "drawn talking faces with synthesised voices under RAVDESS's names, made by this package",
        "CC0-1.0",
        _read_synthetic,
    ),
    Corpus(
        "folder",
        "your own clips, one folder per label",
        _OWN,
        read_folder,
    ),
    Corpus(
        "table",
        "your own clips, one row of a CSV or Parquet table each",
        _OWN,
        read_table,
    ),
)


def corpora() -> tuple[Corpus, ...]:
    """Return all corpora known by name."""
    return _CORPORA


def corpus(name: str) -> Corpus:
    """Return the corpus of that name; CorpusError, listing the names there are, if unknown."""
    for entry in _CORPORA:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in _CORPORA)
    raise CorpusError(f"no corpus is called '{name}'; there are {known}")


def read_corpus(name: str, folder: Path | str, /, **options: Any) -> Manifest:
    """Read the corpus called `name` from `folder`, with its reader's options.

    Options may be given as a recipe has them (a path as text); they are checked and converted.

    Raises:
        CorpusError: unknown corpus, unknown or wrong option, or as its reader raises.
    """
    entry = corpus(name)
    known = entry.options
    for option in options:
        if option not in known:
            listed = ", ".join(known) or "none"
            raise CorpusError(f"corpus '{name}' has no option '{option}'; its options: {listed}")
    for option, parameter in known.items():
        if parameter.default is parameter.empty and option not in options:
            raise CorpusError(f"corpus '{name}' needs the option '{option}'")
    try:
        return validate_call(entry.reader)(Path(folder), **options)
    except ValidationError as error:
        raise CorpusError(f"corpus '{name}': {describe(error)}") from error


def check_corpus(manifest: Manifest) -> CorpusCheck:
    """Check a corpus, against the published counts if it is one that has them."""
    published = {entry.name: entry.published for entry in _CORPORA}
    return check(manifest, published.get(manifest.name))
