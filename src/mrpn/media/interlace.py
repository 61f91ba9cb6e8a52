"""Interlaced pictures made whole: two half pictures of different times are no face."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from mrpn.media.pyav import load_av


def deinterlaced(timed: Iterable[tuple[float, Any]]) -> Iterator[tuple[float, Any]]:
    """Yield timed decoded frames with those flagged as interlaced made progressive.

    As many frames with the same times come out; progressive material passes untouched. From the
    first interlaced frame on, one is looked ahead. Source: ours; the filter is FFmpeg's bwdif.
    """
    graph: Any = None
    shape: tuple[int, int, str] | None = None
    waiting: deque[tuple[float, Any]] = deque()
    for time, frame in timed:
        form = (frame.width, frame.height, frame.format.name)
        if graph is not None and form != shape:
            yield from _pulled(graph, waiting, end=True)
            graph = None
        if graph is None and frame.interlaced_frame:
            graph, shape = _graph(frame), form
        if graph is None:
            yield time, frame
            continue
        waiting.append((time, frame))
        graph.push(frame)
        yield from _pulled(graph, waiting)
    if graph is not None:
        yield from _pulled(graph, waiting, end=True)


def _graph(frame: Any) -> Any:
    graph = load_av().filter.Graph()
    graph.threads = 1
    source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
    )
    filter_ = graph.add("bwdif", "mode=send_frame:deint=interlaced")
    graph.link_nodes(source, filter_, graph.add("buffersink")).configure()
    return graph


def _pulled(
    graph: Any, waiting: deque[tuple[float, Any]], *, end: bool = False
) -> Iterator[tuple[float, Any]]:
    """Yield what the filter has ready; it keeps the order, so the times are told by that."""
    if end:
        graph.push(None)
    error = load_av().error
    while waiting:
        try:
            made = graph.pull()
        except (error.BlockingIOError, error.EOFError):
            break
        yield waiting.popleft()[0], made
