"""Preparing: every source once, failures as rows, nothing done twice, nothing foreign touched."""

import os
import pickle
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mrpn.common.errors import CorpusError, MediaError
from mrpn.corpora.manifest import Manifest
from mrpn.media import ClipSettings, read_clip
from mrpn.preparation import PreparedCorpus
from mrpn.preparation import prepare as prepare_corpus
from mrpn.preparation.entry import JOURNAL, VIDEO, read_journal
from mrpn.preparation.reading import Reading, Task, read_source

Clips = Callable[..., Manifest]
prepare_module = sys.modules["mrpn.preparation.prepare"]
# In this process, where the tests can look; crops to the bit.
prepare = partial(prepare_corpus, workers=0, form="raw")


@pytest.fixture
def three(media: Path, manifest_of: Clips) -> Manifest:
    """A film with sound, a face with a voice, and the same voice with another face."""
    return manifest_of(
        media,
        film=("film-0.mp4", "film-0.mp4"),
        one=("face-1.png", "voice-1.wav"),
        other=("face-2.png", "voice-1.wav"),
    )


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, str | None]]:
    """Every call to read a clip, by the names of its files."""
    calls: list[tuple[str | None, str | None]] = []

    def counted(task: Task) -> Reading:
        calls.append((task.video and task.video.name, task.audio and task.audio.name))
        return read_source(task)

    monkeypatch.setattr(prepare_module, "read_source", counted)
    return calls


def test_a_prepared_clip_holds_what_reading_its_files_gives(
    three: Manifest, settings: ClipSettings, tmp_path: Path
) -> None:
    corpus = prepare(three, tmp_path / "p", settings)
    assert [clip.record.id for clip in corpus.clips] == ["film", "one", "other"]
    for clip in corpus.clips:
        found = corpus.read(clip)
        paths = three.path(clip.record.video), three.path(clip.record.audio)
        expected = read_clip(*paths, settings)
        assert np.array_equal(found.frames, expected.frames)
        np.testing.assert_allclose(found.audio, expected.audio, atol=2e-5)
        np.testing.assert_allclose(found.times, expected.times, atol=1e-4)
        np.testing.assert_allclose(found.boxes, expected.boxes, atol=0.01)
        assert found.duration == expected.duration
        assert found.looked_at == expected.looked_at
    assert [clip.still for clip in corpus.clips] == [False, True, True]


def test_a_shared_voice_is_read_and_stored_once(
    three: Manifest, settings: ClipSettings, tmp_path: Path, reads: list[Any]
) -> None:
    corpus = prepare(three, tmp_path / "p", settings)
    assert reads.count((None, "voice-1.wav")) == 1
    assert len(reads) == 4
    assert corpus.find("one").audio == corpus.find("other").audio


def test_a_finished_corpus_is_not_read_again(
    three: Manifest, settings: ClipSettings, tmp_path: Path, reads: list[Any]
) -> None:
    prepare(three, tmp_path / "p", settings)
    reads.clear()
    assert len(prepare(three, tmp_path / "p", settings)) == 3
    assert reads == []


def test_only_what_changed_is_read_again(
    three: Manifest,
    settings: ClipSettings,
    tmp_path: Path,
    reads: list[Any],
) -> None:
    prepare(three, tmp_path / "p", settings)
    reads.clear()
    os.utime(three.root / "face-1.png", ns=(1, 1))
    prepare(three, tmp_path / "p", settings)
    assert reads == [("face-1.png", None)]


def test_other_settings_prepare_anew(
    three: Manifest, settings: ClipSettings, tmp_path: Path, reads: list[Any]
) -> None:
    prepare(three, tmp_path / "p", settings)
    reads.clear()
    larger = settings.model_copy(update={"size": 24})
    corpus = prepare(three, tmp_path / "p", larger)
    assert len(reads) == 4
    assert corpus.settings == larger
    assert corpus.read(corpus.clips[0]).frames.shape[1:] == (24, 24, 3)
    assert len(read_journal(tmp_path / "p")[0]) == 4


def test_processes_write_the_bytes_that_one_writes(
    make_media: Callable[..., Path],
    manifest_of: Clips,
    settings: ClipSettings,
    tmp_path: Path,
    bytes_of: Callable[[Path], dict[str, bytes]],
) -> None:
    root = make_media(tmp_path / "m", 5)
    (root / "film-3.mp4").write_bytes(b"not a film")
    manifest = manifest_of(root, **{f"c{i}": (f"film-{i}.mp4", f"film-{i}.mp4") for i in range(5)})
    for workers in (0, 2):
        prepare_corpus(manifest, tmp_path / f"p{workers}", settings, workers=workers)
    assert bytes_of(tmp_path / "p0") == bytes_of(tmp_path / "p2")


def test_what_cannot_be_read_is_a_row_and_the_rest_goes_on(
    media: Path, manifest_of: Clips, settings: ClipSettings, tmp_path: Path
) -> None:
    (media / "empty.wav").write_bytes(b"")
    (media / "text.wav").write_text("no sound at all\n" * 99, encoding="utf-8")
    (media / "cut.mp4").write_bytes((media / "film-0.mp4").read_bytes()[:900])
    manifest = manifest_of(
        media,
        good=("film-1.mp4", "film-1.mp4"),
        empty=(None, "empty.wav"),
        text=("face-1.png", "text.wav"),
        cut=("cut.mp4", "cut.mp4"),
        gone=(None, "gone.wav"),
    )
    corpus = prepare(manifest, tmp_path / "p", settings)
    rows = corpus.problems().set_index("clip")
    assert sorted(rows.index) == ["cut", "empty", "gone", "text"]
    assert rows["usable"].to_dict() == {"cut": False, "empty": False, "gone": False, "text": True}
    for name, row in rows.iterrows():
        assert f"{name}." in row["reason"]
        assert "\n" not in row["reason"]
    summary = corpus.summary()
    assert (summary["clips"], summary["usable"]) == (5, 2)
    assert len(corpus.read(corpus.find("text")).frames) == 1
    assert len(corpus.read(corpus.find("text")).audio) == 0


def test_a_film_without_a_face_keeps_its_sound_and_says_so(
    media: Path, manifest_of: Clips, tmp_path: Path
) -> None:
    manifest = manifest_of(media, film=("film-0.mp4", "film-0.mp4"), mute=("face-0.png", None))
    corpus = prepare(manifest, tmp_path / "p", ClipSettings(size=16))
    assert corpus.find("film").problems == ("no face",)
    assert corpus.find("film").usable
    assert not corpus.find("mute").usable
    assert "no face found" in corpus.find("mute").problems[0]


@pytest.mark.parametrize("again", [False, True])
def test_a_corpus_of_which_nothing_can_be_read_is_an_error_every_time(
    media: Path, manifest_of: Clips, settings: ClipSettings, tmp_path: Path, again: bool
) -> None:
    (media / "empty.wav").write_bytes(b"")
    manifest = manifest_of(media, empty=(None, "empty.wav"))
    for _ in range(1 + again):
        with pytest.raises(
            CorpusError, match=r"none of 1 clips could be read; first: .*empty\.wav"
        ):
            prepare(manifest, tmp_path / "p", settings)


def test_a_mended_file_is_read_again(
    media: Path, manifest_of: Clips, settings: ClipSettings, tmp_path: Path
) -> None:
    whole = (media / "voice-0.wav").read_bytes()
    (media / "voice-0.wav").write_bytes(b"")
    manifest = manifest_of(media, a=(None, "voice-0.wav"), b=(None, "voice-1.wav"))
    assert len(prepare(manifest, tmp_path / "p", settings).problems()) == 1
    (media / "voice-0.wav").write_bytes(whole)
    assert len(prepare(manifest, tmp_path / "p", settings).problems()) == 0


def test_a_detector_that_is_not_there_blames_no_clip(
    three: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(settings: ClipSettings) -> None:
        raise MediaError(f"the model of '{settings.detector}' is not installed")

    monkeypatch.setattr(prepare_module, "detector_of", missing)
    with pytest.raises(MediaError, match="not installed"):
        prepare(three, tmp_path / "p", ClipSettings(size=16))
    assert not (tmp_path / "p").exists()


def test_a_folder_with_other_things_in_it_is_refused_and_left_alone(
    three: Manifest, settings: ClipSettings, tmp_path: Path
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"holds other files \(thesis.tex"):
        prepare(three, tmp_path / "p", settings)
    assert [path.name for path in (tmp_path / "p").iterdir()] == ["thesis.tex"]
    with pytest.raises(CorpusError, match="is a file; name an empty or new folder"):
        prepare(three, tmp_path / "p" / "thesis.tex", settings)


@pytest.mark.parametrize("name", [VIDEO, JOURNAL])
def test_a_corpus_whose_data_are_gone_says_so_and_can_be_prepared_again(
    three: Manifest, settings: ClipSettings, tmp_path: Path, name: str
) -> None:
    prepare(three, tmp_path / "p", settings)
    (tmp_path / "p" / name).unlink()
    with pytest.raises(CorpusError, match="are gone; prepare it again"):
        PreparedCorpus(tmp_path / "p")
    assert len(prepare(three, tmp_path / "p", settings)) == 3


def test_an_unfinished_corpus_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no finished prepared corpus here"):
        PreparedCorpus(tmp_path)
    (tmp_path / "corpus.json").write_text("{", encoding="utf-8")
    with pytest.raises(CorpusError, match="not the description of a prepared corpus"):
        PreparedCorpus(tmp_path)


def test_an_unknown_clip_is_named(three: Manifest, settings: ClipSettings, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no clip named 'nobody'"):
        prepare(three, tmp_path / "p", settings).find("nobody")


def test_a_corpus_travels_to_other_processes_without_its_data(
    three: Manifest, settings: ClipSettings, tmp_path: Path
) -> None:
    corpus = prepare(three, tmp_path / "p", settings)
    first = corpus.read(corpus.clips[0])
    sent = pickle.loads(pickle.dumps(corpus))
    assert np.array_equal(sent.read(sent.clips[0]).frames, first.frames)
