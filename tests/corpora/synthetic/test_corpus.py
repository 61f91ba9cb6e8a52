"""The corpus on disk: RAVDESS's names, the same whatever interrupted or shared the work."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from mrpn.common.errors import CorpusError
from mrpn.common.files import file_digest
from mrpn.corpora.synthetic import (
    SyntheticSettings,
    draw_latents,
    read_latents,
    read_settings,
    read_synthetic,
    synthesize,
)
from mrpn.media import probe, read_audio

SMALL = SyntheticSettings(
    actors=2,
    emotions=("neutral", "happy", "sad"),
    repetitions=(1,),
    size=(96, 96),
    frame_rate=6,
    duration=(0.6, 0.8),
)


def digests(folder):
    return {
        str(path.relative_to(folder)): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic")
    synthesize(folder, SMALL, workers=1)
    return folder


def test_it_reads_back_as_a_ravdess_tree(made):
    manifest = read_synthetic(made)
    assert (manifest.name, manifest.kind) == ("synthetic", "synthetic")
    assert manifest.classes == ("neutral", "happy", "sad")
    assert manifest.counts() == {"neutral": 4, "happy": 8, "sad": 8}
    assert manifest.actors_by_sex() == {"male": ("1",), "female": ("2",)}
    record = manifest.records[0]
    assert record.id == "01-01-01-01-01-01-01"
    assert record.video == record.audio == "Actor_01/01-01-01-01-01-01-01.mp4"
    assert any("ceiling given the latent cues" in note for note in manifest.notes)


def test_the_files_are_real_clips(made):
    path = made / "Actor_02" / "01-01-03-02-01-01-02.mp4"
    info = probe(path)
    assert (info.has_video, info.has_audio) == (True, True)
    assert (info.width, info.height) == (96, 96)
    assert 0.5 < info.duration < 1.0
    assert abs(read_audio(path)).max() > 0.02


def test_the_truth_lies_beside_the_clips(made):
    assert read_settings(made) == SMALL
    assert read_latents(made) == draw_latents(SMALL)
    stored = json.loads((made / "synthetic.json").read_text())
    assert set(stored) == {"bayes", "digest", "settings"}


def test_two_processes_make_the_same_bytes(made, tmp_path):
    synthesize(tmp_path, SMALL, workers=2)
    assert digests(tmp_path) == digests(made)


def test_what_was_lost_is_made_again_and_the_rest_is_kept(made):
    before = digests(made)
    kept = made / "Actor_01" / "01-01-01-01-01-01-01.mp4"
    written = kept.stat().st_mtime_ns
    (made / "Actor_01" / "01-01-03-01-01-01-01.mp4").unlink()
    (made / "latents.csv").unlink()
    (made / "Actor_01" / ".01-01-03-01-01-01-01.9.partial.mp4").write_bytes(b"half")
    synthesize(made, SMALL, workers=1)
    assert digests(made) == before
    assert kept.stat().st_mtime_ns == written


def test_a_killed_run_is_completed_to_the_same_result(made, tmp_path):
    script = (
        "from pathlib import Path; import sys; from mrpn.common.config import validate\n"
        "from mrpn.corpora.synthetic import SyntheticSettings, synthesize\n"
        "import json; settings = validate(SyntheticSettings, json.loads(sys.argv[2]), 'test')\n"
        "synthesize(Path(sys.argv[1]), settings, workers=1)"
    )
    command = [sys.executable, "-c", script, str(tmp_path), SMALL.model_dump_json()]
    with subprocess.Popen(command) as process:
        deadline = time.monotonic() + 30
        while len(list(tmp_path.glob("Actor_*/[0-9]*.mp4"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    assert len(list(tmp_path.glob("Actor_*/[0-9]*.mp4"))) >= 2
    synthesize(tmp_path, SMALL, workers=1)
    assert digests(tmp_path) == digests(made)


def test_other_settings_are_refused_unless_they_may_replace(tmp_path):
    first = SMALL.model_copy(update={"emotions": ("neutral", "sad"), "statements": (1,)})
    second = first.model_copy(update={"intensities": (1,)})
    synthesize(tmp_path, first, workers=1)
    with pytest.raises(CorpusError, match="of other settings"):
        synthesize(tmp_path, second, workers=1)
    assert len(read_synthetic(tmp_path).records) == 6
    assert len(synthesize(tmp_path, second, workers=1, replace=True).records) == 4


def test_clips_that_are_not_synthetic_are_left_alone(tmp_path):
    real = tmp_path / "Actor_01" / "01-01-01-01-01-01-01.mp4"
    real.parent.mkdir()
    real.write_bytes(b"precious")
    with pytest.raises(CorpusError, match=r"no synthetic\.json"):
        synthesize(tmp_path, SMALL, replace=True)
    assert real.read_bytes() == b"precious"


def test_a_folder_without_a_corpus_is_named(tmp_path):
    with pytest.raises(CorpusError, match="no synthetic corpus here"):
        read_synthetic(tmp_path)
    (tmp_path / "synthetic.json").write_text("{")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_settings(tmp_path)
    (tmp_path / "synthetic.json").write_text("[]")
    with pytest.raises(CorpusError, match="not the description"):
        read_settings(tmp_path)
    with pytest.raises(CorpusError, match="synthesise again"):
        read_latents(tmp_path)
