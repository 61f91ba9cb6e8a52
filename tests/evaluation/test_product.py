"""The product of posteriors is Bayes' rule, joined by clip."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrpn.evaluation import TableError, build_predictions, product_of_posteriors


def posterior(
    rows: dict[str, list[float]], strategy: str, *, fold: str = "f", label: str = "a"
) -> pd.DataFrame:
    return build_predictions(
        clips=list(rows),
        actors=["1"] * len(rows),
        labels=[label] * len(rows),
        probabilities=list(rows.values()),
        classes=["a", "b"],
        fold=fold,
        strategy=strategy,
        seed=1,
    )


def test_two_posteriors_and_a_prior_by_hand_whatever_the_row_order() -> None:
    voice = posterior({"x": [0.6, 0.4], "y": [0.2, 0.8]}, "am")
    face = posterior({"y": [0.5, 0.5], "x": [0.9, 0.1]}, "vm")
    fused = product_of_posteriors(voice, face, prior={"a": 1, "b": 3}).set_index("clip")
    assert fused.loc["x", "p_a"] == pytest.approx((0.54 / 0.25) / (0.54 / 0.25 + 0.04 / 0.75))
    assert fused.loc["y", "p_a"] == pytest.approx((0.1 / 0.25) / (0.1 / 0.25 + 0.4 / 0.75))
    assert set(fused["strategy"]) == {"product"}
    assert set(fused["seed"]) == {1}


def test_a_clip_that_one_modality_lacks_is_decided_by_the_other() -> None:
    voice = posterior({"x": [0.6, 0.4], "y": [0.3, 0.7]}, "am")
    face = posterior({"x": [0.9, 0.1], "z": [0.2, 0.8]}, "vm")
    fused = product_of_posteriors(voice, face, prior={"a": 1, "b": 3}).set_index("clip")
    assert list(fused.index) == ["x", "y", "z"]
    assert fused.loc["y", "p_a"] == pytest.approx(0.3)
    assert fused.loc["z", "p_a"] == pytest.approx(0.2)


@settings(max_examples=12, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.99))
def test_a_posterior_equal_to_the_prior_adds_nothing(
    first: float, second: float, prior: float
) -> None:
    voice = posterior({"x": [first, 1 - first]}, "am")
    face = posterior({"x": [second, 1 - second]}, "vm")
    flat = posterior({"x": [prior, 1 - prior]}, "vm")
    shares = {"a": prior, "b": 1 - prior}
    alone = product_of_posteriors(voice, flat, prior=shares)
    assert alone["p_a"].iloc[0] == pytest.approx(first, abs=1e-9)
    both = product_of_posteriors(voice, face, prior=shares)["p_a"].iloc[0]
    swapped = product_of_posteriors(face, voice, prior=shares)["p_a"].iloc[0]
    assert np.isfinite(both)
    assert both == pytest.approx(swapped)


@pytest.mark.parametrize(
    ("face", "prior", "line"),
    [
        (posterior({"x": [1, 0]}, "vm", fold="g"), None, "only one table has fold 'f' with seed 1"),
        (posterior({"z": [1, 0]}, "vm"), None, "no clip in common in fold 'f'"),
        (posterior({"x": [1, 0]}, "vm", label="b"), None, "'x' has two values of 'label'"),
        (posterior({"x": [1, 0]}, "vm"), {"a": 1.0}, "the prior of 'b' must be above 0"),
    ],
)
def test_tables_that_do_not_fit_are_one_clear_line(
    face: pd.DataFrame, prior: dict[str, float] | None, line: str
) -> None:
    with pytest.raises(TableError, match=line):
        product_of_posteriors(posterior({"x": [0.5, 0.5]}, "am"), face, prior=prior)
