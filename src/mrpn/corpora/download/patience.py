"""Trying again: with growing pauses, as servers ask, and not for ever.

urllib3's own retries begin a request anew. A download that breaks off in mid-body must go on from
the bytes it holds, within the same bounds; so the bounds are kept here.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from mrpn.corpora.download.errors import DownloadError, PassingError

T = TypeVar("T")

# So many bytes between two failures make the second one count as a first.
_PROGRESS = 2**20


@dataclass(frozen=True)
class Patience:
    """How long a server is given.

    Args:
        tries: failures in a row, without progress between them, after which it is enough.
        first, most: seconds of the first and of the longest pause; each is twice the one before,
            less up to half of it at random.
        longest_asked: a server's own wish (Retry-After) is followed up to this many seconds.
        connect, read: seconds without an answer, and without a byte, after which a try has failed.
    """

    tries: int = 6
    first: float = 1.0
    most: float = 60.0
    longest_asked: float = 300.0
    connect: float = 15.0
    read: float = 60.0

    def try_for(
        self,
        attempt: Callable[[], T],
        held: Callable[[], int],
        pause: Callable[[float], object],
    ) -> T:
        """Return what `attempt` returns, tried again after every PassingError.

        Args:
            attempt: what to try.
            held: bytes that are there already; where they grow, patience begins anew.
            pause: waits so many seconds.

        Raises:
            DownloadError: patience is at its end, or as `attempt` raises.
        """
        failures = 0
        while True:
            before = held()
            try:
                return attempt()
            except PassingError as error:
                failures = 1 if held() - before >= _PROGRESS else failures + 1
                if failures >= self.tries:
                    raise DownloadError(
                        f"{error}; gave up after {failures} tries, the same command goes on later"
                    ) from error
                pause(self.delay(failures, error))

    def delay(self, failures: int, error: PassingError) -> float:
        """Return the seconds to wait after so many failures; DownloadError if they are too many."""
        if error.wait is not None and error.wait > self.longest_asked:
            raise DownloadError(
                f"{error}; the server asks for a pause of {error.wait:.0f} s, "
                "give the same command again after that"
            )
        backoff = min(self.most, self.first * 2.0 ** (failures - 1))
        return max(error.wait or 0.0, backoff * random.uniform(0.5, 1.0))
