"""Prepared corpora of a study: one for each way of reading clips, shared by all that read so."""

import shutil
from pathlib import Path

from mrpn.common.errors import ConfigError
from mrpn.common.files import atomic_path, value_digest
from mrpn.common.progress import say
from mrpn.corpora.manifest import Manifest
from mrpn.media import ClipSettings
from mrpn.preparation import PreparedCorpus, prepare
from mrpn.preparation.faces import FACES

PREPARED = "prepared"


class Corpora:
    """The prepared corpora that recipes ask for, each made once.

    Args:
        out: folder of all studies; they lie in `prepared` there.
        manifest: the clips.
        given: a prepared corpus to be used instead, whatever is asked for.
        workers: processes that prepare; one per core if None.
    """

    def __init__(
        self,
        out: Path,
        manifest: Manifest,
        *,
        given: PreparedCorpus | None = None,
        workers: int | None = None,
    ) -> None:
        self.out = out
        self.manifest = manifest
        self.given = given
        self.workers = workers
        self._ready: dict[Path, PreparedCorpus] = {}

    def find(self, settings: ClipSettings) -> PreparedCorpus | None:
        """Return the corpus prepared with these settings, if it is there."""
        if self.given is not None:
            return _as_wanted(self.given, settings)
        folder = self.folder(settings)
        ready = folder.exists() and (folder / "corpus.json").exists()
        return PreparedCorpus(folder) if ready else None

    def make(self, settings: ClipSettings) -> PreparedCorpus:
        """Return the corpus prepared with these settings, preparing what is missing.

        Faces that were found for another one of the same detection are not looked for again.
        """
        if self.given is not None:
            return _as_wanted(self.given, settings)
        folder = self.folder(settings)
        if folder not in self._ready:
            _lend_faces(folder)
            say(f"preparing {self.manifest.name}: crops of {settings.size} pixels, {folder}")
            self._ready[folder] = prepare(self.manifest, folder, settings, self.workers)
        return self._ready[folder]

    def folder(self, settings: ClipSettings) -> Path:
        """Return where the corpus of these settings lies, or is to lie."""
        mark = value_digest([self.manifest.name, settings.model_dump(mode="json")])[:8]
        return self.out / PREPARED / f"{self.manifest.name}-{settings.size}px-{mark}"


def _as_wanted(given: PreparedCorpus, settings: ClipSettings) -> PreparedCorpus:
    wanted, found = settings.model_dump(), given.settings.model_dump()
    for name, value in wanted.items():
        if value != found[name]:
            raise ConfigError(
                f"{given.folder}: prepared with {name} = {found[name]}, a row wants {value}; give "
                "the corpus's folder instead of --data, and it is prepared for every row"
            )
    return given


def _lend_faces(folder: Path) -> None:
    """Put the largest journal of faces beside into a corpus that is to be made."""
    others = sorted(folder.parent.glob(f"*/{FACES}"), key=lambda path: path.stat().st_size)
    if folder.exists() or not others:
        return
    with atomic_path(folder / FACES) as partial:
        shutil.copyfile(others[-1], partial)
