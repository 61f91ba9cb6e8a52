"""The specification of a network's input, out of the header of its weights."""

from pathlib import Path

from pydantic import ValidationError

from mrpn.common.config import describe
from mrpn.common.errors import WeightsError
from mrpn.inputs import Preprocessing
from mrpn.weights.header import WeightsHeader


def preprocessing_of(path: Path, header: WeightsHeader) -> Preprocessing:
    """Return how the input of a network is made.

    Args:
        path: of the weights, for the error's line.
        header: of the weights.

    Raises:
        WeightsError: the header does not say it, or in no way that this version understands.
    """
    if not header.preprocessing:
        raise WeightsError(
            f"{path}: does not say how its input is made; save it again with `preprocessing` in "
            "its header"
        )
    try:
        return Preprocessing.model_validate(header.preprocessing)
    except ValidationError as error:
        raise WeightsError(
            f"{path}: its preprocessing cannot be read: {describe(error)}"
        ) from error
