"""Which weights are taken where none are named."""

from mrpn.common.errors import WeightsError
from mrpn.weights import shipped_weights
from mrpn.weights.registry import HOW


def default_weights() -> str:
    """Return the name of the first shipped weights that take face and voice to emotion.

    Raises:
        WeightsError: none are installed.
    """
    for name, (entry, _) in shipped_weights().items():
        if entry.kind.startswith("N") and entry.kind.endswith("audio, video"):
            return name
    raise WeightsError(
        f"no weights for face and voice are installed; name a file with --weights, or: {HOW}"
    )
