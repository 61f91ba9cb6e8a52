"""The picture of calibration shows the bins as they are."""

import pandas as pd
import pytest

from mrpn.evaluation.calibration import reliability
from mrpn.evaluation.reliability import reliability_figure
from mrpn.evaluation.tables import TableError


def test_bars_are_as_high_as_bins_are_right_and_full() -> None:
    bins = reliability(["a", "a", "b"], [[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]], ["a", "b"], 10)
    upper, lower = reliability_figure(bins, "vm").axes
    assert [bar.get_height() for bar in upper.patches] == pytest.approx([0.0, 1.0])
    assert [bar.get_height() for bar in lower.patches] == pytest.approx([1 / 3, 2 / 3])
    centres = [bar.get_x() + bar.get_width() / 2 for bar in upper.patches]
    assert centres == pytest.approx([0.75, 0.85])
    assert upper.lines[0].get_xydata().tolist() == [[0, 0], [1, 1]]


def test_no_bin_is_no_picture() -> None:
    with pytest.raises(TableError, match="no bin"):
        reliability_figure(pd.DataFrame(), "vm")
