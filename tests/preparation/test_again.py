"""Preparing again: what is kept, what is done anew, who may, and what a full disk leaves."""

import errno
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock

from mrpn.common.errors import CorpusError
from mrpn.common.isolation import Lost
from mrpn.corpora.manifest import ClipRecord, Manifest
from mrpn.corpora.synthetic import render_clip
from mrpn.media import ClipSettings, read_clip, write_video
from mrpn.preparation import estimate
from mrpn.preparation import prepare as prepare_corpus
from mrpn.preparation.entry import Entry
from mrpn.preparation.prepare import LOCK, SPOOL, Plan
from mrpn.preparation.store import StoreWriter

prepare_module = sys.modules["mrpn.preparation.prepare"]
reading_module = sys.modules["mrpn.preparation.reading"]
prepare = partial(prepare_corpus, workers=0)
Clips = Callable[..., Manifest]


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory, manifest_of: Clips) -> Manifest:
    """A drawn talking face of a second."""
    root = tmp_path_factory.mktemp("talking")
    clip = render_clip("happy", duration=1.0)
    write_video(root / "a.mp4", clip.frames, clip.rate, clip.audio)
    return manifest_of(root, a=("a.mp4", "a.mp4"))


def test_other_crops_are_cut_without_looking_for_faces_again(
    talking: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ClipSettings(size=32, frame_rate=5)
    corpus = prepare(talking, tmp_path / "p", first)
    faces = corpus.faces(corpus.clips[0])
    assert faces is not None
    assert len(faces.tracks) == 1
    before = corpus.read(corpus.clips[0])

    def blind(*_: Any) -> None:
        pytest.fail("a detector was asked")

    monkeypatch.setattr("mrpn.media.faces.retinaface.RetinaFace.detect", blind)
    second = first.model_copy(update={"size": 48, "margin": 1.6})
    again = prepare(talking, tmp_path / "p", second)
    clip = again.read(again.clips[0])
    assert clip.frames.shape[1:] == (48, 48, 3)
    np.testing.assert_array_equal(clip.times, before.times)
    np.testing.assert_array_equal(clip.boxes, before.boxes)


def test_crops_cut_again_are_those_of_a_fresh_start(talking: Manifest, tmp_path: Path) -> None:
    small, large = ClipSettings(size=32), ClipSettings(size=40)
    prepare(talking, tmp_path / "p", small)
    again = prepare(talking, tmp_path / "p", large)
    fresh = prepare(talking, tmp_path / "q", large)
    assert again.digest == fresh.digest
    for name in ("video.bin", "audio.bin", "journal.jsonl", "faces.jsonl"):
        assert (tmp_path / "p" / name).read_bytes() == (tmp_path / "q" / name).read_bytes()


def test_other_detection_looks_again(talking: Manifest, tmp_path: Path) -> None:
    prepare(talking, tmp_path / "p", ClipSettings(size=32))
    before = (tmp_path / "p" / "faces.jsonl").read_bytes()
    prepare(talking, tmp_path / "p", ClipSettings(size=32, detect_every=1))
    after = (tmp_path / "p" / "faces.jsonl").read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == 2


def test_jpeg_crops_are_close_to_the_film_and_small(talking: Manifest, tmp_path: Path) -> None:
    settings = ClipSettings(size=64)
    kept = prepare(talking, tmp_path / "jpeg", settings)
    raw = prepare(talking, tmp_path / "raw", settings, form="raw")
    exact = read_clip(talking.root / "a.mp4", None, settings).frames
    np.testing.assert_array_equal(raw.read(raw.clips[0]).frames, exact)
    difference = kept.read(kept.clips[0]).frames.astype(int) - exact
    assert np.sqrt(np.mean(difference**2)) < 2.0
    sizes = [(tmp_path / name / "video.bin").stat().st_size for name in ("jpeg", "raw")]
    assert sizes[0] < sizes[1] / 4


def test_a_crash_or_a_hang_is_a_row_and_the_rest_goes_on(
    media: Path,
    manifest_of: Clips,
    settings: ClipSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def losing(function: Any, tasks: list[Any], **_: Any) -> Iterator[Any]:
        for number, task in enumerate(tasks):
            yield Lost("took longer than 120 s") if number == 1 else function(task)

    monkeypatch.setattr(prepare_module, "run_isolated", losing)
    manifest = manifest_of(media, **{f"c{i}": (None, f"voice-{i}.wav") for i in range(3)})
    corpus = prepare_corpus(manifest, tmp_path / "p", settings, workers=1)
    assert [clip.usable for clip in corpus.clips] == [True, False, True]
    (reason,) = corpus.problems()["reason"]
    assert reason == (
        f"{media / 'voice-1.wav'}: took longer than 120 s; the same command tries it again"
    )
    monkeypatch.undo()
    again = prepare(manifest, tmp_path / "p", settings)
    assert [clip.usable for clip in again.clips] == [True, True, True]


@pytest.mark.parametrize(
    ("error", "tried_again"),
    [
        (OSError(errno.EIO, "Input/output error"), True),
        (KeyError("DISPLAYMATRIX"), False),
    ],
)
def test_any_error_of_a_reader_costs_its_file_alone_and_the_systems_are_tried_again(
    media: Path,
    manifest_of: Clips,
    settings: ClipSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    tried_again: bool,
) -> None:
    stream = reading_module.stream_clip

    def failing(video: Any, audio: Path, *given: Any, **named: Any) -> Any:
        if audio.name == "voice-1.wav":
            raise error
        return stream(video, audio, *given, **named)

    manifest = manifest_of(media, **{f"c{i}": (None, f"voice-{i}.wav") for i in range(2)})
    with monkeypatch.context() as patched:
        patched.setattr(reading_module, "stream_clip", failing)
        corpus = prepare(manifest, tmp_path / "p", settings)
    (reason,) = corpus.problems()["reason"]
    assert f"voice-1.wav: cannot be read ({type(error).__name__}" in reason
    again = prepare(manifest, tmp_path / "p", settings)
    assert again.find("c1").usable is tried_again


def test_another_model_file_of_the_same_name_looks_for_faces_again(
    media: Path, manifest_of: Clips, tmp_path: Path
) -> None:
    manifest = manifest_of(media, film=("film-0.mp4", None))
    model = tmp_path / "model.onnx"
    plans = []
    for content in (b"1", b"2"):
        model.write_bytes(content)
        settings = ClipSettings(detector="yunet", model=str(model))
        plans.append(Plan.of(manifest, settings, "jpeg"))
    (first,), (second,) = (plan.faces_keys.values() for plan in plans)
    assert first != second
    assert plans[0].specification != plans[1].specification


def test_two_processes_do_not_write_into_one_folder(
    talking: Manifest, settings: ClipSettings, tmp_path: Path
) -> None:
    (tmp_path / "p").mkdir()
    with (
        FileLock(tmp_path / "p" / LOCK),
        pytest.raises(CorpusError, match="another process is preparing this corpus"),
    ):
        prepare(talking, tmp_path / "p", settings)
    assert prepare(talking, tmp_path / "p", settings).clips[0].usable


def test_a_full_disk_is_one_line_and_keeps_what_was_read(
    media: Path,
    manifest_of: Clips,
    settings: ClipSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    append, done = StoreWriter.append, []

    def filling(store: StoreWriter, entry: Entry, files: Mapping[str, Path]) -> None:
        if len(done) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        done.append(entry)
        append(store, entry, files)

    manifest = manifest_of(media, **{f"c{i}": (None, f"voice-{i}.wav") for i in range(3)})
    with monkeypatch.context() as patched:
        patched.setattr(StoreWriter, "append", filling)
        with pytest.raises(CorpusError, match="the disk is full; make room and run it again"):
            prepare(manifest, tmp_path / "p", settings)
    read: list[Any] = []
    source = prepare_module.read_source
    monkeypatch.setattr(prepare_module, "read_source", lambda t: read.append(t) or source(t))
    assert len(prepare(manifest, tmp_path / "p", settings)) == 3
    assert len(read) == 1


def test_nothing_but_the_corpus_is_left_behind(
    talking: Manifest, settings: ClipSettings, tmp_path: Path
) -> None:
    prepare(talking, tmp_path / "p", settings)
    assert not (tmp_path / "p" / SPOOL).exists()
    assert sum(1 for _ in (tmp_path / "p").iterdir()) == 9


def test_arrays_are_prepared_beside_media(
    media: Path, settings: ClipSettings, tmp_path: Path
) -> None:
    pulse = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.savez(media / "a.npz", pulse=pulse, gaze=np.ones(4))
    records = (
        ClipRecord("both", "calm", "1", None, None, "voice-0.wav", arrays="a.npz"),
        ClipRecord("alone", "calm", "2", None, None, None, arrays="a.npz"),
        ClipRecord("none", "calm", "3", None, None, "voice-1.wav"),
    )
    corpus = prepare(Manifest("m", media, ("calm",), records), tmp_path / "p", settings)
    assert corpus.array_widths() == {"gaze": 4, "pulse": 2}
    both, alone, none = corpus.clips
    np.testing.assert_array_equal(corpus.arrays(both)["pulse"], pulse)
    np.testing.assert_array_equal(corpus.arrays(alone)["gaze"], np.ones((1, 4)))
    assert corpus.arrays(none) == {}
    assert [clip.has("pulse") for clip in corpus.clips] == [True, True, False]
    assert [clip.has("audio") for clip in corpus.clips] == [True, False, True]
    assert all(clip.usable for clip in corpus.clips)


def test_arrays_that_cannot_be_read_are_a_row(
    media: Path, settings: ClipSettings, tmp_path: Path
) -> None:
    (media / "bad.npz").write_bytes(b"PK\x03\x04 no more")
    np.savez(media / "good.npz", pulse=np.ones((2, 2)))
    records = tuple(
        ClipRecord(name, "calm", "1", None, None, None, arrays=f"{name}.npz")
        for name in ("bad", "good")
    )
    corpus = prepare(Manifest("m", media, ("calm",), records), tmp_path / "p", settings)
    assert [clip.usable for clip in corpus.clips] == [False, True]
    assert "bad.npz" in corpus.problems()["reason"][0]


def test_an_estimate_counts_what_is_left_and_writes_nothing(
    media: Path, manifest_of: Clips, settings: ClipSettings, tmp_path: Path
) -> None:
    (media / "broken.mp4").write_bytes(b"no film at all")
    films = {f"f{i}": (f"film-{i}.mp4", f"film-{i}.mp4") for i in range(3)}
    stills = {f"s{i}": (f"face-{i}.png", None) for i in range(3)}
    manifest = manifest_of(media, **films, **stills, broken=("broken.mp4", None))
    found = estimate(manifest, tmp_path / "p", settings, workers=1)
    assert not (tmp_path / "p").exists()
    assert (found.sources, found.ready, found.broken) == (7, 0, 1)
    assert found.media_seconds == pytest.approx(0.5 + 0.6 + 0.7, abs=0.2)
    assert found.seconds > 0
    kept = prepare(manifest, tmp_path / "p", settings).summary()["bytes"]
    assert 0.3 * kept < found.disk < 3 * kept
    done = estimate(manifest, tmp_path / "p", settings, workers=1)
    assert (done.ready, done.disk, done.seconds) == (7, 0, 0)
