"""From the features of windows to the moments of a timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from torch import Tensor

from mrpn.recognition.attribution import Mouth, attribute
from mrpn.recognition.doubt import UNSURE, Answering
from mrpn.recognition.hearing import Heard
from mrpn.recognition.result import Answer, Moment, Voice
from mrpn.recognition.scoring import Scorer

SomeAnswer = TypeVar("SomeAnswer", bound=Answer)


@dataclass(frozen=True)
class Seen:
    """One face in one window.

    Attributes:
        face: its number.
        features: of its crops, [T, width], T >= 1.
        box: where it is in the middle of them, x0, y0, x1, y1 in pixels.
        share: of the window's pictures, those that show it.
        mouth: its movement.
    """

    face: int
    features: Tensor
    box: tuple[float, float, float, float]
    share: float
    mouth: Mouth


@dataclass(frozen=True)
class Window:
    """What is known of one window.

    Attributes:
        start, end: in seconds.
        faces: in it.
        heard: its sound; None if there is none.
    """

    start: float
    end: float
    faces: Sequence[Seen]
    heard: Heard | None


@dataclass(frozen=True)
class _Row:
    window: Window
    face: Seen | None
    voice: Voice
    inputs: Mapping[str, Tensor]


def judge(
    scorer: Scorer, answering: Answering, windows: Sequence[Window], *, any_sound: bool = False
) -> list[Moment]:
    """Return the moments of windows: of every face, or of the voice where there is none.

    A sound without speech is left out, so that music does not speak for a face. A window that has
    neither face nor speech has no moment.

    Args:
        scorer: of the network.
        answering: how scores become answers.
        windows: in order of time.
        any_sound: take sounds without speech too, where there is nothing else.
    """
    rows = [row for window in windows for row in _rows(window, scorer.modalities, any_sound)]
    scored = scorer.score([row.inputs for row in rows])
    return [
        _moment(row, answering, {"": each.fused, **each.alone})
        for row, each in zip(rows, scored, strict=True)
    ]


def average(answering: Answering, moments: Sequence[Moment]) -> Answer:
    """Return what moments come to: the mean of their probabilities, weighted by their lengths.

    Of each modality alone, the mean over the moments that have it. The set of labels follows the
    same threshold as a single moment's.
    """
    weights = [max(1e-3, moment.end - moment.start) for moment in moments]
    values = [np.array(list(moment.probabilities.values())) for moment in moments]
    mean = np.average(values, axis=0, weights=weights)
    alone = {}
    for name in sorted({name for moment in moments for name in moment.alone}):
        some = [n for n, moment in enumerate(moments) if name in moment.alone]
        each = [np.array(list(moments[n].alone[name].values())) for n in some]
        alone[name] = answering.named(np.average(each, axis=0, weights=[weights[n] for n in some]))
    return Answer(
        answer=answering.answer(mean),
        probabilities=answering.named(mean),
        alone=alone,
        labels=answering.labels(mean, alone),
    )


def without_claim(answer: SomeAnswer) -> SomeAnswer:
    """Return an answer that rests on nothing that was learned from: `unsure`, without a set."""
    return replace(answer, answer=UNSURE, labels=())


def _rows(window: Window, modalities: Sequence[str], any_sound: bool) -> list[_Row]:
    heard = window.heard
    speaks = heard is not None and bool(heard.features) and (heard.speech > 0 or any_sound)
    sound: dict[str, Tensor] = {}
    if heard is not None and speaks and "audio" in modalities:
        sound = {"audio": heard.stacked()}
    if not window.faces:
        return [_Row(window, None, "own", sound)] if sound else []
    voices: list[Voice] = ["none"] * len(window.faces)
    if heard is not None and sound:
        mouths = [face.mouth for face in window.faces]
        voices = attribute(mouths, window.start, heard.loudness, heard.step)
    return [
        _Row(
            window,
            face,
            voice,
            {"video": face.features, **(sound if voice in ("own", "shared") else {})},
        )
        for face, voice in zip(window.faces, voices, strict=True)
    ]


def _moment(row: _Row, answering: Answering, scores: Mapping[str, np.ndarray]) -> Moment:
    used = [name for name in scores if name]
    fused = answering.probabilities(scores[""], used)
    return Moment(
        answer=answering.answer(fused),
        probabilities=answering.named(fused),
        alone={
            name: answering.named(answering.probabilities(scores[name], [name])) for name in used
        },
        labels=answering.labels(fused, used),
        start=row.window.start,
        end=row.window.end,
        face=None if row.face is None else row.face.face,
        box=None if row.face is None else row.face.box,
        face_share=0.0 if row.face is None else row.face.share,
        speech=0.0 if row.window.heard is None else row.window.heard.speech,
        voice=row.voice,
    )
