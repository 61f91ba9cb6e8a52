"""The diary's table and its figure."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mrpn.evaluation.diary import check_diary, diary_figure, load_diary, save_diary
from mrpn.evaluation.learning import diary_section
from mrpn.evaluation.render import to_png, to_svg
from mrpn.evaluation.style import colour_of
from mrpn.evaluation.tables import TableError

NONE = math.nan


def rows(
    strategy: str, epoch: int, modality: str, *norms: tuple[float, float, float]
) -> list[dict]:
    place = {"strategy": strategy, "fold": "01", "seed": 0, "epoch": epoch, "modality": modality}
    noted = [
        {"batch": batch, "fused_norm": fused, "side_norm": side, "cosine": cosine}
        for batch, (fused, side, cosine) in enumerate(norms, 1)
    ]
    after = {"batch": 0, "alone": 0.25 * epoch, "together": 0.3 * epoch}
    nothing = dict.fromkeys(("fused_norm", "side_norm", "cosine", "alone", "together"), NONE)
    return [{**place, **nothing, **row} for row in (*noted, after)]


@pytest.fixture
def diary() -> pd.DataFrame:
    """Epoch 1 and 2 of N2: norms 1, 2, 9 and 4, 4, 4 of the voice's fused term."""
    found = []
    for epoch, fused in ((1, (1.0, 2.0, 9.0)), (2, (4.0, 4.0, 4.0))):
        found += rows("n2", epoch, "audio", *((value, 1.0, 0.5) for value in fused))
        found += rows("n2", epoch, "video", *((1.0, 1.0, -0.5) for _ in fused))
    return check_diary(pd.DataFrame(found))


def test_a_diary_survives_its_file(diary: pd.DataFrame, tmp_path: Path) -> None:
    for suffix in (".csv", ".parquet"):
        path = tmp_path / f"diary{suffix}"
        save_diary(diary, path)
        pd.testing.assert_frame_equal(load_diary(path), diary, check_dtype=suffix == ".csv")
        assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.drop(columns="cosine"), "lacks the column 'cosine'"),
        (lambda table: table.iloc[:0], "has no rows"),
        (lambda table: pd.concat([table, table.iloc[:1]]), "repeats an earlier one"),
        (lambda table: table.assign(batch=0.5), "'batch' is 0.5, not a whole number"),
        (lambda table: table.assign(alone="much"), "'alone' is 'much', not a finite number"),
    ],
)
def test_what_is_wrong_with_a_diary_is_one_line(change, said, diary: pd.DataFrame) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TableError, match=said) as error:
        check_diary(change(diary), "diary.csv")
    assert "\n" not in str(error.value)


def test_lines_are_medians_of_norms_and_cosines_and_the_accuracies(diary: pd.DataFrame) -> None:
    norms, cosines, accuracies = diary_figure(diary).axes
    voice = {"color": colour_of("am")}

    def lines(axes, **look):  # type: ignore[no-untyped-def]
        found = [line for line in axes.lines if line.get_color() == look["color"]]
        return [np.asarray(line.get_ydata(), float).tolist() for line in found]

    assert lines(norms, **voice) == [[2.0, 4.0], [1.0, 1.0]]
    assert lines(cosines, **voice) == [[0.5, 0.5]]
    assert lines(accuracies, **voice) == [[0.25, 0.5]]
    # Quartiles of 1, 2, 9 are 1.5 and 5.5.
    band = norms.collections[0].get_paths()[0].vertices
    at_first = band[band[:, 0] == 1][:, 1]
    assert (at_first.min(), at_first.max()) == (1.5, 5.5)
    assert norms.yaxis.get_major_formatter()(10.0) == "10"
    written = [label.get_text() for label in norms.get_yticklabels(which="both")]
    assert not any("$" in text for text in written)


def test_strategies_without_gradients_or_side_terms_say_so(diary: pd.DataFrame) -> None:
    late = diary[diary["batch"] == 0].assign(strategy="late")
    stopped = diary.assign(strategy="n0", fused_norm=0.0, side_norm=NONE, cosine=NONE)
    figure = diary_figure(pd.concat([diary, late, stopped], ignore_index=True))
    said = [[text.get_text() for text in axes.texts] for axes in figure.axes]
    reason, other = "no gradient reaches the branches", "no two terms to compare"
    assert said == [[reason], [reason], [], [other], [other], [], [], [], []]
    titles = [axes.get_title("left") for axes in figure.axes[:3]]
    assert titles == ["Late fusion", "N0, joint training", "N2, MRPN"]


def test_more_than_three_go_on_below_in_the_given_order_on_the_same_scales(
    diary: pd.DataFrame,
) -> None:
    names = ["N2", "N1", "N0", "late"]
    louder = diary["fused_norm"] * 1000
    tables = [diary.assign(strategy=name) for name in names[:3]]
    tables.append(diary.assign(strategy="late", fused_norm=louder))
    figure = diary_figure(pd.concat(tables, ignore_index=True), ["nobody", *names])
    shown = [axes for axes in figure.axes if axes.axison]
    assert len(shown) == 3 * len(names)
    assert [axes.get_title("left") for axes in shown if axes.get_title("left")] == [
        "N2",
        "N1",
        "N0",
        "Late fusion",
    ]
    norms = [axes for axes in shown if axes.get_yscale() == "log"]
    assert len({axes.get_ylim() for axes in norms}) == 1
    assert norms[0].get_ylim()[1] > 1000
    assert figure.get_figwidth() < 11


def test_networks_of_one_modality_are_shown_where_there_are_no_others(
    diary: pd.DataFrame,
) -> None:
    voice = diary[diary["modality"] == "audio"].assign(strategy="am")
    both = diary_section(pd.concat([diary, voice], ignore_index=True))
    assert set(both.pictures[0].data["strategy"]) == {"n2"}
    assert set(diary_section(voice).pictures[0].data["strategy"]) == {"am"}


def test_the_figure_is_drawn_as_svg_and_png_and_the_legend_is_within_it(
    diary: pd.DataFrame,
) -> None:
    svg = to_svg(diary_figure(diary))
    assert svg == to_svg(diary_figure(diary))
    for words in ("norm of the gradient", "branch: voice", "own side term", "all together"):
        assert words in svg
    assert to_png(diary_figure(diary), 60).startswith(b"\x89PNG")
    figure = diary_figure(diary)
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent()
    assert legend.x1 <= figure.bbox.x1


def test_an_empty_diary_has_no_figure(diary: pd.DataFrame) -> None:
    with pytest.raises(TableError, match="no strategy to draw"):
        diary_figure(diary.iloc[:0])
