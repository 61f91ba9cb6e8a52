"""CREMA-D: names, media, labels, pointers, and the real tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    ClipRecord,
    Manifest,
    check_corpus,
    corpus_folds,
    crema_d_folds,
    read_corpus,
    soft_labels,
)
from mrpn.corpora.crema_d import BROKEN, crema_d_remarks, read_crema_d

Touch = Callable[..., Path]
Pack = Callable[[Path], Path]
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
CLIPS = ("1001_DFA_ANG_XX", "1001_IEO_HAP_LO", "1002_DFA_SAD_XX", "1076_MTI_SAD_XX")
VOTED = {
    "1001_DFA_ANG_XX": ("5,0,0,1,4,0", "1,5,0,0,0,0", "9,0,0,0,0,0"),
    "1001_IEO_HAP_LO": ("0,0,0,3,3,0", "0,0,0,8,1,0", "0,0,0,5,4,0"),
    "1002_DFA_SAD_XX": ("0,0,1,0,2,6", "0,0,0,0,5,4", "0,0,0,0,4,4"),
    "1076_MTI_SAD_XX": ("0,1,0,0,5,3", "0,0,0,0,0,9", "0,0,1,0,1,8"),
}


@pytest.fixture
def corpus(touch: Touch) -> Path:
    """Four clips in the official layout with both tables, one of them known to be broken."""
    folder = touch(
        *(f"c/{place}/{CLIPS[0]}.{s}" for place, s in (("VideoFlash", "flv"), ("AudioWAV", "wav"))),
        f"c/AudioWAV/{CLIPS[1]}.wav",
        f"c/AudioMP3/{CLIPS[1]}.mp3",
        f"c/AudioMP3/{CLIPS[2]}.mp3",
        f"c/VideoFlash/{CLIPS[3]}.flv",
        "c/processedResults/x.txt",
    )
    folder = folder / "c"
    rows = [f'{number},"{clip}"' for number, clip in enumerate(CLIPS, 1)]
    (folder / "SentenceFilenames.csv").write_text(
        "\n".join(('"Stimulus_Number","Filename"', *rows)) + "\n"
    )
    votes = [
        f'"{mode}0000{number}",{VOTED[clip][mode - 1]},"{clip}",9'
        for mode in (1, 2, 3)
        for number, clip in enumerate(CLIPS, 1)
    ]
    (folder / "processedResults" / "tabulatedVotes.csv").write_text(
        "\n".join(('"","A","D","F","H","N","S","fileName","numResponses"', *votes)) + "\n"
    )
    return folder


def media(manifest: Manifest) -> dict[str, tuple[str | None, str | None]]:
    return {record.id: (record.video, record.audio) for record in manifest.records}


def test_a_clip_tells_all_that_its_name_and_the_tables_say(corpus: Path) -> None:
    manifest = read_crema_d(corpus)
    assert manifest.name == "crema-d"
    assert manifest.classes == ("neutral", "happy", "sad", "angry", "fearful", "disgust")
    assert manifest.records[0] == ClipRecord(
        id="1001_DFA_ANG_XX",
        label="angry",
        actor="1001",
        sex="male",
        video="VideoFlash/1001_DFA_ANG_XX.flv",
        audio="VideoFlash/1001_DFA_ANG_XX.flv",
        extra={
            "acted": "angry",
            "level": "unspecified",
            "sentence": "DFA",
            "votes.neutral": "0",
            "votes.happy": "0",
            "votes.sad": "0",
            "votes.angry": "9",
            "votes.fearful": "0",
            "votes.disgust": "0",
        },
    )
    assert [record.sex for record in manifest.records] == ["male", "male", "female"]
    assert manifest.records[1].extra["level"] == "low"


def test_picture_and_sound_come_from_the_best_file_and_broken_clips_are_left_out(
    corpus: Path,
) -> None:
    manifest = read_crema_d(corpus)
    assert media(manifest) == {
        CLIPS[0]: (f"VideoFlash/{CLIPS[0]}.flv", f"VideoFlash/{CLIPS[0]}.flv"),
        CLIPS[1]: (None, f"AudioWAV/{CLIPS[1]}.wav"),
        CLIPS[2]: (None, f"AudioMP3/{CLIPS[2]}.mp3"),
    }
    assert manifest.notes == (f"{CLIPS[3]} left out: {BROKEN[CLIPS[3]]}",)


def test_clips_without_media_are_left_out_or_listed_with_what_they_should_have(
    corpus: Path,
) -> None:
    (corpus / "AudioMP3" / f"{CLIPS[2]}.mp3").unlink()
    manifest = read_crema_d(corpus)
    assert list(media(manifest)) == list(CLIPS[:2])
    assert f"1 clip without media left out, {CLIPS[2]}" in manifest.notes
    listed = read_crema_d(corpus, missing="list")
    assert media(listed) == {
        CLIPS[0]: (f"VideoFlash/{CLIPS[0]}.flv", f"VideoFlash/{CLIPS[0]}.flv"),
        CLIPS[1]: (f"VideoFlash/{CLIPS[1]}.flv", f"AudioWAV/{CLIPS[1]}.wav"),
        CLIPS[2]: (f"VideoFlash/{CLIPS[2]}.flv", f"VideoFlash/{CLIPS[2]}.flv"),
    }
    assert check_corpus(listed).missing == tuple(f"VideoFlash/{clip}.flv" for clip in CLIPS[1:3])


@pytest.mark.parametrize(
    ("raters", "labels"),
    [
        ("both", {CLIPS[0]: "angry", CLIPS[1]: "happy"}),
        ("voice", {CLIPS[0]: "angry", CLIPS[2]: "sad"}),
        ("face", {CLIPS[0]: "disgust", CLIPS[1]: "happy", CLIPS[2]: "neutral"}),
    ],
)
def test_labels_by_plurality_are_the_raters_and_ties_are_left_out(
    corpus: Path, raters: Any, labels: dict[str, str]
) -> None:
    manifest = read_crema_d(corpus, labels="plurality", raters=raters)
    assert manifest.name == f"crema-d-plurality-{raters}"
    assert {record.id: record.label for record in manifest.records} == labels
    tied = [clip for clip in CLIPS[:3] if clip not in labels]
    noted = [note for note in manifest.notes if "without a plurality" in note]
    assert noted == [
        f"1 clip without a plurality of the raters ({raters}) left out, {c}" for c in tied
    ]


def test_soft_labels_are_the_shares_of_the_chosen_raters(corpus: Path) -> None:
    shares = soft_labels(read_crema_d(corpus, raters="voice"))
    assert np.allclose(shares[0], [0.4, 0.1, 0, 0.5, 0, 0])
    assert np.allclose(shares[2], [2 / 9, 0, 6 / 9, 0, 1 / 9, 0])


def test_pointers_are_passed_over_for_real_media_and_named(corpus: Path) -> None:
    for place, clip in (("VideoFlash", 0), ("VideoFlash", 1), ("AudioMP3", 2)):
        suffix = "flv" if place == "VideoFlash" else "mp3"
        (corpus / place / f"{CLIPS[clip]}.{suffix}").write_text(POINTER)
    manifest = read_crema_d(corpus)
    assert media(manifest) == {
        CLIPS[0]: (None, f"AudioWAV/{CLIPS[0]}.wav"),
        CLIPS[1]: (None, f"AudioWAV/{CLIPS[1]}.wav"),
    }
    assert any("3 files are Git LFS pointers" in note for note in manifest.notes)
    assert any("`git lfs pull`" in note for note in manifest.notes)
    found = check_corpus(read_crema_d(corpus, missing="list"))
    assert found.pointers == (
        f"AudioMP3/{CLIPS[2]}.mp3",
        *(f"VideoFlash/{clip}.flv" for clip in CLIPS[:2]),
    )
    assert found.missing == ()


def test_a_clone_of_nothing_but_pointers_says_what_to_do(touch: Touch, tmp_path: Path) -> None:
    (tmp_path / "1001_DFA_ANG_XX.flv").write_text(POINTER)
    with pytest.raises(CorpusError, match=r"1 file is a Git LFS pointer, .* `git lfs pull`"):
        read_crema_d(tmp_path)
    with pytest.raises(CorpusError, match="no clips of CREMA-D; looked for media with names like"):
        read_crema_d(touch("empty/holiday.mp4") / "empty")


def test_without_tables_the_clips_are_those_found_and_have_no_votes(touch: Touch) -> None:
    folder = touch("1001_DFA_ANG_XX.wav", "1091_ITH_SAD_X.mp4", "1092_DFA_ANG_XX.wav", "x.wav")
    manifest = read_crema_d(folder)
    assert media(manifest) == {
        "1001_DFA_ANG_XX": (None, "1001_DFA_ANG_XX.wav"),
        "1091_ITH_SAD_XX": ("1091_ITH_SAD_X.mp4", "1091_ITH_SAD_X.mp4"),
    }
    assert manifest.notes == (
        "2 files outside CREMA-D's naming scheme and list left out, 1092_DFA_ANG_XX.wav among them",
        "no tabulatedVotes.csv here, so no votes and no soft labels",
    )
    with pytest.raises(CorpusError, match=r"labels by plurality need processedResults/tabulated"):
        read_crema_d(folder, labels="plurality")


def test_the_zip_of_its_repository_makes_the_same_corpus(corpus: Path, zipped: Pack) -> None:
    packed = zipped(corpus.parent)
    assert read_crema_d(packed).digest == read_crema_d(corpus).digest
    assert read_crema_d(packed / "All.zip").records[0].video == f"c/VideoFlash/{CLIPS[0]}.flv"
    assert media(read_crema_d(packed / "All.zip", missing="list"))[CLIPS[2]][0] == (
        f"c/VideoFlash/{CLIPS[2]}.flv"
    )


def test_tables_that_are_not_as_they_should_be_are_one_clear_line(corpus: Path) -> None:
    votes, clips = corpus / "processedResults/tabulatedVotes.csv", corpus / "SentenceFilenames.csv"
    good = votes.read_text()
    for text, line in (
        (good.replace('"300001",9', '"300001",x'), "line 10 is no row of votes"),
        (good.replace('"300001"', '"400001"'), "line 10 is no row of votes"),
        (good.replace('"fileName"', '"file"'), "no column 'fileName'; download the table again"),
        (good[: good.index("1076_MTI_SAD_XX") - 3], "cut off at line 5"),
        (POINTER, "no column ''; .* may hold a pointer"),
    ):
        votes.write_text(text)
        with pytest.raises(CorpusError, match=rf"tabulatedVotes\.csv: {line}"):
            read_crema_d(corpus)
    votes.unlink()
    clips.write_bytes(b'"Filename"\n\xff\xfe\n')
    with pytest.raises(CorpusError, match=r"SentenceFilenames\.csv: cannot read the table"):
        read_crema_d(corpus)


@pytest.fixture(scope="module")
def real(data: Path) -> Path:
    if not (data / "crema-d").is_dir():
        pytest.skip(f"no CREMA-D in {data}")
    return data / "crema-d"


@pytest.mark.data
def test_the_real_list_has_the_published_counts_with_six_pictures_there(real: Path) -> None:
    manifest = read_corpus("crema-d", real, missing="list")
    found = check_corpus(manifest, thorough=True)
    assert (found.off, found.broken, found.twins) == ((), {}, ())
    assert found.clips == 7442 - len(BROKEN)
    assert len(found.missing) == 7442 - len(BROKEN) - 6
    assert found.by_media == {"nothing": 7426, "picture and sound": 6, "sound alone": 6}
    assert found.durations is not None
    assert found.durations.clips == 12
    assert found.remarks[0] == "7,442 clips are listed, 4 of them known to be broken"
    assert corpus_folds(manifest) == crema_d_folds()


@pytest.mark.data
def test_the_raters_agree_with_the_actors_as_published(real: Path) -> None:
    remarks = crema_d_remarks(read_crema_d(real))
    shares = {line.split("(")[1].split(")")[0]: line.split(" in ")[1][:5] for line in remarks[1:]}
    assert shares == {"voice": "41.6%", "face": "66.3%", "both": "72.2%"}


@pytest.mark.data
@pytest.mark.parametrize("raters", ["both", "voice", "face"])
def test_the_real_pluralities_have_their_counts(real: Path, raters: Any) -> None:
    manifest = read_crema_d(real, labels="plurality", raters=raters, missing="list")
    assert check_corpus(manifest).off == ()
    shares = soft_labels(manifest)
    assert np.allclose(shares.sum(axis=1), 1)
    labels = [manifest.classes.index(record.label) for record in manifest.records]
    assert np.array_equal(shares.argmax(axis=1), labels)


@pytest.mark.data
def test_the_sexes_are_those_of_the_real_table(real: Path) -> None:
    rows = (real / "VideoDemographics.csv").read_text().splitlines()[1:]
    told = {row.split(",")[0]: row.split(",")[2].strip('"').lower() for row in rows}
    manifest = read_crema_d(real, missing="list")
    assert {record.actor: record.sex for record in manifest.records} == told
