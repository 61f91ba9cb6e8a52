"""Lists in a line."""

from collections.abc import Sequence


def few(names: Sequence[str], most: int = 24) -> str:
    """Return names in one line, those beyond the first `most` as their number."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
