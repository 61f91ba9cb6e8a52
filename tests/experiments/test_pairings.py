"""Two pairings compared: fold by fold, against the product of each."""

from pathlib import Path

import pandas as pd
import pytest
from pairings import RESULTS, as_markdown, by_fold, compare_pairings, main

from mrpn.common.errors import MrpnError
from mrpn.evaluation import build_predictions
from mrpn.evaluation.intervals import DIFFERENCE, t_interval

FOLDS = ["A1,2", "A3,4", "A5,6"]


def accuracies(product: list[float], n2: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"am": [0.4] * 3, "product": product, "n2": n2}, index=FOLDS)


def test_gains_are_on_the_product_of_their_own_pairing() -> None:
    first = accuracies([0.5, 0.6, 0.7], [0.5, 0.7, 0.6])
    second = accuracies([0.4, 0.5, 0.6], [0.6, 0.6, 0.6]).loc[FOLDS[::-1]]
    voice, product, n2 = compare_pairings(first, second).to_dict("records")
    assert voice["class"] == pytest.approx(0.4)
    assert product["clarity"] == pytest.approx(0.5)
    assert n2["class_gain"] == pytest.approx(0.0)
    assert n2["clarity_gain"] == pytest.approx(0.1)
    # Fold by fold: 0.2 - 0, 0.1 - 0.1, 0 + 0.1.
    assert n2["change"] == pytest.approx(0.1)
    low, high = t_interval([0.2, 0.0, 0.1], limits=DIFFERENCE)
    assert (n2["change_low"], n2["change_high"]) == pytest.approx((low, high))
    page = as_markdown(compare_pairings(first, second))
    assert "| voice | 40.0 | 40.0 |  |  |  |  |" in page
    assert "| N2 | 60.0 | 60.0 | +0.0 (" in page


def test_other_folds_are_refused() -> None:
    first = accuracies([0.5] * 3, [0.6] * 3)
    with pytest.raises(MrpnError, match="different folds"):
        compare_pairings(first, first.iloc[:2])


def test_seeds_are_averaged() -> None:
    tables = [
        build_predictions(
            clips=["a", "b"],
            actors=["1", "2"],
            labels=["happy", "sad"],
            probabilities=[[0.9, 0.1], [0.9, 0.1] if seed else [0.2, 0.8]],
            classes=("happy", "sad"),
            fold="A1,2",
            strategy="n2",
            seed=seed,
        )
        for seed in (0, 1)
    ]
    assert by_fold(pd.concat(tables)).to_dict() == {"n2": {"A1,2": 0.75}}


def test_what_is_kept_comes_of_the_runs_that_are_kept(tmp_path: Path) -> None:
    kept = RESULTS / "composite-ravdess-fer2013-clarity"
    for path in kept.glob("*/*/*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(kept)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    main(["--by-clarity", str(tmp_path)])
    assert (tmp_path / "pairings.md").read_text() == (kept / "pairings.md").read_text()
