"""The sign-flip test: could differences like these come of networks that are equally good?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mrpn.evaluation.tables import TableError

EXACT = 14
DRAWS = 20_000
_BLOCK = 100
_SLACK = 1e-12


@dataclass(frozen=True)
class SignFlips:
    """The ways in which the signs of `units` differences may be flipped.

    Attributes:
        signs: [flips, units] of -1 and 1.
        exact: whether these are all ways; else they are drawn, and the true signs count as one
            draw more.
    """

    signs: NDArray[np.float64]
    exact: bool


def sign_flips(units: int, *, draws: int = DRAWS, seed: int = 0) -> SignFlips:
    """Return all 2^units flips up to 14 units, else `draws` of them by a fixed seed.

    Args:
        units: number of differences, at least 1.
        draws: number of random flips where not all are tried, at least 1.
        seed: of the draws, so that a report computed twice says the same.
    """
    if units < 1 or draws < 1:
        raise TableError(f"no permutation test of {units} differences with {draws} draws")
    if units <= EXACT:
        bits = (np.arange(2**units)[:, None] >> np.arange(units)) & 1
        return SignFlips((1 - 2 * bits).astype(np.float64), exact=True)
    generator = np.random.default_rng(seed)
    signs = generator.choice(np.array([-1.0, 1.0]), size=(draws, units))
    return SignFlips(signs, exact=False)


def sign_flip_test(
    differences: ArrayLike, *, draws: int = DRAWS, seed: int = 0
) -> NDArray[np.float64]:
    """Return the two-sided mid-p-value of a mean difference of 0, by flipping signs.

    Were two networks equally good, each unit's difference would be as likely to have the other
    sign. Units are what is independent: folds, whose actors share the trained networks. The
    p-value is the share of flips whose mean is farther from 0 than the true one, and half the share
    of those as far (Lancaster 1961, Significance tests in discrete distributions). Differences of
    a few clips tie often, and counting ties whole calls equal networks different too seldom. The
    price is that the test is no longer exact: it holds its level on average only, and could in the
    worst case call twice as many (docs/statistics.md has what it calls in simulated studies).

    Args:
        differences: [units], or [studies, units] for many studies at once; those of a fold's
            actors are summed, so that every actor counts alike.
        draws, seed: as of `sign_flips`.

    Returns:
        [] or [studies], each at least `least_p` and below 1; 0.5 where no unit differs.

    Raises:
        TableError: no units, or a value that is not finite.
    """
    values = np.atleast_2d(np.asarray(differences, dtype=np.float64))
    if not values.size or not np.isfinite(values).all():
        raise TableError("no permutation test: the differences are empty or not finite")
    flips = sign_flips(values.shape[1], draws=draws, seed=seed)
    result = np.empty(len(values))
    for start in range(0, len(values), _BLOCK):
        part = values[start : start + _BLOCK]
        observed = np.abs(part.sum(axis=1))
        beyond = np.abs(part @ flips.signs.T) - observed[:, None]
        ties = (np.abs(beyond) <= _SLACK).sum(axis=1)
        count = (beyond > _SLACK).sum(axis=1) + ties / 2
        whole = len(flips.signs)
        shares = count / whole if flips.exact else (count + 0.5) / (whole + 1)
        result[start : start + _BLOCK] = shares
    return result.reshape(np.asarray(differences).shape[:-1])


def least_p(units: int, *, draws: int = DRAWS) -> float:
    """Return the least p-value that `sign_flip_test` can give.

    Args:
        units: number of differences, at least 1.
        draws: as of `sign_flips`.

    Returns:
        Up to 14 units 1 / 2^units: the true signs and their mirror tie, and are counted half.
    """
    return 2.0**-units if units <= EXACT else 0.5 / (draws + 1)
