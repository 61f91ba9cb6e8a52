"""A result as table, subtitles and JSON: exact on a timeline made by hand."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from made_up_timeline import moment, two_faces
from mrpn.common.errors import ConfigError
from mrpn.recognition import Moment, Recognition
from mrpn.recognition.cells import cells
from mrpn.recognition.saving import save
from mrpn.recognition.subtitles import stretches


@pytest.fixture
def result() -> Recognition:
    return two_faces()


def test_windows_stand_for_the_time_between_their_middles(result: Recognition) -> None:
    ones = [m for m in result.timeline if m.face == 1]
    assert cells(ones) == [(0, 2.5), (2.5, 3.5), (3.5, 6), (9, 13)]
    assert cells(ones[:1]) == [(0, 4)]


def test_face_and_voice_disagree_only_where_both_are_sure(result: Recognition) -> None:
    first = result.timeline[0]
    assert (first.disagree, first.disagreement) == (True, pytest.approx(0.7))
    assert not moment(0, 1, 0.8, voice=0.6).disagree
    assert (result.timeline[2].disagree, result.timeline[2].disagreement) == (False, 0.0)


def test_stretches_join_windows_of_one_answer(result: Recognition) -> None:
    found = [(s.start, s.end, s.face, s.answer) for s in stretches(result)]
    assert found == [
        (0, 3.5, 1, "happy"),
        (0, 4, 2, "sad"),
        (3.5, 6, 1, "sad"),
        (9, 13, 1, "sad"),
    ]


def test_subtitles_of_another_form_or_of_a_still_image_are_one_line(result: Recognition) -> None:
    with pytest.raises(ConfigError, match="subtitles are srt or vtt, not ass"):
        result.subtitles("ass")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="a still image has no time for subtitles"):
        replace(result, duration=0.0).subtitles()


def test_subtitles_are_srt_and_webvtt(result: Recognition) -> None:
    srt = result.subtitles()
    assert srt.startswith(
        "1\n00:00:00,000 --> 00:00:03,500\n"
        "face 1: happy (75 %, face and voice disagree)\nface 2: sad (60 %)\n\n2\n"
    )
    assert srt.count("-->") == 4
    assert result.subtitles("vtt").startswith("WEBVTT\n\n00:00:00.000 --> 00:00:03.500\nface 1")


def test_subtitles_are_those_of_each_time_and_take_time_by_its_length(result: Recognition) -> None:
    rng = np.random.default_rng(0)
    moments = tuple(
        replace(moment(start, face, float(rng.random())), end=start + 1.5)
        for start in range(9000)
        for face in (1, 2, None)
        if rng.random() < 0.8
    )
    long = replace(result, duration=9000.0, timeline=moments)
    began = time.process_time()
    shown = long.subtitles().split("\n\n")
    assert time.process_time() - began < 4
    found = stretches(long)
    assert len(shown) > 12_000
    for block in [shown[n] for n in rng.integers(0, len(shown), 200)]:
        _, times, *lines = block.strip().split("\n")
        left, right = (seconds(stamp) for stamp in times.split(" --> "))
        here = [s for s in found if s.start < right - 1e-6 and s.end > left + 1e-6]
        assert [line.split(" (")[0] for line in lines] == [
            f"{'voice' if s.face is None else f'face {s.face}'}: {s.answer}" for s in here
        ]


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.replace(",", ".").split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def test_the_table_has_a_row_per_window_and_face(result: Recognition) -> None:
    table = result.table()
    assert table["face"].tolist() == [1, 2, 1, 1, 1]
    assert table["p_happy"].tolist() == [0.8, 0.4, 0.7, 0.2, 0.2]
    assert table["voice_happy"].tolist()[0] == 0.1
    assert table["voice_happy"].isna().tolist() == [False, True, True, True, True]
    assert table[["x0", "y1"]].iloc[0].tolist() == [1.0, 4.0]


def test_the_timeline_is_looked_through_a_few_times_however_long_it_is(
    result: Recognition,
) -> None:
    class Counted(tuple):
        looks = 0

        def __iter__(self) -> Iterator[Moment]:
            Counted.looks += 1
            return super().__iter__()

    replace(result, timeline=Counted(result.timeline * 20)).table()
    assert Counted.looks <= 3


def test_times_in_a_csv_keep_three_decimals_after_hours(
    result: Recognition, tmp_path: Path
) -> None:
    late = replace(moment(12345.678, 1, 0.123456789), end=123456.789)
    save(tmp_path / "a.csv", [replace(result, timeline=(late,))])
    table = pd.read_csv(tmp_path / "a.csv", dtype=str)
    assert table.loc[0, ["start", "end", "p_happy"]].tolist() == [
        "12345.678",
        "123456.789",
        "0.123457",
    ]


def test_json_is_plain_and_complete(result: Recognition) -> None:
    values = json.loads(result.to_json())
    assert (values["label"], values["used"], values["problems"]) == (
        "happy",
        ["video"],
        ["no sound"],
    )
    assert [row["start"] for row in values["timeline"]] == [0, 0, 1, 2, 9]
    assert values["timeline"][0]["alone"]["audio"] == {"happy": 0.1, "sad": 0.9}
    assert [person["face"] for person in values["people"]] == [1, 2]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".srt", ".vtt", ".png", ".svg"])
def test_results_are_saved_by_suffix(result: Recognition, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    save(path, [result])
    if suffix in (".csv", ".parquet"):
        read = pd.read_csv if suffix == ".csv" else pd.read_parquet
        assert np.allclose(read(path)["p_happy"], result.table()["p_happy"])
    else:
        start = {".json": b"[\n", ".srt": b"1\n", ".vtt": b"WEBVTT", ".png": b"\x89PNG"}
        assert path.read_bytes().startswith(start.get(suffix, b"<?xml"))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".srt", ".vtt", ".png", ".svg"])
@pytest.mark.parametrize("name", [b"2024-01-01T12:30", b"b\xfcro"], ids=["a time", "not UTF-8"])
def test_results_of_oddly_named_recordings_are_saved(
    result: Recognition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, name: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    stem = os.fsdecode(name)
    save(Path(f"{stem}{suffix}"), [replace(result, source=f"{stem}.mp4")])
    assert [os.fsencode(each.name) for each in Path().iterdir()] == [name + suffix.encode()]
    text = name.decode(errors="backslashreplace")
    if suffix in (".csv", ".parquet"):
        read = pd.read_csv if suffix == ".csv" else pd.read_parquet
        with Path(f"{stem}{suffix}").open("rb") as file:
            assert set(read(file)["source"]) == {f"{text}.mp4"}
    elif suffix == ".json":
        assert json.loads(Path(f"{stem}.json").read_text())[0]["source"] == f"{text}.mp4"


def test_what_cannot_be_saved_is_one_line(result: Recognition, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.doc: results are written as \.csv"):
        save(tmp_path / "a.doc", [result])
    with pytest.raises(ConfigError, match=r"holds one recording, there are 2; write .*\{name\}"):
        save(tmp_path / "a.srt", [result, result])
    save(tmp_path / "a.csv", [result, result])
    assert len(pd.read_csv(tmp_path / "a.csv")) == 10
