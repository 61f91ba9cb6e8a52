"""Pairing by clarity: ranks agree or oppose, voices and faces stay, nobody is on two sides."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    PARTS,
    ClipRecord,
    Fold,
    Manifest,
    Part,
    compose,
    corpus_folds,
    pair_by_clarity,
    select,
)

FOLD = Fold("A1", train=("3", "4"), validation=("2",), test=("1",))
LABELS = ("happy", "sad")


def voice(actor: int, label: str, take: int) -> ClipRecord:
    name = f"v{actor}-{label}-{take}"
    return ClipRecord(name, label, str(actor), None, None, f"{name}.wav")


def face(part: Part, label: str, number: int) -> ClipRecord:
    name = f"{part}-{label}-{number}"
    return ClipRecord(name, label, name, None, f"{name}.jpg", None, part, {"content": name})


def composite(faces_per_voice: int = 1, faces: int = 40, takes: int = 3, seed: int = 0) -> Manifest:
    heard = [voice(a, label, t) for a in range(1, 5) for label in LABELS for t in range(takes)]
    seen = [face(part, label, n) for part in PARTS for label in LABELS for n in range(faces)]
    return compose(
        Manifest("voices", Path("/sounds"), LABELS, tuple(heard)),
        Manifest("faces", Path("/pictures"), LABELS, tuple(seen)),
        seed=seed,
        faces_per_voice=faces_per_voice,
    )


def names(manifest: Manifest, half: str) -> list[str]:
    return sorted({record.extra[half] for record in manifest.records})


def met(manifest: Manifest) -> dict[str, str]:
    return {record.id: record.extra["face"] for record in manifest.records}


def chosen(manifest: Manifest, part: Part, label: str) -> list[ClipRecord]:
    return [r for r in getattr(select(manifest, FOLD), part) if r.label == label]


def evenly(manifest: Manifest, fold: Fold) -> Manifest:
    voices, faces = (dict.fromkeys(names(manifest, half), 1.0) for half in ("voice", "face"))
    return pair_by_clarity(manifest, fold, voices=voices, faces=faces)


@pytest.fixture
def made() -> Manifest:
    return composite()


# Of the happy voices of the test, take 1 is the clearest, then take 2, then take 0.
HEARD = {"v1-happy-0": 0.1, "v1-happy-1": 0.9, "v1-happy-2": 0.5}


@pytest.mark.parametrize(
    ("order", "name", "expected"),
    [
        ("shared", "composite-voices-faces-clarity", (0, 2, 1)),
        ("opposed", "composite-voices-faces-clarity-opposed", (2, 0, 1)),
    ],
)
def test_the_clearest_voice_meets_the_clearest_face_or_the_least_clear_one(
    made: Manifest, order: str, name: str, expected: tuple[int, ...]
) -> None:
    dealt = sorted(record.extra["face"] for record in chosen(made, "test", "happy"))
    voices = dict.fromkeys(names(made, "voice"), 0.0) | HEARD
    faces = dict.fromkeys(names(made, "face"), 0.0)
    faces |= dict(zip(dealt, (-5.0, 0.2, 30.0), strict=True))
    paired = pair_by_clarity(made, FOLD, voices=voices, faces=faces, order=order)
    by_voice = {r.extra["voice"]: r for r in chosen(paired, "test", "happy")}
    wanted = [dealt[place] for place in expected]
    assert [by_voice[f"v1-happy-{take}"].extra["face"] for take in range(3)] == wanted
    assert [by_voice[f"v1-happy-{take}"].video for take in range(3)] == [
        f"pictures/{name}.jpg" for name in wanted
    ]
    assert paired.name == name


def test_what_it_is_stands_in_the_first_note_and_no_note_says_independent(made: Manifest) -> None:
    paired = evenly(made, FOLD)
    assert paired.notes[0].startswith(
        "composite: voice and face are paired by class and by clarity"
    )
    assert "shared: the clearest voice meets the clearest face" in paired.notes[0]
    assert not any("independent given the class" in note for note in paired.notes)
    assert paired.kind == "composite"


def untied(things: list[str], random: Random) -> dict[str, float]:
    return dict(zip(things, random.sample(range(10_000), len(things)), strict=True))


@settings(max_examples=30, deadline=None)
@given(
    random=st.randoms(use_true_random=False), per_voice=st.integers(1, 4), deck=st.integers(3, 40)
)
@pytest.mark.parametrize("order", ["shared", "opposed"])
def test_every_part_keeps_its_voices_and_faces_and_ranks_agree_or_oppose(
    order: str, random: Random, per_voice: int, deck: int
) -> None:
    made = composite(per_voice, deck)
    voices, faces = (untied(names(made, half), random) for half in ("voice", "face"))
    seed = random.randrange(100)
    paired = pair_by_clarity(made, FOLD, voices=voices, faces=faces, order=order, seed=seed)
    for before, after in zip(select(made, FOLD), select(paired, FOLD), strict=True):
        assert [(r.id, r.label, r.actor, r.audio) for r in after] == [
            (r.id, r.label, r.actor, r.audio) for r in before
        ]
        for label in LABELS:
            assert Counter(
                (r.extra["face"], r.video) for r in after if r.label == label
            ) == Counter((r.extra["face"], r.video) for r in before if r.label == label)
        for meeting in {(r.label, r.id.partition("+")[2]) for r in after}:
            same = [r for r in after if (r.label, r.id.partition("+")[2]) == meeting]
            same.sort(key=lambda r: voices[r.extra["voice"]])
            seen = [faces[r.extra["face"]] for r in same]
            assert seen == sorted(seen, reverse=order == "opposed")


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_it_follows_ranks_and_seed_and_not_the_scale_or_the_order_of_clips(
    data: st.DataObject,
) -> None:
    made = composite(2)
    grade = st.integers(0, 3)
    voices = {name: float(data.draw(grade)) for name in names(made, "voice")}
    faces = {name: float(data.draw(grade)) for name in names(made, "face")}
    seed = data.draw(st.integers(0, 9))
    paired = pair_by_clarity(made, FOLD, voices=voices, faces=faces, seed=seed)
    again = pair_by_clarity(
        replace(made, records=made.records[::-1]),
        FOLD,
        voices={name: 3 * value - 7 for name, value in voices.items()},
        faces={name: value**3 for name, value in faces.items()},
        seed=seed,
    )
    assert again == paired


def test_the_seed_breaks_ties_alone(made: Manifest) -> None:
    voices = {name: float(n) for n, name in enumerate(names(made, "voice"))}
    faces = {name: float(n) for n, name in enumerate(names(made, "face"))}
    sure = [met(pair_by_clarity(made, FOLD, voices=voices, faces=faces, seed=s)) for s in range(9)]
    assert all(each == sure[0] for each in sure)
    even = dict.fromkeys(faces, 0.5)
    tied = [met(pair_by_clarity(made, FOLD, voices=voices, faces=even, seed=s)) for s in range(9)]
    assert len({tuple(each.items()) for each in tied}) > 1


def test_only_the_folds_actors_are_there_each_in_its_part(made: Manifest) -> None:
    paired = evenly(made, FOLD)
    parts = {(record.actor, record.partition) for record in paired.records}
    assert parts == {("1", "test"), ("2", "validation"), ("3", "train"), ("4", "train")}
    for record in paired.records:
        assert record.extra["face"].startswith(f"{record.partition}-{record.label}-")


def test_clarities_of_those_whom_the_fold_leaves_out_are_not_asked_for(made: Manifest) -> None:
    fold = Fold("few", train=("3",), validation=("2",), test=("1",))
    parts = select(made, fold)
    voices = {r.extra["voice"]: 1.0 for part in parts for r in part}
    faces = {r.extra["face"]: 1.0 for part in parts for r in part}
    assert len(pair_by_clarity(made, fold, voices=voices, faces=faces).records) == 18


def test_a_fold_of_ravdess_keeps_ravdess_folds() -> None:
    heard = [voice(a, label, 0) for a in range(1, 25) for label in LABELS]
    seen = [face(part, label, n) for part in PARTS for label in LABELS for n in range(9)]
    made = compose(
        Manifest("ravdess", Path("/v"), LABELS, tuple(heard)),
        Manifest("fer2013", Path("/f"), LABELS, tuple(seen)),
        seed=0,
    )
    paired = evenly(made, corpus_folds(made)[0])
    assert paired.name == "composite-ravdess-fer2013-clarity"
    assert corpus_folds(paired).digest == corpus_folds(made).digest


def test_what_is_wrong_is_told_in_one_line(made: Manifest) -> None:
    voices, faces = (dict.fromkeys(names(made, half), 1.0) for half in ("voice", "face"))
    with pytest.raises(CorpusError, match="'sideways' is neither shared nor opposed"):
        pair_by_clarity(made, FOLD, voices=voices, faces=faces, order="sideways")
    used = sorted({r.extra["face"] for part in select(made, FOLD) for r in part})
    lost = {name: value for name, value in faces.items() if name != used[3]}
    with pytest.raises(CorpusError, match=f"{len(used)} of {len(used)} faces have no clarity, "):
        pair_by_clarity(made, FOLD, voices=voices, faces={})
    with pytest.raises(CorpusError, match=f"1 of {len(used)} faces have no clarity, '{used[3]}'"):
        pair_by_clarity(made, FOLD, voices=voices, faces=lost)
    with pytest.raises(CorpusError, match="clarity of voice 'v1-happy-0' is no number"):
        pair_by_clarity(made, FOLD, voices=voices | {"v1-happy-0": float("nan")}, faces=faces)
    alone = tuple(voice(a, label, 0) for a in range(1, 5) for label in LABELS)
    single = Manifest("voices", Path("/sounds"), LABELS, alone)
    with pytest.raises(CorpusError, match="'v3-happy-0' names no voice, face and part"):
        pair_by_clarity(single, FOLD, voices=voices, faces=faces)
    with pytest.raises(CorpusError, match="has no actors 9"):
        pair_by_clarity(made, Fold("x", ("9",), ("2",), ("1",)), voices=voices, faces=faces)
