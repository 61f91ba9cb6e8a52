"""Pictures of inputs and features hold what they are given."""

import numpy as np
import pandas as pd
import pytest

from mrpn.evaluation import TableError
from mrpn.evaluation.render import to_png, to_svg
from mrpn.evaluation.showing import (
    augmentation_picture,
    embed_features,
    slices_picture,
    spectrogram_picture,
    tsne_picture,
)


def features(clips: int = 24) -> pd.DataFrame:
    """Two folds, three networks; three classes far apart, of six values and of four."""
    generator = np.random.default_rng(0)
    lines = []
    for fold in ("A1,2", "A9,10"):
        for row, feature, width in (("AM", "audio f", 6), ("VM", "video f", 4), ("N2", "f'", 6)):
            for clip in range(clips):
                centre = 20.0 * np.eye(6)[clip % 3, :width]
                values = centre + generator.normal(size=width)
                line = {"clip": str(clip), "label": "chs"[clip % 3], "fold": fold}
                line |= {"row": row, "feature": feature}
                lines.append(line | {f"v{place}": value for place, value in enumerate(values)})
    return pd.DataFrame(lines)


def test_classes_that_lie_apart_stay_apart_in_the_plane() -> None:
    found = embed_features(features())
    assert len(found) == 2 * 3 * 24
    for _, part in found.groupby(["fold", "row"]):
        places = part[["x", "y"]].to_numpy()
        distance = np.linalg.norm(places[:, None] - places[None], axis=-1)
        np.fill_diagonal(distance, np.inf)
        nearest = part["label"].to_numpy()[distance.argmin(axis=1)]
        assert (nearest == part["label"].to_numpy()).mean() > 0.9


def test_the_same_seed_gives_the_same_plane_and_another_another() -> None:
    table = features(9)
    first, again, other = (embed_features(table, seed=seed) for seed in (0, 0, 1))
    assert first.equals(again)
    assert not first["x"].equals(other["x"])


def test_the_figure_has_a_row_a_fold_and_a_column_a_model() -> None:
    picture = tsne_picture(features(9))
    panels = list(picture.whole.axes)
    assert len(panels) == 6
    assert [axes.get_title(loc="left") for axes in panels[:3]] == [
        "AM: audio f",
        "VM: video f",
        "N2: f'",
    ]
    assert [axes.get_ylabel() for axes in panels[::3]] == ["fold A1,2", "fold A9,10"]
    assert picture.data is not None
    assert list(picture.data.columns[-2:]) == ["x", "y"]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        (features(3), "3 clips are too few"),
        (features().drop(columns="row"), "lacks the column 'row'"),
        (features()[["clip", "label", "fold", "row", "feature"]], "no columns v0"),
        (features().assign(v0=[np.nan, *[1.0] * 143]), "some are no numbers"),
    ],
)
def test_features_that_cannot_be_embedded_are_one_line(table: pd.DataFrame, line: str) -> None:
    with pytest.raises(TableError, match=line):
        embed_features(table)


def test_spectrograms_share_one_scale_and_their_csv_has_every_value() -> None:
    picture = spectrogram_picture({"a": np.zeros((4, 3)), "b": np.full((4, 3), 2.0)})
    images = [axes.images[0] for axes in picture.whole.axes if axes.images]
    assert [image.get_clim() for image in images] == [(0, 2), (0, 2)]
    assert picture.data is not None
    assert picture.data.shape == (8, 5)
    assert picture.data["t2"].to_list() == [0.0] * 4 + [2.0] * 4


def test_axes_of_spectrograms_are_those_of_the_segments() -> None:
    hertz = spectrogram_picture({"a": np.zeros((4, 3))}, seconds=0.64, highest=4.0)
    bands = spectrogram_picture({"a": np.zeros((4, 3))}, highest=None)
    for picture, edge, label in ((hertz, 4.0, "kHz"), (bands, 4, "mel band")):
        axes = picture.whole.axes[0]
        assert axes.get_ylim() == (0, edge)
        assert axes.get_ylabel() == label
    assert hertz.whole.axes[0].get_xlim() == (0, 0.64)
    assert hertz.caption.startswith("Segments of 0.64 s, 4 frequencies x 3 times")
    assert "4 mel bands" in bands.caption


def test_strips_show_every_frame_and_slices_their_times() -> None:
    frames = np.arange(3 * 4 * 4 * 3, dtype=np.uint8).reshape(3, 4, 4, 3)
    strips = augmentation_picture({"as recorded": frames, "drawn once": frames[:2]})
    assert sum(len(axes.images) for axes in strips.whole.axes) == 5
    assert strips.data is not None
    assert strips.data["frame"].to_list() == [0, 1, 2, 0, 1]
    slices = slices_picture(frames[..., 0], 3.0, [(0.0, 1.5), (1.0, 3.0)])
    assert slices.data is not None
    assert slices.data["end"].to_list() == [1.5, 3.0]
    assert to_png(slices.whole).startswith(b"\x89PNG")
    assert "as recorded" in to_svg(strips.whole)


@pytest.mark.parametrize(
    ("draw", "line"),
    [
        (lambda: spectrogram_picture({}), "one or more"),
        (lambda: spectrogram_picture({"a": np.zeros(4)}), "frequencies, times"),
        (lambda: augmentation_picture({}), "no strips"),
        (lambda: augmentation_picture({"a": np.zeros((0, 4, 4), np.uint8)}), "a: frames"),
        (lambda: slices_picture(np.zeros((2, 4, 4), np.uint8), 2.0, [(1, 3)]), "of 2 s"),
        (lambda: slices_picture(np.zeros((2, 4, 4), np.uint8), 0.0, []), "of 0 s"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(draw, line: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(TableError, match=line):
        draw()
