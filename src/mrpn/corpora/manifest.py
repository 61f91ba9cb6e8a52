"""The manifest: one row per clip of a corpus, with its media, label, actor and sex."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

import pandas as pd

from mrpn.common.errors import CorpusError
from mrpn.common.files import value_digest
from mrpn.corpora.naming import is_safe_id, natural_key, split_address

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
Kind = Literal["recorded", "composite", "synthetic"]
_SEXES = ("male", "female", None)
COLUMNS = ("id", "label", "actor", "sex", "video", "audio", "arrays", "partition")
ADDRESSES = ("video", "audio", "arrays")


@dataclass(frozen=True)
class ClipRecord:
    """One clip of a corpus.

    Args:
        id: unique in the corpus, and safe as a file name.
        label: name of the class.
        actor: who is seen and heard; folds keep actors apart by it.
        sex: "male", "female", or None where it is not known.
        video: file with the picture, relative to the manifest's root, with `/` between folders;
            None if there is none. A face in a row of a CSV file is addressed as
            `fer2013.csv#123`, the first row after the header being 0.
        audio: file with the sound, relative to the manifest's root; None if there is none.
        partition: "train", "validation" or "test" where the corpus fixes it, otherwise None.
        extra: whatever else the corpus says of the clip, by name.
        arrays: file with one array per modality, relative to the manifest's root, for modalities
            that are no media: an `.npz`, or a row of a Parquet table as `table.parquet#123`;
            None if there is none.
    """

    id: str
    label: str
    actor: str
    sex: str | None
    video: str | None
    audio: str | None
    partition: Part | None = None
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)
    arrays: str | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The different files, or rows of files, that the clip is read from."""
        given = (getattr(self, name) for name in ADDRESSES)
        return tuple(dict.fromkeys(address for address in given if address))


@dataclass(frozen=True)
class Manifest:
    """All clips of a corpus, in a fixed order, with what is to be known about them.

    Args:
        name: the name under which results on this corpus are reported.
        root: folder that the records' paths are relative to.
        classes: names of the classes, in the order of the network's scores.
        records: the clips.
        licence: licence of the media.
        notes: what a reader of results should know, one line each: what was skipped and why.
        kind: "recorded" as it is, "composite" of several corpora, or "synthetic".

    Raises:
        CorpusError: no records; an id twice or not safe as a file name; a label outside the
            classes; an unknown partition; a record without any media.
    """

    name: str
    root: Path
    classes: tuple[str, ...]
    records: tuple[ClipRecord, ...]
    licence: str = ""
    notes: tuple[str, ...] = ()
    kind: Kind = "recorded"

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root))
        for name in ("classes", "records", "notes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.records:
            raise CorpusError(f"{self.root}: no clips of corpus '{self.name}' found")
        if self.kind not in get_args(Kind):
            raise CorpusError(f"corpus '{self.name}': unknown kind '{self.kind}'")
        if repeated := _repeated(self.classes):
            raise CorpusError(f"corpus '{self.name}': class '{repeated[0]}' is listed twice")
        if repeated := _repeated([record.id for record in self.records]):
            raise CorpusError(
                f"corpus '{self.name}': {len(repeated)} clip ids occur more than once, "
                f"'{repeated[0]}' among them; every clip needs an id of its own"
            )
        classes = set(self.classes)
        for record in self.records:
            if problem := _problem(record, classes):
                raise CorpusError(f"corpus '{self.name}': clip '{record.id}' {problem}")

    @property
    def actors(self) -> tuple[str, ...]:
        """The actors' ids, in natural order ("2" before "10")."""
        return tuple(sorted({record.actor for record in self.records}, key=natural_key))

    @property
    def digest(self) -> str:
        """Hash of name, kind, classes and clips; the files' names enter it, their folders not.

        So a corpus keeps its digest where it is moved, whatever the order of the clips.
        """
        clips = [_digested(record) for record in sorted(self.records, key=lambda r: r.id)]
        return value_digest(
            {"name": self.name, "kind": self.kind, "classes": self.classes, "clips": clips}
        )

    def actors_by_sex(self) -> dict[str, tuple[str, ...]]:
        """Return the actors of each sex in natural order; "unknown" where the corpus is silent.

        Raises CorpusError if an actor's clips disagree on the sex.
        """
        sexes: dict[str, str] = {}
        for record in self.records:
            sex = record.sex or "unknown"
            if sexes.setdefault(record.actor, sex) != sex:
                raise CorpusError(
                    f"corpus '{self.name}': actor '{record.actor}' is both {sexes[record.actor]} "
                    f"and {sex}"
                )
        names = sorted(set(sexes.values()), key=lambda sex: (sex != "male", sex))
        return {sex: tuple(a for a in self.actors if sexes[a] == sex) for sex in names}

    def counts(self) -> dict[str, int]:
        """Return the number of clips of each class, in the order of the classes."""
        counted = Counter(record.label for record in self.records)
        return {name: counted[name] for name in self.classes}

    def path(self, address: str | None) -> Path | None:
        """Return where a record's media lie; a row of a table keeps its `#row` ending."""
        return None if address is None else self.root / address

    def file(self, address: str) -> Path:
        """Return the file that holds a record's media, without the row of a table."""
        return self.root / split_address(address)[0]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per clip: the record's fields, then `extra.<name>` columns."""
        return pd.DataFrame(columns_of(self.records))

    def save(self, path: Path) -> None:
        """Write the manifest atomically as `.json` or `.parquet`, chosen by the suffix."""
        from mrpn.corpora.storage import save_manifest

        save_manifest(self, path)

    @classmethod
    def load(cls, path: Path, root: Path | None = None) -> "Manifest":
        """Read a saved manifest; `root` says where the media lie if they have moved.

        Raises CorpusError if the file cannot be read or is not a manifest.
        """
        from mrpn.corpora.storage import load_manifest

        return load_manifest(path, root)


def columns_of(records: tuple[ClipRecord, ...]) -> dict[str, list[str | None]]:
    """Return the records column by column, `extra` as one `extra.<name>` column per name."""
    columns: dict[str, list[str | None]] = {
        name: [getattr(record, name) for record in records] for name in COLUMNS
    }
    for key in sorted({key for record in records for key in record.extra}):
        columns[f"extra.{key}"] = [record.extra.get(key) for record in records]
    return columns


def _digested(record: ClipRecord) -> dict[str, object]:
    """Return what of a clip enters the digest."""
    clip: dict[str, object] = asdict(record)
    for name in ADDRESSES:
        address = getattr(record, name)
        clip[name] = None if address is None else PurePosixPath(address).name
    if record.arrays is None:
        # So corpora of media keep the digests they had before clips could have arrays.
        del clip["arrays"]
    return clip


def _repeated(values: list[str] | tuple[str, ...]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _problem(record: ClipRecord, classes: set[str]) -> str | None:
    checks = {
        "has an id that cannot name a file; use letters, digits and . _ + -": is_safe_id(record.id),
        f"has label '{record.label}', which is not among the classes": record.label in classes,
        "has no actor; folds need one to keep actors apart": record.actor != "",
        f"has sex '{record.sex}'; it is male, female or none": record.sex in _SEXES,
        f"has partition '{record.partition}', not one of {', '.join(PARTS)}": (
            record.partition is None or record.partition in PARTS
        ),
        "has neither picture nor sound nor arrays": bool(record.addresses),
    }
    return next((problem for problem, fine in checks.items() if not fine), None)
