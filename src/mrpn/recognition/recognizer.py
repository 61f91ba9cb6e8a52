"""The recognizer: a weights file and a recording in, a timeline out."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Self, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from mrpn.common.errors import ConfigError, MediaError, MrpnError
from mrpn.inputs import Preprocessing
from mrpn.network import MultiModalNetwork
from mrpn.recognition.doubt import Answering
from mrpn.recognition.files import media_files
from mrpn.recognition.judging import average, judge, without_claim
from mrpn.recognition.recording import Reader, Recording
from mrpn.recognition.remarks import remarks_on
from mrpn.recognition.result import Failed, Moment, Person, Recognition
from mrpn.recognition.scoring import Scorer
from mrpn.recognition.windows import Windows
from mrpn.weights import Calibration, find_weights, load_weights, preprocessing_of

_WINDOWS = 64


class Recognizer:
    """Recognises recordings with a trained network, in the way it was trained to see clips.

    Args:
        network: with a single class target.
        classes: the names of its classes.
        preprocessing: how media become its input.
        calibration: how far its probabilities may be trusted.
        windows: how recordings are cut; the step is fitted to the voice's segments.
        coverage, sure: as `Answering` has them.
        threads: of decoder and face detector; changes the speed only.
    """

    def __init__(
        self,
        network: MultiModalNetwork,
        classes: tuple[str, ...],
        preprocessing: Preprocessing,
        calibration: Calibration | None = None,
        *,
        windows: Windows | None = None,
        coverage: float = 0.9,
        sure: float = 0.5,
        threads: int = 1,
    ) -> None:
        self.network = network.eval()
        self.classes = classes
        self.preprocessing = preprocessing
        self.windows = (windows or Windows()).fitted(preprocessing)
        self.answering = Answering(classes, calibration, coverage, sure)
        self.scorer = Scorer(network)
        self.threads = threads
        self._reader = Reader(self.scorer, preprocessing, self.windows, threads)

    @classmethod
    def from_file(
        cls,
        path: Path,
        device: torch.device | str = "cpu",
        *,
        windows: Windows | None = None,
        coverage: float = 0.9,
        sure: float = 0.5,
        threads: int = 1,
    ) -> Self:
        """Load a recognizer from a weights file that `mrpn train` wrote.

        Args beside the file as of the class.

        Raises:
            WeightsError: the file cannot be read, or does not say how its input is made.
        """
        network, header = load_weights(Path(path), device)
        return cls(
            network,
            header.class_names,
            preprocessing_of(Path(path), header),
            header.calibration,
            windows=windows,
            coverage=coverage,
            sure=sure,
            threads=threads,
        )

    @classmethod
    def from_pretrained(
        cls,
        name_or_path: str | Path,
        device: torch.device | str = "cpu",
        *,
        windows: Windows | None = None,
        coverage: float = 0.9,
        sure: float = 0.5,
        threads: int = 1,
    ) -> Self:
        """Load a recognizer from weights that an installed package ships, or from a file.

        Nothing is downloaded. The licence and the limits of shipped weights are said in one line
        the first time.

        Args:
            name_or_path: a name of `mrpn weights list`, or the path of a weights file.
            device: where the network runs.
            windows, coverage, sure, threads: as the class has them.

        Raises:
            WeightsError: no such name or file, or as `from_file`.
        """
        return cls.from_file(
            find_weights(name_or_path),
            device,
            windows=windows,
            coverage=coverage,
            sure=sure,
            threads=threads,
        )

    def predict(
        self,
        source: Path | str | NDArray[np.uint8] | NDArray[np.floating],
        *,
        times: ArrayLike | None = None,
        sound: ArrayLike | None = None,
        rate: int | None = None,
    ) -> Recognition:
        """Recognise one recording, of any length.

        Args:
            source: a media file; or pictures, RGB, uint8 [T, H, W, 3]; or the samples of a sound,
                mono floats [N] in [-1, 1]. A missing face or sound is worked around and said.
            times: of the pictures, in seconds from the recording's start, rising, [T]; without them
                25 a second are assumed, and that is said.
            sound: samples to go with pictures, from time 0 on.
            rate: of the samples, per second; the preprocessing's if None.

        Raises:
            MediaError: the file is not media, or has nothing that the network takes.
            ConfigError: arrays that are not as above, or go with nothing.
        """
        if isinstance(source, str | Path):
            if times is not None or sound is not None or rate is not None:
                raise ConfigError("times, sound and rate go with pictures or samples, not a file")
            if Path(source).is_dir():
                raise MediaError(f"{source}: is a folder; predict_all() takes folders and lists")
            return self._result(str(source), self._reader.file(Path(source)))
        if not isinstance(source, np.ndarray):
            raise ConfigError(
                "predict() takes a file, or an array of pictures or samples, not a "
                f"{type(source).__name__}; predict_all() takes folders and lists"
            )
        frames: NDArray[np.uint8] | None = None
        if source.ndim == 1:
            if times is not None or sound is not None:
                raise ConfigError("times and sound go with pictures, not samples")
            name, sound = "samples", source
        else:
            if rate is not None and sound is None:
                raise ConfigError("a rate goes with samples, and there are none")
            name, frames = "frames", cast(NDArray[np.uint8], source)
        return self._result(name, self._reader.arrays(frames, times, sound, rate))

    def predict_all(
        self, sources: Path | str | Iterable[Path | str]
    ) -> Iterator[Recognition | Failed]:
        """Yield the result of each of many files, as soon as it is there; bad ones are `Failed`.

        Args:
            sources: files, folders (the media files in them and in theirs, sorted) or patterns such
                as `films/*.mp4`; one of them or several.
        """
        given = [sources] if isinstance(sources, str | Path) else sources
        for path in media_files(map(Path, given)):
            try:
                if path.is_dir():
                    raise MediaError(f"{path}: is a folder without any media file")
                yield self.predict(path)
            except MrpnError as error:
                yield Failed(str(path), str(error))

    def _result(self, source: str, recording: Recording) -> Recognition:
        moments, spoken = self._moments(recording)
        if not moments:
            problems = ", ".join(recording.problems) or "nothing to recognise"
            raise MediaError(f"{source}: {problems}")
        overall = average(self.answering, main_moments(moments))
        if not spoken and not recording.faces:
            overall = without_claim(overall)
        return Recognition(
            **vars(overall),
            source=source,
            problems=recording.problems + remarks_on(recording, spoken),
            duration=recording.duration,
            timeline=tuple(moments),
            people=tuple(self._people(recording, moments)),
            tracks=recording.faces,
        )

    def _moments(self, recording: Recording) -> tuple[list[Moment], bool]:
        """Return the moments, and whether speech was heard; without any, sound counts as such."""
        spoken = any(heard.speech > 0 for heard in recording.heard)
        any_sound = not spoken and not recording.faces
        windows = recording.windows(self.windows)
        moments: list[Moment] = []
        while some := list(islice(windows, _WINDOWS)):
            moments += judge(self.scorer, self.answering, some, any_sound=any_sound)
        if any_sound:
            moments = [without_claim(moment) for moment in moments]
        return moments, spoken

    def _people(self, recording: Recording, moments: list[Moment]) -> Iterator[Person]:
        for number, track in enumerate(recording.faces, start=1):
            answer = average(self.answering, [each for each in moments if each.face == number])
            yield Person(
                **vars(answer),
                face=number,
                first=float(track.times[0]),
                last=float(track.times[-1]),
                share=len(track) / max(1, recording.looked_at),
            )


def main_moments(moments: list[Moment]) -> list[Moment]:
    """Return the moments of the main face, and of the voice where no face is seen.

    Where the main face is never seen alone, as with a network that only hears, that is all.
    """
    return [moment for moment in moments if moment.face in (1, None)]
