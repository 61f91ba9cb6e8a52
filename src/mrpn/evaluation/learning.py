"""The sections of a report on training: learning curves, and the diary of the mechanism."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mrpn.evaluation.diary import diary_figure
from mrpn.evaluation.mechanism import mechanism_table, mechanism_view
from mrpn.evaluation.panels import curves_figure
from mrpn.evaluation.strategies import brief_of, ordered
from mrpn.evaluation.views import Picture, Section


def learning_section(
    history: pd.DataFrame,
    order: Sequence[str] | None = None,
    colours: Mapping[str, str] | None = None,
) -> Section:
    """Learning curves, a panel per strategy, in their own order and colours or in others."""
    names = list(order or ordered(history["strategy"]))
    panels = tuple(curves_figure(history, order=[name], colours=colours) for name in names)
    runs = history.groupby(["fold", "seed"]).ngroups
    words = (
        "Training: the clips as they were learned from, augmented where the recipe says so, while "
        "the weights went on changing. Validation: the clips held out, after each epoch; their "
        "loss is of the fused scores alone, while the training loss of a network with side losses "
        "is the sum of its terms, and stands higher for that."
    )
    caption = "Solid: validation. Dashed: training."
    if runs > 1:
        caption += " Thin lines are folds and seeds, the thick line is their mean."
    whole = curves_figure(history, order=names, colours=colours)
    picture = Picture("learning", caption, whole, panels, history)
    return Section("learning", "Learning curves", words, (picture,))


def diary_section(
    diary: pd.DataFrame, order: Sequence[str] | None = None, against: str | None = None
) -> Section:
    """Which gradients reach the branches in training, and what each branch keeps alone.

    Args:
        diary: as from `check_diary`; networks of one modality, which have but one term to learn
            from, are shown where there are no others.
        order: of its strategies; their own if None.
        against: the strategy whose branches those of the others are compared with, where it is
            there; none by default.
    """
    branches = diary.groupby("strategy")["modality"].transform("nunique")
    diary = diary[branches == branches.max()]
    words = (
        "At some batches of every epoch the gradients of the fused loss and of a branch's own side "
        "loss were taken apart, at the parameters of that branch: how large each is, and whether "
        "they pull the same way (cosine 1) or against each other (-1). After each epoch, what the "
        "branch's own share of the features scores on the validation clips, beside all together: "
        "by its own side scores where a network has them (N1, N2), else by the fused ones with all "
        "other branches at zero (N0, late fusion), which those were not trained for."
    )
    caption = "Medians over batches, folds and seeds, with quartiles; accuracies are means."
    if against not in set(diary["strategy"]):
        against = None
    if against is not None:
        words += (
            " The table says what is left of each branch in the end, and how far that is from what "
            f"the branch has in {brief_of(against)}, which has no side losses. That branch is "
            "measured with zeros in place of the others, as late fusion's are, which were trained "
            "alone: where late fusion keeps more, the branch is worse, or the fusion has come to "
            "lean on the others more. Only a probe of the branch's features tells the two apart."
        )
    picture = Picture("diary", caption, diary_figure(diary, order), data=diary)
    view = mechanism_view(mechanism_table(diary, order, against), against)
    return Section("diary", "A diary of the mechanism", words, (picture,), view)
