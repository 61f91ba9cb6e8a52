"""What `mrpn corpus check` says of a corpus: for people, and as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from statistics import median
from typing import Any

from rich.markup import escape

from mrpn.cli.table import output, print_line, print_table
from mrpn.corpora import CorpusCheck, Manifest
from mrpn.corpora.opening import Durations
from mrpn.corpora.pointers import pointer_note
from mrpn.corpora.twins import Twins

MOST_LINES = 10
MOST_ROWS = 20


def as_json(manifest: Manifest, found: CorpusCheck) -> dict[str, Any]:
    """Return everything that was found, by name."""
    return {
        "corpus": found.name,
        "digest": manifest.digest,
        "licence": manifest.licence,
        "clips": found.clips,
        "actors": len(found.by_actor),
        "classes": dict(found.by_class),
        "clips by actor": dict(found.by_actor),
        "clips by sex": dict(found.by_sex),
        "actors by sex": _actors_by_sex(manifest),
        "clips by part": dict(found.by_partition),
        "clips by media": dict(found.by_media),
        "opened": found.opened,
        "durations": None if found.durations is None else asdict(found.durations),
        "missing": list(found.missing),
        "empty": list(found.empty),
        "pointers": list(found.pointers),
        "broken": dict(found.broken),
        "duplicates": [asdict(twins) for twins in found.twins],
        "off": list(found.off),
        "remarks": list(found.remarks),
        "notes": list(manifest.notes),
    }


def show(manifest: Manifest, found: CorpusCheck) -> None:
    """Print what was found, with long lists cut short."""
    sexes = ", ".join(f"{count} {sex}" for sex, count in _actors_by_sex(manifest).items())
    output.print(
        f"[bold]{escape(found.name)}[/]: {found.clips} clips, {len(found.by_actor)} actors "
        f"({sexes})",
        soft_wrap=True,
    )
    _counts("class", found.by_class)
    print_line(f"clips per actor: {_spread(found.by_actor.values())}")
    print_line(f"clips by sex: {_listed(found.by_sex)}")
    if found.by_partition:
        print_line(f"clips by part: {_listed(found.by_partition)}")
    print_line(f"clips by media: {_listed(found.by_media)}")
    if found.durations is not None:
        print_line(_lasting(found.durations))
    for line in found.remarks:
        print_line(line)
    _repeated(found.twins)
    if found.pointers:
        print_line(pointer_note(len(found.pointers)), "red")
    _lines("pointer", found.pointers, "red")
    _lines("missing", found.missing, "red")
    _lines("empty", found.empty, "red")
    _lines("broken", [f"{address}: {problem}" for address, problem in found.broken.items()], "red")
    _lines("off", found.off, "red")
    _lines("notes", manifest.notes, "dim")
    if not found.opened:
        print_line("the files were not opened: no durations, no comparison of contents", "dim")
    if found.fine:
        output.print("[green]nothing is missing or off[/]")


def _actors_by_sex(manifest: Manifest) -> dict[str, int]:
    return {sex: len(names) for sex, names in manifest.actors_by_sex().items()}


def _counts(what: str, counts: Mapping[str, int]) -> None:
    if len(counts) <= MOST_ROWS:
        print_table((what, "clips"), counts.items())
    else:
        print_line(f"{len(counts)} classes, clips of each: {_spread(counts.values())}")


def _spread(counts: Iterable[int]) -> str:
    listed = list(counts)
    return f"{min(listed)} to {max(listed)}, median {median(listed):g}"


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _lasting(durations: Durations) -> str:
    hours, rest = divmod(round(durations.total), 3600)
    return (
        f"durations: {durations.shortest:.2f} s ({durations.shortest_clip}) to "
        f"{durations.longest:.2f} s ({durations.longest_clip}), median {durations.median:.2f} s; "
        f"{durations.clips} clips last {hours} h {rest // 60} min {rest % 60} s in all"
    )


def _repeated(twins: tuple[Twins, ...]) -> None:
    if not twins:
        return
    print_line(
        f"duplicates: {len(twins)} under {sum(len(t.names) for t in twins)} names; across actors "
        f"{sum(len(t.actors) > 1 for t in twins)}, "
        f"across parts {sum(len(t.partitions) > 1 for t in twins)}, "
        f"across classes {sum(len(t.classes) > 1 for t in twins)}"
    )
    _lines("same", [" = ".join(t.names) for t in twins], "yellow", most=5)


def _lines(what: str, lines: Iterable[str], style: str, most: int = MOST_LINES) -> None:
    listed = list(lines)
    for line in listed[:most]:
        output.print(f"[{style}]{what}:[/] {escape(line)}", soft_wrap=True, highlight=False)
    if len(listed) > most:
        output.print(f"[{style}]{what}:[/] and {len(listed) - most} more")
