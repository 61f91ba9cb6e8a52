"""SAVEE: both layouts, pairing, and the published counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import ClipRecord, check_corpus, corpus_folds, savee_folds
from mrpn.corpora.savee import SPEAKERS, read_savee

Touch = Callable[..., Path]
ALL = [
    f"{emotion}{number:02d}"
    for emotion in ("a", "d", "f", "h", "n", "sa", "su")
    for number in range(1, 31 if emotion == "n" else 16)
]


@pytest.mark.parametrize("name", ["{}_{}.wav", "AudioData/{}/{}.wav", "AudioVisualClip/{}/{}.avi"])
def test_every_layout_has_the_published_counts(touch: Touch, name: str) -> None:
    folder = touch(*(name.format(speaker, clip) for speaker in SPEAKERS for clip in ALL))
    manifest = read_savee(folder)
    assert len(manifest.records) == 480
    assert (check_corpus(manifest).off, manifest.notes) == ((), ())
    assert corpus_folds(manifest) == savee_folds()


def test_picture_and_sound_of_a_sentence_are_one_clip(touch: Touch) -> None:
    manifest = read_savee(touch("AudioData/KL/sa07.wav", "AudioVisualClip/KL/sa07.avi"))
    assert manifest.records == (
        ClipRecord(
            id="KL_sa07",
            label="sad",
            actor="KL",
            sex="male",
            video="AudioVisualClip/KL/sa07.avi",
            audio="AudioData/KL/sa07.wav",
        ),
    )
    (alone,) = read_savee(touch("x/KL_su01.mp4")).records[1:]
    assert (alone.label, alone.video, alone.audio) == ("surprised", "x/KL_su01.mp4", alone.video)


def test_files_of_other_names_are_left_out_and_noted(touch: Touch) -> None:
    manifest = read_savee(touch("DC_a01.wav", "a02.wav", "XX_a01.wav", "DC/x01.wav", "DC_a1.wav"))
    assert [record.id for record in manifest.records] == ["DC_a01"]
    assert manifest.notes == (
        "4 files outside SAVEE's naming scheme left out, DC/x01.wav among them",
    )
    with pytest.raises(CorpusError, match=r"no clips of SAVEE; looked for media named like DC_a01"):
        read_savee(manifest.root / "DC")
