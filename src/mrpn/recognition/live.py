"""Recognition of a stream: pictures and sound come, the moments of each window go out."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mrpn.media import NO_FACE, NO_PICTURE, NO_SOUND, SILENCE, Frame
from mrpn.media.clip import SILENT_PEAK
from mrpn.recognition.given import checked_time
from mrpn.recognition.hearing import Hearing
from mrpn.recognition.judging import Window, judge
from mrpn.recognition.recognizer import Recognizer
from mrpn.recognition.remarks import NO_SPEECH
from mrpn.recognition.result import Moment
from mrpn.recognition.watching import Watching

Track = Literal["picture", "sound"]
# Live, a track that is so many seconds behind the other is not waited for.
PATIENCE = 5.0


class LiveRecognizer:
    """Recognises a stream of pictures and sound, window by window, in memory that does not grow.

    Live, crops are cut out at once, a window's moments come with its last picture, and a track that
    falls 5 s behind the other, or is said to have ended, is no longer waited for. Otherwise faces
    are followed with the look-ahead of files, about a second, both tracks are waited for as long as
    they have not ended, and the probabilities are those of `Recognizer.predict` on the whole. Faces
    are numbered as they come, of several the main one first; one that was lost, or comes back after
    a cut, has its old number if it looks as it did.

    Args:
        recognizer: the network, its windows and its way of answering.
        picture, sound: what the stream has.
        live: whether answers are wanted at once; then both tracks come in order of time.
    """

    def __init__(
        self, recognizer: Recognizer, *, picture: bool = True, sound: bool = True, live: bool = True
    ) -> None:
        self._recognizer = recognizer
        self._scorer = recognizer.scorer
        preprocessing, self._windows = recognizer.preprocessing, recognizer.windows
        self._sees = picture and "video" in self._scorer.modalities
        self._hears = sound and "audio" in self._scorer.modalities
        self._watching = Watching(
            self._scorer, preprocessing, live=live, threads=recognizer.threads
        )
        self._hearing = Hearing(self._scorer, preprocessing, self._windows)
        self._patience = PATIENCE if live else np.inf
        # Tracks that are no longer waited for: for good, and until they go on.
        self._ended: set[Track] = set()
        self._behind: set[Track] = set()
        self._peak = 0.0
        self._spoke = False
        self._number = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """What the stream lacked so far: "no face", "no speech", ..., as a recording's result."""
        found: list[str] = []
        if "video" in self._scorer.modalities and not self._watching.saw:
            found.append(NO_FACE if self._sees else NO_PICTURE)
        if "audio" in self._scorer.modalities and not self._spoke:
            heard = NO_SPEECH if self._peak >= SILENT_PEAK else SILENCE
            found.append(heard if self._hears and self._hearing.samples else NO_SOUND)
        return tuple(found)

    def picture(self, frame: Frame) -> list[Moment]:
        """Take in the next picture, its time from the stream's start; return the moments ready.

        Pictures come at the preprocessing's rate, at least about so.

        Raises:
            ConfigError: times that do not rise from 0 or later, or count from something else.
        """
        if not self._sees:
            return []
        last = self._watching.last
        checked_time(frame.time, last, max(0.0, last, self._hearing.until))
        self._watching.add(frame)
        self._behind.discard("picture")
        return self._ready()

    def sound(self, block: NDArray[np.float32]) -> list[Moment]:
        """Take in the next samples, mono at the preprocessing's rate; return the moments ready.

        The first is at the stream's start; a pause is zeros.
        """
        if not self._hears:
            return []
        self._hearing.add(block)
        self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
        self._behind.discard("sound")
        return self._ready()

    def picture_ended(self, until: float | None = None) -> list[Moment]:
        """Take in that no more pictures come; return the moments ready.

        Args:
            until: when the last picture ends, in seconds; if None, it is shown as long as usual.
        """
        self._ended.add("picture")
        if self._sees:
            self._watching.end(until)
        return self._ready()

    def sound_ended(self) -> list[Moment]:
        """Take in that no more sound comes; return the moments ready."""
        self._ended.add("sound")
        return self._ready()

    def finish(self) -> list[Moment]:
        """End the stream; return the moments that are left."""
        self._watching.end()
        duration = max(self._watching.until, self._hearing.until)
        windows = [
            # What lies beyond the last window is passed over; a still image lasts no time.
            self._window(start, end, end if end < duration else np.inf)
            for number, (start, end) in enumerate(self._windows.spans(duration))
            if number >= self._number
        ]
        return self._judge(windows)

    def _ready(self) -> list[Moment]:
        windows: list[Window] = []
        span = self._windows.span(self._number)
        while self._is_complete(span[1]):
            windows.append(self._window(*span, until=span[1]))
            span = self._windows.span(self._number)
        return self._judge(windows)

    def _is_complete(self, end: float) -> bool:
        seen = self._sees and self._watching.complete(end)
        heard = self._hears and self._hearing.complete()
        if not (seen or heard):
            return False
        return (seen or not self._awaited("picture", self._hearing.until - end)) and (
            heard or not self._awaited("sound", self._watching.last - end)
        )

    def _awaited(self, track: Track, beyond: float) -> bool:
        """Return whether a track may still come to a window's end that the other is beyond."""
        has = self._sees if track == "picture" else self._hears
        if not has or track in self._ended or track in self._behind:
            return False
        if beyond >= self._patience:
            self._behind.add(track)
        return beyond < self._patience

    def _window(self, start: float, end: float, until: float) -> Window:
        faces = self._watching.window(start, until)
        # Both go on together, even while there is no sound.
        heard = self._hearing.next() if self._hears else None
        if not self._hearing.samples:
            heard = None
        self._spoke = self._spoke or (heard is not None and heard.speech > 0)
        self._number += 1
        self._watching.forget(self._windows.span(self._number)[0])
        return Window(start, end, faces, heard)

    def _judge(self, windows: list[Window]) -> list[Moment]:
        return judge(self._scorer, self._recognizer.answering, windows)
