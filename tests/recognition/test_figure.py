"""A timeline drawn: its parts on a timeline made by hand, and bars of a still image."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from made_up_timeline import moment, two_faces
from mrpn.common.errors import ConfigError
from mrpn.recognition import Moment, Recognition
from mrpn.recognition.figure import timeline_figure


@pytest.fixture
def result() -> Recognition:
    return two_faces()


def test_a_still_image_is_drawn_as_bars_of_the_answer_and_of_each_modality_alone(
    result: Recognition, tmp_path: Path
) -> None:
    moments = tuple(
        replace(moment(0, face, happy, voice=voice), end=0.0)
        for face, happy, voice in ((1, 0.8, 0.1), (2, 0.4, None))
    )
    still = replace(result, source="a.jpg", duration=0.0, timeline=moments)
    figure = timeline_figure(still)
    widths = [[bar.get_width() for bar in axes.patches] for axes in figure.axes]
    assert widths[0] == pytest.approx([0.8, 0.8, 0.1, 0.2, 0.2, 0.9])
    assert widths[1] == pytest.approx([0.4, 0.4, 0, 0.6, 0.6, 0])
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Face 1", "Face 2"]
    entries = [text.get_text() for text in figure.legends[0].get_texts()]
    assert entries == ["face alone", "voice alone"]
    still.plot(tmp_path / "a.png")
    drawn = np.asarray(Image.open(tmp_path / "a.png").convert("RGB"))
    assert (drawn == (27, 36, 48)).all(axis=2).sum() > 1000


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


def test_a_plot_is_never_written_over_its_picture(result: Recognition, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"a photograph")
    with pytest.raises(ConfigError, match=r"photo\.png: is a recording itself"):
        replace(result, source=str(photo), duration=0.0).plot(photo)
    assert photo.read_bytes() == b"a photograph"
