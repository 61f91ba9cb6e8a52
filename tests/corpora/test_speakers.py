"""Speakers in VoxCeleb's and LibriSpeech's layouts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import ClipRecord, check_corpus
from mrpn.corpora.speakers import read_librispeech, read_voxceleb

Touch = Callable[..., Path]


def test_an_utterance_of_voxceleb_is_one_clip_over_its_folders(touch: Touch) -> None:
    folder = touch(
        "dev/aac/id00012/21Uxsk56VDQ/00001.m4a",
        "dev/mp4/id00012/21Uxsk56VDQ/00001.mp4",
        "wav/id10001/-x_1/00002.wav",
        "test/mp4/id10001/-x_1/00003.mp4",
        "dev/id1/a/00001.wav",
    )
    (folder / "vox1_meta.csv").write_text(
        "VoxCeleb1 ID\tVGGFace1 ID\tGender\tNationality\tSet\n"
        "id10001\tA.J._Buckley\tm\tIreland\tdev\n"
    )
    (folder / "vox2_meta.csv").write_text("VoxCeleb2 ID ,Name ,Gender ,Set \nid00012 ,M ,f ,dev \n")
    manifest = read_voxceleb(folder)
    assert manifest.classes == ("id00012", "id10001")
    first, second, third = manifest.records
    assert first == ClipRecord(
        id="id00012-21Uxsk56VDQ-00001",
        label="id00012",
        actor="id00012",
        sex="female",
        video="dev/mp4/id00012/21Uxsk56VDQ/00001.mp4",
        audio="dev/aac/id00012/21Uxsk56VDQ/00001.m4a",
        extra={"session": "21Uxsk56VDQ", "number": "00001"},
    )
    assert (second.id, second.sex, second.video) == ("id10001--x_1-00002", "male", None)
    assert third.audio == third.video == "test/mp4/id10001/-x_1/00003.mp4"
    assert manifest.notes == (
        "1 file outside the layout of voxceleb left out, dev/id1/a/00001.wav",
    )


def test_librispeech_is_read_by_the_files_names_whatever_the_folders(touch: Touch) -> None:
    folder = touch(
        "train/103/1240/103-1240-0001.flac", "14/14-208-0000.flac", "103-1240-0000.flac", "x.flac"
    )
    (folder / "SPEAKERS.TXT").write_text(
        ";ID  |SEX| SUBSET           |MINUTES| NAME\n14   | F | train-clean-360  | 25.03 | K\n"
    )
    manifest = read_librispeech(folder)
    assert manifest.classes == ("14", "103")
    assert [(r.id, r.label, r.actor, r.sex) for r in manifest.records] == [
        ("14-208-0000", "14", "14", "female"),
        ("103-1240-0000", "103", "103", None),
        ("103-1240-0001", "103", "103", None),
    ]
    assert manifest.notes == ("1 file outside the layout of librispeech left out, x.flac",)


def test_a_folder_of_something_else_says_what_was_looked_for(touch: Touch) -> None:
    folder = touch("holiday.mp4")
    with pytest.raises(CorpusError, match=r"looked for media like id10001/VIDEO/00001\.wav"):
        read_voxceleb(folder)
    with pytest.raises(CorpusError, match=r"looked for sound files like 103/1240/103-1240-0000"):
        read_librispeech(folder)


@pytest.mark.data
def test_the_real_utterances_are_read_and_open(data: Path) -> None:
    if not (data / "librispeech").is_dir():
        pytest.skip(f"no LibriSpeech in {data}")
    manifest = read_librispeech(data / "librispeech")
    assert (len(manifest.records), len(manifest.actors)) == (351, 261)
    found = check_corpus(manifest, thorough=True)
    assert found.fine
    assert found.durations is not None
    assert found.durations.longest <= 8.0
