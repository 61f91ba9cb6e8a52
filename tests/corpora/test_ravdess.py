"""RAVDESS: names, pairing by trial, and the real recordings."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.common.errors import CorpusError
from mrpn.corpora import (
    EMOTIONS,
    ClipRecord,
    Manifest,
    check_corpus,
    corpus_folds,
    ravdess_folds,
    select,
)
from mrpn.corpora.ravdess import read_ravdess

Touch = Callable[..., Path]
Pack = Callable[[Path], Path]

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


@pytest.mark.parametrize(
    ("modality", "expected"),
    [
        ("auto", {"1": ("01", "01"), "2": ("02", "03"), "3": (None, "03")}),
        ("01", {"1": ("01", "01")}),
        ("02+03", {"1": ("02", "03"), "2": ("02", "03")}),
        ("03", {"1": (None, "03"), "2": (None, "03"), "3": (None, "03")}),
    ],
)
def test_a_trial_is_made_of_the_files_asked_for_or_left_out(
    touch: Touch, modality: Any, expected: dict[str, tuple[str | None, str | None]]
) -> None:
    there = {"1": ("01", "02", "03"), "2": ("02", "03"), "3": ("03",)}
    names = [f"{m}-01-01-01-01-01-0{a}{SUFFIX[m]}" for a, ms in there.items() for m in ms]
    manifest = read_ravdess(touch(*names), modality=modality)
    found = {r.actor: (r.video and r.video[:2], r.audio and r.audio[:2]) for r in manifest.records}
    assert found == expected
    left_out = [note for note in manifest.notes if "without all files" in note]
    assert len(left_out) == (len(expected) < 3)


def test_a_folder_without_the_modality_says_so(touch: Touch) -> None:
    with pytest.raises(CorpusError, match="no RAVDESS speech trials of modality 01; looked for"):
        read_ravdess(touch("03-01-05-01-02-01-12.wav"), modality="01")


def test_speech_and_song_together_are_a_corpus_of_their_own(touch: Touch) -> None:
    folder = touch("03-01-05-01-02-01-12.wav", "03-02-05-01-02-01-12.wav")
    both = read_ravdess(folder, channel="both")
    assert (both.name, len(both.records), both.classes) == ("ravdess-both", 2, EMOTIONS)
    assert [r.extra["channel"] for r in both.records] == ["speech", "song"]
    assert both.notes == ()


def all_names(channel: str) -> list[str]:
    """The names of all recordings of sound: song lacks two emotions, and actor 18 did not sing."""
    emotions = range(1, 9 if channel == "01" else 7)
    return [
        f"03-{channel}-0{emotion}-0{intensity}-0{statement}-0{repetition}-{actor:02d}"
        for actor in range(1, 25)
        if channel == "01" or actor != 18
        for emotion in emotions
        for intensity in ((1,) if emotion == 1 else (1, 2))
        for statement in (1, 2)
        for repetition in (1, 2)
    ]


def test_all_trials_agree_with_the_published_counts(touch: Touch) -> None:
    assert [len(all_names("01")), len(all_names("02"))] == [1440, 1012]
    folder = touch(*(f"{name}.wav" for name in all_names("01") + all_names("02")))
    for channel in ("speech", "song", "both"):
        manifest = read_ravdess(folder, channel=channel)  # type: ignore[arg-type]
        assert check_corpus(manifest).off == ()
        assert [f.name for f in corpus_folds(manifest)] == [f.name for f in ravdess_folds()]
    song = corpus_folds(read_ravdess(folder, channel="song"))
    assert song["A17,18"].test == ("17",)
    assert song["A15,16"].validation == ("17",)


def test_zipped_unpacked_and_mixed_make_the_same_corpus(touch: Touch, zipped: Pack) -> None:
    names = [f"Actor_{name[-2:]}/{name}.wav" for name in all_names("01")[:90]]
    folder = touch(*(f"plain/{name}" for name in names)) / "plain"
    plain = read_ravdess(folder)
    packed = zipped(folder)
    inside = read_ravdess(packed)
    assert inside.records[0].audio == f"All.zip/{names[0]}"
    assert inside.digest == plain.digest == read_ravdess(packed / "All.zip").digest
    for name in names[:30]:
        (packed / name).parent.mkdir(exist_ok=True)
        (packed / name).touch()
    mixed = read_ravdess(packed)
    assert mixed.digest == plain.digest
    assert {str(r.audio) for r in mixed.records if "zip" not in str(r.audio)} == set(names[:30])
    assert mixed.notes[0].startswith("30 files of a trial and modality that are there already")


def test_a_folder_without_trials_says_what_was_looked_for(touch: Touch) -> None:
    with pytest.raises(CorpusError, match=r"no RAVDESS speech trials; looked for .* found 0 media"):
        read_ravdess(touch())
    with pytest.raises(CorpusError, match="found 1 media files, no such trial"):
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
def test_the_check_of_the_real_corpus_finds_its_identical_pair(recordings: Path) -> None:
    manifest = read_ravdess(recordings / "Audio_Speech_Actors_01-24")
    found = check_corpus(manifest, thorough=True)
    assert found.fine
    assert found.clips == 1440
    (pair,) = found.twins
    assert pair.clips == ("03-01-03-01-02-01-07", "03-01-03-01-02-02-07")
    assert (pair.actors, pair.classes, pair.partitions) == (("7",), ("happy",), ())
    assert found.durations is not None
    assert found.durations.clips == 1440
    assert 2.9 < found.durations.shortest < found.durations.median < found.durations.longest < 5.3


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
