"""A result as table, subtitles, figure, film and JSON: exact on a timeline made by hand."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from mrpn.common.errors import ConfigError
from mrpn.recognition import Moment, Person, Recognition
from mrpn.recognition.cells import cells
from mrpn.recognition.figure import timeline_figure
from mrpn.recognition.saving import save
from mrpn.recognition.subtitles import stretches


def moment(start: float, face: int | None, happy: float, voice: float | None = None) -> Moment:
    probabilities = {"happy": happy, "sad": 1 - happy}
    alone = {"video": probabilities}
    if voice is not None:
        alone["audio"] = {"happy": voice, "sad": 1 - voice}
    return Moment(
        answer="happy" if happy >= 0.5 else "sad",
        probabilities=probabilities,
        alone=alone,
        labels=("happy",),
        start=start,
        end=start + 4,
        face=face,
        box=None if face is None else (1.0, 2.0, 3.0, 4.0),
        face_share=1.0,
        speech=0.5,
        voice="own",
    )


@pytest.fixture
def result() -> Recognition:
    """Face 1 in windows at 0, 1, 2 and 9 s; face 2 at 0 s."""
    moments = (
        moment(0, 1, 0.8, voice=0.1),
        moment(0, 2, 0.4),
        moment(1, 1, 0.7),
        moment(2, 1, 0.2),
        moment(9, 1, 0.2),
    )
    answer = {"answer": "happy", "probabilities": {"happy": 0.6, "sad": 0.4}, "labels": ("happy",)}
    person = Person(**answer, alone={}, face=1, first=0.0, last=12.0, share=0.5)
    return Recognition(
        **answer,
        alone={"video": {"happy": 0.6, "sad": 0.4}},
        source="a/clip.mp4",
        problems=("no sound",),
        duration=13.0,
        timeline=moments,
        people=(person, Person(**answer, alone={}, face=2, first=0.0, last=4.0, share=0.3)),
    )


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


def test_the_table_has_a_row_per_window_and_face(result: Recognition) -> None:
    table = result.table()
    assert table["face"].tolist() == [1, 2, 1, 1, 1]
    assert table["p_happy"].tolist() == [0.8, 0.4, 0.7, 0.2, 0.2]
    assert table["voice_happy"].tolist()[0] == 0.1
    assert table["voice_happy"].isna().tolist() == [False, True, True, True, True]
    assert table[["x0", "y1"]].iloc[0].tolist() == [1.0, 4.0]


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


def test_the_figure_has_two_axes_per_face_and_the_classes(result: Recognition) -> None:
    figure = timeline_figure(result)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Face 1", "", "Face 2", ""]
    legend = figure.legends[0]
    entries = [text.get_text() for text in legend.get_texts()]
    assert entries == ["happy", "sad", "face and voice\ndisagree"]


def test_the_legend_explains_only_the_marks_that_are_drawn(result: Recognition) -> None:
    def entries(*moments: Moment) -> list[str]:
        drawn = timeline_figure(replace(result, timeline=moments, people=result.people[:1]))
        return [text.get_text() for text in drawn.legends[0].get_texts()][2:]

    assert entries(moment(0, 1, 0.8)) == []
    unsure = {"happy": 0.4, "sad": 0.35, "angry": 0.25}
    pale = replace(moment(0, 1, 0.8), alone={"video": unsure})
    colours_of_all = replace(
        result,
        probabilities=unsure,
        timeline=(replace(pale, probabilities=unsure),),
        people=result.people[:1],
    )
    texts = timeline_figure(colours_of_all).legends[0].get_texts()
    assert [text.get_text() for text in texts][3:] == ["pale: unsure,\nbelow 50 %"]


def test_the_line_of_disagreement_is_between_the_areas_and_the_title(result: Recognition) -> None:
    short = replace(result, timeline=result.timeline[:1], people=result.people[:1], duration=4.0)
    figure = timeline_figure(short)
    figure.draw_without_rendering()
    areas = figure.axes[0]
    (line,) = areas.get_lines()
    title = next(t for t in areas.findobj(Text) if t.get_text() == "Face 1")
    line_box, title_box = line.get_window_extent(), title.get_window_extent()
    assert areas.get_window_extent().y1 < line_box.y0
    assert line_box.y1 < title_box.y0


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


def test_what_cannot_be_saved_is_one_line(result: Recognition, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a\.doc: results are written as \.csv"):
        save(tmp_path / "a.doc", [result])
    with pytest.raises(ConfigError, match=r"holds one recording, there are 2; write .*\{name\}"):
        save(tmp_path / "a.srt", [result, result])
    save(tmp_path / "a.csv", [result, result])
    assert len(pd.read_csv(tmp_path / "a.csv")) == 10
