"""Whose voices and faces a corpus has, by its name: several names may be of the same people."""

from mrpn.corpora.clarity import NAMES
from mrpn.corpora.registry import corpora

_COMPOSITE = "composite-"


def same_people(one: str, other: str) -> bool:
    """Whether actors of one name are the same people in two corpora.

    Readers' options make corpora of several names (songs, other labels); a composite's people are
    those of its voices, however it is paired. Other names are taken at their word.

    Args:
        one, other: names of manifests.
    """
    if one == other:
        return True
    pairs = ((one, other), (other, one))
    if any(a.startswith(f"{_COMPOSITE}{b}-") for a, b in pairs):
        return True
    return _people(one) == _people(other)


def same_faces(one: str, other: str) -> bool:
    """Whether parts of one name show the same faces in two corpora; a composite's are borrowed."""
    one, other = _unpaired(one), _unpaired(other)
    if one == other:
        return one.startswith(_COMPOSITE)
    pairs = ((one, other), (other, one))
    return any(a.startswith(_COMPOSITE) and a.endswith(f"-{b}") for a, b in pairs)


def _people(name: str) -> str:
    """Return the corpus that was recorded, its own name where none is known."""
    owners = {known: entry.name for entry in corpora() for known in (entry.name, *entry.published)}
    if name.startswith(_COMPOSITE):
        name = _unpaired(name).removeprefix(_COMPOSITE)
        heard = [known for known in owners if name.startswith(f"{known}-")]
        # What follows the voices' name is the faces'.
        name = max(heard, key=len, default=name)
    return owners.get(name, name)


def _unpaired(name: str) -> str:
    """Return a composite's name without the way in which it is paired."""
    if name.startswith(_COMPOSITE):
        for way in sorted(NAMES.values(), key=len, reverse=True):
            name = name.removesuffix(f"-{way}")
    return name
