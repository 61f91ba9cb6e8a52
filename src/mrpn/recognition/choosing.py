"""Which weights are taken where none are named."""

from mrpn.common.errors import WeightsError
from mrpn.weights import shipped_weights
from mrpn.weights.registry import why_none


def default_weights() -> str:
    """Return the name of the first shipped weights that take face and voice to emotion.

    Raises:
        WeightsError: none are installed.
    """
    for name, (entry, _) in shipped_weights().items():
        if entry.kind.startswith("N") and entry.kind.endswith("audio, video"):
            return name
    found = ", ".join(shipped_weights())
    reason = f"of those installed ({found}) none take face and voice" if found else why_none()
    raise WeightsError(f"{reason}; name a file of your own with --weights: 'mrpn train' makes it")
