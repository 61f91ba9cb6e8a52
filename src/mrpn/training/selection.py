"""What the validation clips of a run decide, in words: for reports, results and model cards."""

from mrpn.corpora.folds import Protocol
from mrpn.training.recipe import Optimisation, Plateau, Select

_EPOCHS: dict[Select, str] = {
    "best": "the epoch of least loss",
    "best-accuracy": "the epoch of highest accuracy",
}
_BY: dict[Protocol, str] = {
    "strict": "other clips than those scored",
    "paper": "the scored actors themselves, as in the paper's tables: optimistic",
}


def is_optimistic(protocol: Protocol, settings: Optimisation) -> bool:
    """Return whether the clips that are scored had a say in what network is scored."""
    return protocol == "paper" and (settings.select != "last" or _steps(settings))


def describe_selection(protocol: Protocol, settings: Optimisation) -> str:
    """Return how the network that is scored is chosen."""
    steps = "the rate's steps" if _steps(settings) else ""
    chosen = " and ".join(filter(None, (_EPOCHS.get(settings.select), steps)))
    if not chosen:
        return "the last epoch of a fixed schedule, which no clips chose"
    kept = "the last epoch; " if settings.select == "last" else ""
    return f"{kept}{chosen} chosen by {_BY[protocol]}"


def _steps(settings: Optimisation) -> bool:
    """Whether the rate goes by the validation loss."""
    return isinstance(settings.schedule, Plateau)
