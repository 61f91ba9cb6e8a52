"""What threads give and nobody has taken yet: in order, stamped, and bounded."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mrpn.media import Frame

# So many pictures may wait; of more the oldest is dropped.
_PICTURES = 4
# Who gives more than this, pictures and pieces of sound, waits until some are taken.
_MOST = 1000
# A thread that is told to stop is waited for so long, in seconds.
_FAREWELL = 1.0


@dataclass(frozen=True)
class Ended:
    """The end of a track.

    Attributes:
        track: of which no more comes.
        until: when its last picture ends, in seconds; None if that is not known.
    """

    track: Literal["picture", "sound"]
    until: float | None = None


Item = Frame | NDArray[np.float32] | Ended
Put = Callable[[Item], None]
Producer = Callable[[Put], None]


@dataclass(frozen=True)
class Came:
    """A part of a stream.

    Attributes:
        at: when it came, by `time.perf_counter`.
        what: a picture, mono samples at the preprocessing's rate, or the end of a track.
    """

    at: float
    what: Item


class _StoppedError(Exception):
    """Raised in a producer that gives something when nobody takes it any more."""


class Waiting:
    """Runs producers on threads of their own, and hands over what they give in its order.

    Of pictures that wait the oldest are dropped, sound never is. A producer that gives more than a
    thousand parts ahead waits. To be closed. Source: ours.

    Args:
        producers: are called with a function that takes what they give.
        stop: is set when nobody takes any more.

    Attributes:
        dropped: pictures so far.
    """

    def __init__(self, producers: Sequence[Producer], stop: threading.Event) -> None:
        self.dropped = 0
        self._stop = stop
        self._changed = threading.Condition()
        self._items: deque[Came | BaseException] = deque()
        self._running = len(producers)
        self._threads = [
            threading.Thread(target=self._run, args=(produce,), daemon=True)
            for produce in producers
        ]
        for thread in self._threads:
            thread.start()

    def take(self) -> Came | None:
        """Return the next part, None after the last; raise what a producer ended with."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or not self._running)
            item = self._items.popleft() if self._items else None
            self._changed.notify_all()
        if isinstance(item, BaseException):
            raise item
        return item

    def close(self) -> None:
        """Tell the producers to stop, and wait a little until they have."""
        self._stop.set()
        with self._changed:
            self._items.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(_FAREWELL)

    def _run(self, produce: Producer) -> None:
        ended: BaseException | None = None
        try:
            produce(self._put)
        except _StoppedError:
            pass
        except BaseException as error:
            ended = error
        with self._changed:
            if ended is not None:
                self._items.append(ended)
            self._running -= 1
            self._changed.notify_all()

    def _put(self, item: Item) -> None:
        came = Came(time.perf_counter(), item)
        with self._changed:
            if isinstance(item, Frame):
                self._make_room()
            else:
                self._changed.wait_for(lambda: self._stop.is_set() or len(self._items) < _MOST)
            if self._stop.is_set():
                raise _StoppedError
            self._items.append(came)
            self._changed.notify_all()

    def _make_room(self) -> None:
        pictures = [
            n
            for n, each in enumerate(self._items)
            if isinstance(each, Came) and isinstance(each.what, Frame)
        ]
        if len(pictures) >= _PICTURES:
            del self._items[pictures[0]]
            self.dropped += 1
