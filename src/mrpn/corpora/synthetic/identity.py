"""What tells one drawn actor from another: build, colours, hair, voice."""

from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]

SKINS: tuple[Colour, ...] = (
    (246, 211, 186),
    (236, 190, 156),
    (222, 171, 131),
    (198, 143, 102),
    (165, 110, 76),
    (128, 82, 56),
    (104, 66, 47),
)
_HAIRS: tuple[Colour, ...] = (
    (38, 28, 26),
    (72, 46, 32),
    (108, 66, 38),
    (158, 106, 58),
    (206, 168, 104),
    (142, 62, 34),
    (128, 126, 128),
)
_IRISES: tuple[Colour, ...] = ((74, 46, 28), (110, 78, 40), (70, 104, 70), (70, 110, 150))
_SHIRTS: tuple[Colour, ...] = (
    (58, 92, 140),
    (150, 62, 64),
    (66, 120, 96),
    (206, 200, 186),
    (92, 78, 126),
    (54, 60, 70),
    (196, 140, 62),
)
_WALLS: tuple[Colour, ...] = (
    (150, 168, 178),
    (186, 170, 150),
    (128, 148, 136),
    (170, 150, 162),
    (112, 124, 144),
    (196, 188, 176),
)
MALE_STYLES = ("crop", "parted", "quiff", "curly", "bald")
FEMALE_STYLES = ("long", "bob", "bun", "curls", "fringe")


@dataclass(frozen=True)
class Identity:
    """One actor's looks and voice. Lengths are in half widths of the face (ours).

    Args:
        jaw: how much the face narrows towards the chin, 0 to 1.
        chin: distance of the chin from the middle of the face.
        eye_distance, eye_size, nose, lips, brow: of the features, around 1 (eye_distance: from
            the middle).
        style: name of the hair's cut; beard: 0 none to 1 full.
        pitch: resting pitch of the voice in Hz.
        tract: formants relative to a man's of average size.
    """

    actor: int
    female: bool
    skin: Colour
    hair: Colour
    iris: Colour
    shirt: Colour
    wall: Colour
    style: str
    beard: float
    jaw: float
    chin: float
    eye_distance: float
    eye_size: float
    nose: float
    lips: float
    brow: float
    pitch: float
    tract: float
    pace: float


def identity(actor: int, seed: int) -> Identity:
    """Return the looks and the voice of an actor; odd numbers are men.

    Skin tones and cuts go round, so that few actors already differ.
    """
    random = np.random.default_rng([seed, 1000, actor])
    female = actor % 2 == 0
    place = (actor - 1) // 2 + int(np.random.default_rng([seed, 1001]).integers(100))
    skin = (place * 3 + (4 if female else 0)) % len(SKINS)
    dark = skin >= 4
    styles = FEMALE_STYLES if female else MALE_STYLES

    def between(low: float, high: float) -> float:
        return float(random.uniform(low, high))

    return Identity(
        actor=actor,
        female=female,
        skin=SKINS[skin],
        hair=_HAIRS[int(random.integers(2 if dark else len(_HAIRS)))],
        iris=_IRISES[int(random.integers(2 if dark else len(_IRISES)))],
        shirt=_SHIRTS[int(random.integers(len(_SHIRTS)))],
        wall=_WALLS[int(random.integers(len(_WALLS)))],
        style=styles[place % len(styles)],
        beard=0.0 if female else float(random.choice([0.0, 0.0, 0.5, 0.9])),
        jaw=between(0.25, 0.6) if female else between(0.0, 0.35),
        chin=between(1.24, 1.32) if female else between(1.3, 1.4),
        eye_distance=between(0.40, 0.45),
        eye_size=between(1.08, 1.2) if female else between(0.98, 1.1),
        nose=between(0.8, 0.95) if female else between(0.95, 1.15),
        lips=between(1.05, 1.25) if female else between(0.85, 1.0),
        brow=between(0.75, 0.95) if female else between(1.05, 1.3),
        pitch=between(180, 235) if female else between(95, 135),
        tract=between(1.1, 1.2) if female else between(0.95, 1.05),
        pace=between(0.95, 1.05),
    )
