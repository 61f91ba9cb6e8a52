"""Choosing elements of a timed sequence at a steady rate, by their time stamps."""

import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def nearest(items: Iterable[tuple[float, T]], rate: float | None) -> Iterator[tuple[float, T]]:
    """Yield, for each time k / rate, the element nearest to it; none twice.

    A sequence slower than `rate` is passed whole: repeating elements would say nothing new. One
    element is looked ahead, so it works on a stream. Source: ours.

    Args:
        items: pairs of a time in seconds, rising, and anything.
        rate: elements per second wanted, > 0; None passes everything.
    """
    target = 0
    held: tuple[float, T] | None = None
    interval = 0.0
    for item in items:
        if held is None:
            if rate is not None:
                target = max(0, math.ceil((item[0] - 0.5 / rate) * rate))
        else:
            interval = item[0] - held[0]
            middle = held[0] + interval / 2
            if rate is None:
                yield held
            elif target <= middle * rate:
                yield held
                target = math.floor(middle * rate) + 1
        held = item
    if held is not None and (rate is None or target <= (held[0] + interval / 2) * rate):
        yield held
