"""What keeps a run out of the package is one line, and the package stays as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from mrpn.common.files import write_json

TOOL = Path(__file__).resolve().parents[2] / "weights" / "add.py"


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--name", "Face_Small"), "'Face_Small' is no name for weights; take small letters, "),
        (("--corpus", "ravdess"), "--corpus ravdess: write it as NAME=FOLDER"),
        ((), "{place}/prepared: no finished prepared corpus here"),
        (("--corpus", "ravdess={place}/gone"), "{place}/gone: there is no such folder"),
    ],
)
def test_what_cannot_be_added_is_one_line(tmp_path, more, line):
    write_json(tmp_path / "package" / "registry.json", [])
    given = [sys.executable, TOOL, tmp_path / "run", "--name", "face", "--line", "faces"]
    given += ["--data", tmp_path / "prepared", "--out", tmp_path / "package"]
    given += [text.format(place=tmp_path) for text in more]
    ran = subprocess.run(given, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    (said,) = ran.stderr.splitlines()
    assert said.startswith(f"error: {line.format(place=tmp_path)}")
    assert [path.name for path in (tmp_path / "package").iterdir()] == ["registry.json"]
