"""RAVDESS: names, pairing by trial, and the real recordings."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.common.errors import CorpusError
from mrpn.corpora import EMOTIONS, ClipRecord, Manifest, check_corpus, ravdess_folds, select
from mrpn.corpora.ravdess import read_ravdess

Touch = Callable[..., Path]

TRIALS = ("01-01-01-01-01-01", "01-05-02-01-02-12", "01-08-01-02-01-23")
SUFFIX = {"01": ".mp4", "02": ".mp4", "03": ".wav"}


def only(manifest: Manifest) -> ClipRecord:
    (record,) = manifest.records
    return record


def test_a_name_tells_label_actor_sex_and_the_rest(touch: Touch) -> None:
    record = only(read_ravdess(touch("Actor_12/01-01-05-02-01-02-12.mp4")))
    assert record == ClipRecord(
        id="01-01-05-02-01-02-12",
        label="angry",
        actor="12",
        sex="female",
        video="Actor_12/01-01-05-02-01-02-12.mp4",
        audio="Actor_12/01-01-05-02-01-02-12.mp4",
        extra={
            "channel": "speech",
            "intensity": "strong",
            "statement": "kids",
            "repetition": "2",
        },
    )


@pytest.mark.parametrize(
    ("modalities", "video", "audio"),
    [
        (("01", "02", "03"), "01", "01"),
        (("01", "03"), "01", "01"),
        (("01",), "01", "01"),
        (("02", "03"), "02", "03"),
        (("02",), "02", None),
        (("03",), None, "03"),
    ],
)
def test_a_trial_counts_once_with_picture_and_sound_from_the_best_files(
    touch: Touch, modalities: tuple[str, ...], video: str | None, audio: str | None
) -> None:
    names = {m: f"{m}-{TRIALS[0]}{SUFFIX[m]}" for m in modalities}
    record = only(read_ravdess(touch(*names.values())))
    assert record.video == (names[video] if video else None)
    assert record.audio == (names[audio] if audio else None)
    assert record.id == f"{video or audio}-{TRIALS[0]}"


FILES = st.sets(
    st.tuples(
        st.sampled_from(TRIALS),
        st.sampled_from(sorted(SUFFIX)),
        st.sampled_from(["", "Actor_01", "Actor_12", "video/Actor_23", "copy"]),
    ),
    min_size=1,
)


@settings(max_examples=40, deadline=None)
@given(FILES)
def test_files_lie_anywhere_and_any_number_of_times_yet_make_one_clip_a_trial(
    files: set[tuple[str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        for trial, modality, place in files:
            folder = Path(name) / place
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{modality}-{trial}{SUFFIX[modality]}").touch()
        manifest = read_ravdess(Path(name))
        assert sorted(r.id[3:] for r in manifest.records) == sorted({f[0] for f in files})
        for record in manifest.records:
            there = {modality for trial, modality, _ in files if trial == record.id[3:]}
            assert (record.video is not None) == bool(there & {"01", "02"})
            assert (record.audio is not None) == bool(there & {"01", "03"})
            for address in filter(None, (record.video, record.audio)):
                assert (manifest.root / address).is_file()
                assert record.id[3:] in address
        distinct = {(trial, modality) for trial, modality, _ in files}
        repeats = len(files) - len(distinct)
        noted = [n for n in manifest.notes if "are there already" in n]
        assert (noted == []) == (repeats == 0)


def test_of_one_trials_copies_that_in_its_actors_folder_is_taken_and_noted(touch: Touch) -> None:
    name = "03-01-05-01-02-01-12.wav"
    manifest = read_ravdess(touch(name, f"deep/in/Actor_12/{name}", f"Actor_01/{name}"))
    assert only(manifest).audio == f"deep/in/Actor_12/{name}"
    assert manifest.notes[0].startswith("2 files of a trial and modality that are there already")


@pytest.mark.parametrize(
    "name",
    [
        "holiday.mp4",
        "03-01-09-01-01-01-01.wav",
        "03-01-05-01-01-01-25.wav",
        "04-01-05-01-01-01-01.wav",
        "03-01-05-01-01-01.wav",
        "03-01-05-01-01-01-01 (1).wav",
        "01-01-05-01-01-01-01.wav",
    ],
)
def test_a_file_outside_the_scheme_is_left_out_and_noted(touch: Touch, name: str) -> None:
    manifest = read_ravdess(touch("03-01-05-01-02-01-12.wav", name, "README.txt"))
    assert len(manifest.records) == 1
    assert manifest.notes == (f"1 file outside RAVDESS's naming scheme left out, {name}",)


def test_song_is_an_option_with_six_classes(touch: Touch) -> None:
    folder = touch("03-01-05-01-02-01-12.wav", "03-02-05-01-02-01-12.wav")
    speech, song = read_ravdess(folder), read_ravdess(folder, channel="song")
    assert (speech.name, only(speech).id) == ("ravdess", "03-01-05-01-02-01-12")
    assert (song.name, only(song).id) == ("ravdess-song", "03-02-05-01-02-01-12")
    assert song.classes == ("neutral", "calm", "happy", "sad", "angry", "fearful")
    assert "1 file of another vocal channel than speech left out" in speech.notes[0]


def test_a_folder_without_trials_says_what_was_looked_for(touch: Touch) -> None:
    with pytest.raises(CorpusError, match=r"no RAVDESS speech trials; looked for .* found 0 media"):
        read_ravdess(touch())
    with pytest.raises(CorpusError, match="found 1 media files of other names"):
        read_ravdess(touch("holiday.mp4"))


@pytest.fixture
def recordings(data: Path) -> Path:
    folder = data / "ravdess"
    if not folder.is_dir():
        pytest.skip(f"no RAVDESS in {data}")
    return folder


@pytest.mark.data
@pytest.mark.parametrize("place", [".", "Audio_Speech_Actors_01-24"])
def test_the_real_corpus_has_the_published_counts(recordings: Path, place: str) -> None:
    manifest = read_ravdess(recordings / place)
    assert len(manifest.records) == 1440
    assert len(manifest.actors) == 24
    assert manifest.classes == EMOTIONS
    assert list(manifest.counts().values()) == [96] + 7 * [192]
    assert check_corpus(manifest).fine
    assert len(manifest.notes) == (2 if place == "." else 0)


@pytest.mark.data
def test_the_real_corpus_in_twelve_folds_of_120(recordings: Path) -> None:
    manifest = read_ravdess(recordings)
    parts = [select(manifest, fold) for fold in ravdess_folds()]
    assert [[len(part) for part in fold] for fold in parts] == 12 * [[1200, 120, 120]]
    assert len({clip.id for fold in parts for clip in fold.test}) == 1440


@pytest.mark.data
def test_unpacked_wavs_make_the_same_clips_as_the_flacs(recordings: Path, tmp_path: Path) -> None:
    flacs = read_ravdess(recordings / "Audio_Speech_Actors_01-24")
    for record in flacs.records:
        wav = tmp_path / str(record.audio)
        wav.parent.mkdir(exist_ok=True)
        wav.with_suffix(".wav").touch()
    wavs = read_ravdess(tmp_path)
    assert [r.id for r in wavs.records] == [r.id for r in flacs.records]


@pytest.mark.data
@pytest.mark.parametrize("stem", ["03-01-02-01-01-02-01", "03-01-03-01-02-01-20"])
def test_the_stereo_originals_read_as_mono_like_their_resampled_twins(
    recordings: Path, stem: str
) -> None:
    from mrpn.media import read_audio

    originals = read_ravdess(recordings / "original_48k")
    record = next(r for r in originals.records if r.id == stem)
    wave = read_audio(originals.root / str(record.audio))
    twin = read_audio(next((recordings / "Audio_Speech_Actors_01-24").rglob(f"{stem}.flac")))
    assert wave.ndim == 1
    assert abs(len(wave) - len(twin)) <= 16
    length = min(len(wave), len(twin))
    assert np.corrcoef(wave[:length], twin[:length])[0, 1] > 0.99
