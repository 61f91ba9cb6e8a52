"""A timeline made by hand, of two faces, for what is written and drawn of results."""

from mrpn.recognition import Moment, Person, Recognition


def moment(start: float, face: int | None, happy: float, voice: float | None = None) -> Moment:
    """Return a window of 4 s that is happy with a probability, and so to the voice alone."""
    probabilities = {"happy": happy, "sad": 1 - happy}
    alone = {"video": probabilities}
    if voice is not None:
        alone["audio"] = {"happy": voice, "sad": 1 - voice}
    return Moment(
        answer="happy" if happy >= 0.5 else "sad",
        probabilities=probabilities,
        alone=alone,
        labels=("happy",),
        start=start,
        end=start + 4,
        face=face,
        box=None if face is None else (1.0, 2.0, 3.0, 4.0),
        face_share=1.0,
        speech=0.5,
        voice="own",
    )


def two_faces() -> Recognition:
    """Face 1 in windows at 0, 1, 2 and 9 s; face 2 at 0 s."""
    moments = (
        moment(0, 1, 0.8, voice=0.1),
        moment(0, 2, 0.4),
        moment(1, 1, 0.7),
        moment(2, 1, 0.2),
        moment(9, 1, 0.2),
    )
    answer = {"answer": "happy", "probabilities": {"happy": 0.6, "sad": 0.4}, "labels": ("happy",)}
    person = Person(**answer, alone={}, face=1, first=0.0, last=12.0, share=0.5)
    return Recognition(
        **answer,
        alone={"video": {"happy": 0.6, "sad": 0.4}},
        source="a/clip.mp4",
        problems=("no sound",),
        duration=13.0,
        timeline=moments,
        people=(person, Person(**answer, alone={}, face=2, first=0.0, last=4.0, share=0.3)),
    )
