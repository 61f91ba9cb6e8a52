"""A remark on weights that ship: on the card and in the registry, the file as it was."""

import shutil
import subprocess
import sys
from pathlib import Path

from mrpn.weights import read_registry

ROOT = Path(__file__).resolve().parents[2] / "weights"
TOOL = ROOT / "remark.py"


def remark(folder: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    given = [sys.executable, str(TOOL), name, text, "--folder", str(folder)]
    return subprocess.run(given, capture_output=True, text=True, check=False)


def test_a_remark_stands_on_the_card_and_goes_again(tmp_path):
    folder = tmp_path / "package"
    shutil.copytree(ROOT / "mrpn_weights", folder)
    before = read_registry(folder / "registry.json")
    assert remark(folder, "voice-small", "Heard once.").returncode == 0
    after = read_registry(folder / "registry.json")
    assert after["voice-small"].remarks == "Heard once."
    assert after["voice-small"].sha256 == before["voice-small"].sha256
    assert after["face-small"] == before["face-small"]
    assert "## Learned since\n\nHeard once.\n" in (folder / "voice-small.md").read_text("utf-8")
    assert remark(folder, "voice-small", "").returncode == 0
    assert "Learned since" not in (folder / "voice-small.md").read_text("utf-8")


def test_an_unknown_name_is_one_line(tmp_path):
    shutil.copytree(ROOT / "mrpn_weights", tmp_path / "package")
    ran = remark(tmp_path / "package", "nobody", "Heard once.")
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [
        "error: no weights are called 'nobody' here; known: face-small, face-voice-small, "
        "voice-mel, voice-small"
    ]


def test_a_card_that_cannot_be_written_is_one_line(tmp_path):
    folder = tmp_path / "package"
    shutil.copytree(ROOT / "mrpn_weights", folder)
    (folder / "voice-small.md").unlink()
    (folder / "voice-small.md").mkdir()
    ran = remark(folder, "voice-small", "Heard once.")
    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert line.startswith("error: ")
    assert line.endswith(": Is a directory")
