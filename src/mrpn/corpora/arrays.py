"""The user's own modalities: arrays in npz files by folder, or in a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mrpn.common.errors import CorpusError
from mrpn.corpora.folder import Place, read_labelled
from mrpn.corpora.manifest import Manifest
from mrpn.corpora.scan import ARRAY_SUFFIXES
from mrpn.corpora.table import read_table


def read_array_corpus(
    place: Path,
    *,
    actor: str | None = None,
    columns: Mapping[str, str] | str | None = None,
    root: Path | None = None,
    name: str | None = None,
    licence: str = "",
    strict: bool = False,
) -> Manifest:
    """Read clips whose modalities are arrays: what `mrpn.media.arrays.read_arrays` reads.

    Either a folder (or zip) of npz files, `label/clip.npz` or `label/actor/clip.npz`; or a CSV or
    Parquet table with a column `arrays` that names the npz of each row; or a Parquet table with a
    column of lists for each modality.

    Args:
        place: the folder or the table.
        actor: for a folder, as in `read_folder`.
        columns, root, strict: for a table, as in `read_table`.
        name: name of the corpus; that of the folder or table by default.
        licence: licence of the clips.

    Raises CorpusError as `read_folder` and `read_table` do, or for an option of the other kind.
    """
    if place.suffix in (".csv", ".parquet") and not place.is_dir():
        if actor is not None:
            raise CorpusError("actor: is for folders; in a table it is a column")
        return read_table(
            place, columns=columns, root=root, name=name, licence=licence, strict=strict
        )
    if columns is not None or root is not None:
        raise CorpusError("columns and root are for a table; in folders the paths tell all")
    return read_labelled(place, ARRAY_SUFFIXES, _arrays, actor, name, licence)


def _arrays(files: Sequence[Place]) -> dict[str, Place | None]:
    return {"arrays": files[0]}
