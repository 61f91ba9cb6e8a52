"""The corpora known by name; a new one is a reader and an entry here."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError, validate_call

from mrpn.common.config import describe
from mrpn.common.errors import CorpusError
from mrpn.corpora import composite, crema_d, emodb, fer2013, ravdess, savee, speakers
from mrpn.corpora.arrays import read_array_corpus
from mrpn.corpora.check import CorpusCheck, check
from mrpn.corpora.crema_d_actors import crema_d_folds
from mrpn.corpora.fitting import fitted_folds, rotated_folds
from mrpn.corpora.folder import read_folder
from mrpn.corpora.folds import FoldSet, Protocol, ravdess_folds
from mrpn.corpora.manifest import Manifest
from mrpn.corpora.published import Published
from mrpn.corpora.scan import media_files
from mrpn.corpora.table import read_table

Reader = Callable[..., Manifest]
Folds = Callable[[Manifest, Protocol], FoldSet]


@dataclass(frozen=True)
class Corpus:
    """A kind of corpus that can be read.

    Args:
        name: what recipes and commands call it.
        description: one line.
        licence: licence of the media.
        reader: takes the folder, and options by keyword.
        published: the counts its makers give, by the name of the manifest: a reader's options
            may make corpora of other names.
        folds: its own folds, for a manifest and a protocol; without, actors are rotated.
        remarks: what else `mrpn corpus check` says of a manifest, one line each.
        check_options: the reader's options when the corpus is checked.
    """

    name: str
    description: str
    licence: str
    reader: Reader
    published: Mapping[str, Published] = field(default_factory=dict)
    folds: Folds | None = None
    remarks: Callable[[Manifest], tuple[str, ...]] | None = None
    check_options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> Mapping[str, inspect.Parameter]:
        """The reader's options by name, without the folder."""
        return dict(list(inspect.signature(self.reader).parameters.items())[1:])


def _read_synthetic(folder: Path) -> Manifest:
    # Imported on use: it brings the video encoder, which no other reader needs.
    from mrpn.corpora.synthetic import read_synthetic

    return read_synthetic(folder)


def _fixed(folds: Callable[[Protocol], FoldSet]) -> Folds:
    """Return folds that are fixed for the whole corpus, fitted to the part of it that is there."""
    return lambda manifest, protocol: fitted_folds(folds(protocol), manifest)


_OWN = "that of your clips"
_CORPORA = (
    Corpus(
        "ravdess",
        "acted speech and song of 24 actors, eight emotions, face and voice (or voice alone)",
        ravdess.LICENCE,
        ravdess.read_ravdess,
        ravdess.PUBLISHED,
        folds=_fixed(ravdess_folds),
    ),
    Corpus(
        "crema-d",
        "twelve sentences acted by 91 actors, six emotions, face and voice, rated by a crowd",
        crema_d.LICENCE,
        crema_d.read_crema_d,
        crema_d.PUBLISHED,
        folds=_fixed(crema_d_folds),
        remarks=crema_d.crema_d_remarks,
        check_options={"missing": "list"},
    ),
    Corpus(
        "savee",
        "sentences acted by four men, seven emotions, face and voice (or voice alone)",
        savee.LICENCE,
        savee.read_savee,
        {"savee": savee.PUBLISHED},
        folds=_fixed(savee.savee_folds),
    ),
    Corpus(
        "emodb",
        "German sentences acted by five men and five women, seven emotions, voice alone",
        emodb.LICENCE,
        emodb.read_emodb,
        {"emodb": emodb.PUBLISHED},
        folds=_fixed(emodb.emodb_folds),
    ),
    Corpus(
        "fer2013",
        "35,887 faces found on the web, seven emotions, 48x48 grey",
        fer2013.LICENCE,
        fer2013.read_fer2013,
        {"fer2013": fer2013.PUBLISHED},
    ),
    Corpus(
        "voxceleb",
        "speakers in interviews, labelled by who speaks: VoxCeleb's layout",
        speakers.VOXCELEB_LICENCE,
        speakers.read_voxceleb,
    ),
    Corpus(
        "librispeech",
        "speakers reading books, labelled by who speaks: LibriSpeech's layout",
        speakers.LIBRISPEECH_LICENCE,
        speakers.read_librispeech,
    ),
    Corpus(
        "composite-ravdess-fer2013",
        "RAVDESS voices paired with FER2013 faces by class, seven emotions",
        f"{ravdess.LICENCE}; {fer2013.LICENCE}",
        composite.read_composite,
        folds=_fixed(ravdess_folds),
    ),
    Corpus(
        "synthetic",
        "drawn talking faces with synthesised voices under RAVDESS's names, made by this package",
        "CC0-1.0",
        _read_synthetic,
        folds=_fixed(ravdess_folds),
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
    Corpus(
        "arrays",
        "your own modalities as arrays: npz files in folders, or a table of them",
        _OWN,
        read_array_corpus,
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
    folder = Path(folder)
    try:
        return validate_call(entry.reader)(folder, **options)
    except ValidationError as error:
        raise CorpusError(f"corpus '{name}': {describe(error)}") from error
    except CorpusError as error:
        # Where nothing was found, an archive that was left out may be why.
        notes = media_files(folder, ()).notes if folder.is_dir() else ()
        if not notes:
            raise
        raise CorpusError("; ".join((str(error), *notes))) from error


def entry_of(manifest: Manifest) -> Corpus | None:
    """Return the corpus that a manifest is of, by its name; None for one of the user's own."""
    for entry in _CORPORA:
        if manifest.name == entry.name or manifest.name in entry.published:
            return entry
    return None


def corpus_folds(manifest: Manifest, protocol: Protocol = "strict") -> FoldSet:
    """Return the folds a corpus has of its own, otherwise rotated ones.

    Where some of its actors are not there, they are taken out of the folds; where that leaves a
    part empty, the actors are rotated instead. All 24 actors of RAVDESS, in whatever corpus,
    have RAVDESS's folds.

    Raises CorpusError if there are too few actors for three parts.
    """
    entry = entry_of(manifest)
    if entry is not None and entry.folds is not None:
        return entry.folds(manifest, protocol)
    published = ravdess_folds(protocol)
    if set(manifest.actors) == set(published[0].actors):
        return published
    return rotated_folds(manifest, protocol)


def check_corpus(
    manifest: Manifest, *, thorough: bool = False, folder: Path | None = None
) -> CorpusCheck:
    """Check a corpus, against the published counts if it is one that has them.

    Args:
        manifest: the corpus.
        thorough: open every file, as `check` says.
        folder: where the corpus was read from; archives in it that cannot be read count as
            broken. Without, they are in the manifest's notes alone.
    """
    entry = entry_of(manifest)
    published = None if entry is None else entry.published.get(manifest.name)
    remarks = entry.remarks(manifest) if entry is not None and entry.remarks is not None else ()
    unreadable = media_files(folder, ()).unreadable if folder and folder.is_dir() else {}
    return check(manifest, published, thorough=thorough, remarks=remarks, unreadable=unreadable)
