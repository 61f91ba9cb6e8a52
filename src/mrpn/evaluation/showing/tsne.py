"""t-SNE of features: how far networks part the classes for actors that they never met."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from sklearn.manifold import TSNE

from mrpn.evaluation.strategies import brief_of
from mrpn.evaluation.style import CLASS_LOOKS, short, style
from mrpn.evaluation.tables import TableError, require_columns
from mrpn.evaluation.views import Picture

KEYS = ("clip", "label", "fold", "row", "feature")
LEAST = 4
PERPLEXITY = 30.0
SIDE = 2.35


def embed_features(features: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Return each clip's place in the plane: the features' columns `KEYS`, then `x, y`.

    Each fold, row and feature is embedded by itself, its values standardised (t-SNE, van der
    Maaten & Hinton 2008; perplexity 30, or less where there are few clips).

    Args:
        features: `clip, label, fold, row, feature`, then `v0, v1, ...`; NaN beyond a feature's
            own width.
        seed: of the embedding.

    Raises:
        TableError: missing columns, or fewer than four clips to embed.
    """
    require_columns(features, KEYS, "features table")
    values = [str(name) for name in features.columns if str(name)[:1] == "v"]
    values = [name for name in values if name[1:].isdecimal()]
    if not values:
        raise TableError("features table: has no columns v0, v1, ...")
    parts = []
    for (fold, row, feature), part in features.groupby(["fold", "row", "feature"], sort=False):
        if len(part) < LEAST:
            raise TableError(
                f"features of {row}, {feature}, fold {fold}: {len(part)} clips are too few to embed"
            )
        table = part[values].dropna(axis=1, how="all").to_numpy("float64")
        if not table.size or not np.isfinite(table).all():
            raise TableError(f"features of {row}, {feature}, fold {fold}: some are no numbers")
        scale = table.std(axis=0)
        table = (table - table.mean(axis=0)) / np.where(scale > 0, scale, 1)
        perplexity = min(PERPLEXITY, (len(table) - 1) / 3)
        method = TSNE(perplexity=perplexity, init="random", random_state=seed)
        places = method.fit_transform(table)
        parts.append(part[list(KEYS)].assign(x=places[:, 0], y=places[:, 1]))
    return pd.concat(parts, ignore_index=True)


def tsne_picture(features: pd.DataFrame, *, seed: int = 0, stem: str = "tsne") -> Picture:
    """Draw features by t-SNE: a row of panels for each fold, a column for each network's feature.

    This is the paper's figure 4 (two folds, three models).

    Args:
        features: as of `embed_features`.
        seed: of the embedding.
        stem: name of its files.
    """
    found = embed_features(features, seed=seed)
    folds = list(dict.fromkeys(found["fold"]))
    models = list(dict.fromkeys(zip(found["row"], found["feature"], strict=True)))
    classes = list(dict.fromkeys(sorted(found["label"])))
    looks = {name: CLASS_LOOKS[place % len(CLASS_LOOKS)] for place, name in enumerate(classes)}
    with style():
        size = (SIDE * len(models) + 0.2, (SIDE + 0.1) * len(folds) + 0.6)
        figure = Figure(figsize=size, layout="constrained")
        grid = figure.subplots(len(folds), len(models), squeeze=False)
        for line, fold in zip(grid, folds, strict=True):
            for axes, (row, feature) in zip(line, models, strict=True):
                here = (found["fold"] == fold) & (found["row"] == row)
                part = found[here & (found["feature"] == feature)]
                for name, points in part.groupby("label"):
                    colour, marker = looks[str(name)]
                    axes.scatter(
                        points["x"], points["y"], s=13, color=colour, marker=marker, linewidths=0
                    )
                axes.set(xticks=[], yticks=[])
                axes.spines[:].set_visible(True)
                if fold == folds[0]:
                    axes.set_title(short(f"{brief_of(row)}: {feature}", 28), fontsize=8)
            line[0].set_ylabel(short(f"fold {fold}"))
        signs = [
            Line2D([], [], linestyle="", color=colour, marker=marker, markersize=4.5, label=name)
            for name, (colour, marker) in looks.items()
        ]
        figure.legend(handles=signs, loc="outside lower left", ncols=8, handletextpad=0.1)
    caption = (
        "Features of test clips by t-SNE, each panel by itself: distances between panels mean "
        "nothing (figure 4)."
    )
    return Picture(stem, caption, figure, data=found)
