"""What of a corpus is asked for: kinds of files, actors, and the licence they come under."""

from collections.abc import Sequence
from dataclasses import dataclass

from mrpn.corpora.download.errors import DownloadError


@dataclass(frozen=True)
class Offer:
    """What can be downloaded of a corpus.

    Args:
        name: what commands call it.
        licence: what the user accepts; some lines.
        address: where that licence stands.
        kinds: kinds of files; the first is the usual one.
        actors: their numbers.
    """

    name: str
    licence: str
    address: str
    kinds: tuple[str, ...]
    actors: range


def choose_kinds(offer: Offer, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the kinds asked for ("a,b" or one by one), the usual one if none is."""
    asked = [kind for text in wanted for kind in text.replace(" ", "").split(",") if kind]
    for kind in asked:
        if kind not in offer.kinds:
            raise DownloadError(
                f"--what {kind}: {offer.name} has no such files; it has {', '.join(offer.kinds)}"
            )
    return tuple(kind for kind in offer.kinds if kind in asked) or offer.kinds[:1]


def choose_actors(offer: Offer, text: str | None) -> tuple[int, ...]:
    """Return the actors of a list like "1-4,7", sorted; all of them without one."""
    if text is None:
        return tuple(offer.actors)
    chosen: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise DownloadError(f"--actors {text}: '{part}' is no number or range; write 1-4,7")
        numbers = range(int(first), int(last or first) + 1)
        if not numbers or not {numbers[0], numbers[-1]} <= set(offer.actors):
            known = f"{offer.actors[0]} to {offer.actors[-1]}"
            raise DownloadError(f"--actors {text}: '{part}' is outside {offer.name}'s {known}")
        chosen.update(numbers)
    return tuple(sorted(chosen))
