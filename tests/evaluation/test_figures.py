"""Figures are drawn for usual and odd tables, the same each time, in colours all can tell apart."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mrpn.evaluation import TableError, actor_scores, score_table
from mrpn.evaluation.figures import accuracy_figure, dots_figure
from mrpn.evaluation.panels import calibration_figure, confusion_figure, curves_figure
from mrpn.evaluation.render import save_figure, to_png, to_svg
from mrpn.evaluation.style import STRATEGY_COLOURS, colour_of, short
from mrpn.evaluation.summary import bound_table, confusions

# Linear RGB as people see it who lack the red, or the green, cones.
DEFICIENCIES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip
TO_CONES = [[0.41222147, 0.53633254, 0.05144599], [0.21190350, 0.68069955, 0.10739696],
            [0.08830246, 0.28171884, 0.62997871]]  # fmt: skip
TO_OKLAB = [[0.21045426, 0.79361779, -0.00407205], [1.97799850, -2.42859221, 0.45059371],
            [0.02590404, 0.78277177, -0.80867577]]  # fmt: skip


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    return TO_OKLAB @ np.cbrt(np.clip(np.array(TO_CONES) @ rgb, 0, None))


@pytest.mark.parametrize("kind", DEFICIENCIES)
def test_the_colour_blind_can_tell_every_two_strategies_apart(kind: str) -> None:
    seen = [oklab(np.array(DEFICIENCIES[kind]) @ linear(c)) for c in STRATEGY_COLOURS.values()]
    distances = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    assert min(distances) > 0.08


def test_every_strategy_colour_stands_out_from_white_paper() -> None:
    for colour in STRATEGY_COLOURS.values():
        luminance = linear(colour) @ [0.2126, 0.7152, 0.0722]
        assert 1.05 / (luminance + 0.05) >= 2.9


def test_an_unknown_strategy_keeps_one_colour_and_long_names_are_cut() -> None:
    assert colour_of("mine") == colour_of("mine")
    assert short("a\nb") == "a b"
    assert short("x" * 50, 10) == "x" * 9 + "…"


def test_figures_are_the_same_bytes_each_time(study: pd.DataFrame) -> None:
    scores = score_table(study)
    bounds = bound_table(scores, {"both": 0.9})
    first, second = (to_svg(accuracy_figure(scores, chance=0.5, bounds=bounds)) for _ in range(2))
    assert first == second
    assert ">Voice alone<" in first


def test_confusion_panels_show_shares_and_a_dash_for_an_absent_class() -> None:
    counts = {"am": np.array([[1, 3], [0, 0]])}
    svg = to_svg(confusion_figure(counts, ["calm", "never"]))
    assert ">25<" in svg
    assert ">75<" in svg
    assert svg.count(">–<") == 2


def test_many_classes_are_drawn_without_numbers() -> None:
    names = [f"class{place}" for place in range(13)]
    svg = to_svg(confusion_figure({"am": np.eye(13, dtype=np.int64)}, names))
    assert ">100<" not in svg


def test_dots_leave_out_what_was_not_tested(study: pd.DataFrame) -> None:
    scores = actor_scores(study)
    scores.loc["1"] = np.nan
    assert to_png(dots_figure(scores)).startswith(b"\x89PNG")


def test_curves_with_gaps_one_epoch_and_mathematical_names(history: pd.DataFrame) -> None:
    odd = history.assign(strategy=r"$\frac{<b>")
    assert r"$\frac{&lt;b&gt;" in to_svg(curves_figure(odd))
    assert "<svg" in to_svg(curves_figure(history[history["epoch"] == 0]))


def test_curves_come_in_the_order_and_the_colours_asked_for(history: pd.DataFrame) -> None:
    tints = {"n2": "#123456", "am": "#654321"}
    svg = to_svg(curves_figure(history, order=["n2", "am"], colours=tints))
    assert 0 < svg.index("N2, MRPN") < svg.index("Voice alone")
    assert all(tint in svg for tint in tints.values())
    alone = to_svg(curves_figure(history, order=["am"]))
    assert "N2, MRPN" not in alone
    assert STRATEGY_COLOURS["am"] in alone


def test_every_strategy_has_a_panel(study: pd.DataFrame) -> None:
    svg = to_svg(confusion_figure(confusions(study), ["calm", "happy", "sad"], columns=2))
    assert [svg.count(f">{name}<") for name in ("Voice alone", "Face alone", "N2, MRPN")] == [1] * 3


def test_figures_are_saved_by_suffix(tmp_path: Path, study: pd.DataFrame) -> None:
    figure = accuracy_figure(score_table(study))
    save_figure(figure, tmp_path / "a.svg")
    save_figure(figure, tmp_path / "a.png")
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(TableError, match=r"saved as \.svg or \.png"):
        save_figure(figure, tmp_path / "a.bmp")
    with pytest.raises(TableError, match="no strategy to draw"):
        confusion_figure({}, ["a"])


def test_dots_that_would_hide_one_another_make_way() -> None:
    wide = pd.DataFrame(
        {"am": [0.50, 0.3], "n0": [0.70, np.nan], "n1": [0.701, 0.72], "n2": [0.70, 0.6]},
        index=["A", "B"],
    )
    (axes,) = dots_figure(wide).axes
    found = [np.asarray(part.get_offsets()) for part in axes.collections]
    first = {name: spots[0] for name, spots in zip(wide.columns, found, strict=True)}
    assert first["am"][1] == 0
    assert len({float(first[name][1]) for name in ("n0", "n1", "n2")}) == 3
    assert [first[name][0] for name in wide.columns] == wide.loc["A"].to_list()
    assert all(spots[1][1] == 1 for spots in found)
    assert axes.get_xlim() == pytest.approx((0.2, 0.8))


def test_an_axis_of_dots_ends_at_nothing_and_at_everything() -> None:
    (axes,) = dots_figure(pd.DataFrame({"am": [0.0, 1.0]}, index=["A", "B"])).axes
    assert axes.get_xlim() == (0, 1)
    (axes,) = dots_figure(pd.DataFrame({"am": [np.nan]}, index=["A"])).axes
    assert axes.get_xlim() == (0, 1)


def test_a_bin_of_few_clips_is_no_dot_of_calibration() -> None:
    table = pd.DataFrame(
        {"confidence": [0.2, 0.5, 0.9], "accuracy": [1.0, 0.5, 0.8], "clips": [1, 30, 90]}
    )
    (axes,) = calibration_figure({"n2": table}, {"n2": "#123456"}).axes
    (dots,) = axes.collections
    assert np.asarray(dots.get_offsets()).tolist() == [[0.5, 0.5], [0.9, 0.8]]
    small, large = dots.get_sizes()
    assert large == pytest.approx(3 * small)
    (axes,) = calibration_figure({"n2": table.assign(clips=[1, 2, 2])}, {"n2": "#123456"}).axes
    assert len(axes.collections[0].get_offsets()) == 2
