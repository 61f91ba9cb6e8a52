"""A study is kept with its report, and without the places of the machine that ran it."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from keep_study import main, renamed

from mrpn.common.errors import MrpnError

KEPT = Path(__file__).parents[2] / "experiments" / "results" / "composite-frozen"


def test_places_become_names_and_the_longest_place_comes_first() -> None:
    names = [("/data", "DATA"), ("/data/faces", "FACES/"), ("out/x", "runs")]
    found = renamed(
        ["mrpn crossval s.yaml /data --option faces=/data/faces", "report out/x"], names
    )
    assert found == ["mrpn crossval s.yaml DATA --option faces=FACES/", "report runs"]


@pytest.mark.parametrize(
    "command",
    ["mrpn report /home/me/x", "mrpn crossval --option faces=/home/me/x", "mrpn '/home/me/x'"],
)
def test_a_place_without_a_name_is_refused(command: str) -> None:
    with pytest.raises(MrpnError, match=r"^/home/me/x: a place of this machine; name it by --name"):
        renamed([command], [])


def test_what_is_kept_is_what_the_report_needs(tmp_path: Path) -> None:
    study = tmp_path / "composite-frozen"
    shutil.copytree(KEPT, study, ignore=shutil.ignore_patterns("report"))
    record = json.loads((study / "study.json").read_text("utf-8"))
    record["commands"] = ["mrpn crossval /home/me/voices"]
    (study / "study.json").write_text(json.dumps(record), encoding="utf-8")
    main([str(study), "--name", "/home/me/voices=RAVDESS/", "--out", str(tmp_path / "out")])
    kept = tmp_path / "out" / "composite-frozen"
    for name in ("predictions.parquet", "features.parquet"):
        pd.testing.assert_frame_equal(pd.read_parquet(kept / name), pd.read_parquet(KEPT / name))
    page = (kept / "report" / "report.html").read_text("utf-8")
    assert "mrpn crossval RAVDESS/" in page
    assert "/home/me" not in page
