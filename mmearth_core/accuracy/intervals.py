"""95 % confidence intervals that stay within what is possible, and have a width however the sample turned out.

One random sample: Wilson (1927), Journal of the American Statistical Association 22, 209–212. Sums over strata: the
limits of the strata put together as their variances are (Zou & Donner 2008, Statistics in Medicine 27, 1693–1702), and
likewise shares of one sum in two (Donner & Zou 2012, Statistical Methods in Medical Research 21, 347–359). Of one
stratum all of them are Wilson's. Shares of what is known in size: Wilson's with as many units as the sample is worth
(Korn & Graubard 1998, Survey Methodology 24, 193–201). Numbers only.
"""

from dataclasses import dataclass

import numpy as np

from mmearth_core.intervals import Numbers, wilson


@dataclass(frozen=True)
class Total:
    """An estimated total and the ends of its interval."""

    value: float
    low: float
    high: float


def total(hits: Numbers, units: Numbers, sizes: Numbers) -> Total:
    """The size of all hits: of so many units of each stratum (strata,), which is so large."""
    if not len(sizes):
        return Total(0.0, 0.0, 0.0)
    share = hits / units
    low, high = wilson(hits, units)
    value = float(sizes @ share)
    below, above = (float(np.sqrt(((sizes * part) ** 2).sum())) for part in (share - low, high - share))
    return Total(value, max(0.0, value - below), min(float(sizes.sum()), value + above))


def share_of_known(share: float, error: float | None, expansion: Numbers, size: float) -> tuple[float, float]:
    """Ends of the interval of a share of what is `size` large, of which some units (units,) stand for `expansion`.

    What of it no unit stands for may be all of it or none. `error`: standard error of the share, where it is known.
    """
    stood_for = float(expansion.sum())
    worth = stood_for**2 / float(expansion @ expansion)
    if error and 0 < share < 1:
        worth = min(worth, share * (1 - share) / error**2)
    low, high = (float(end) for end in wilson(np.array(share * worth), np.array(worth)))
    seen = min(1.0, stood_for / size) if size > 0 else 1.0
    return low * seen, high * seen + 1 - seen


def share_of(part: Total, rest: Total, correlation: float) -> tuple[float, float]:
    """Ends of the interval of part ÷ (part + rest), whose estimates have that correlation."""
    return _least_share(part, rest, correlation), 1 - _least_share(rest, part, correlation)


def _least_share(part: Total, rest: Total, correlation: float) -> float:
    """The share s at which the upper end of the interval of s·rest − (1 − s)·part is 0, solved for the odds."""
    if part.high == 0:
        return 0.0
    if rest.high == 0:
        return 1.0
    below, above = part.value - part.low, rest.high - rest.value
    middle = part.value * rest.value - correlation * below * above
    constant = part.value**2 - below**2
    root = middle**2 - (rest.value**2 - above**2) * constant
    divisor = middle + max(0.0, root) ** 0.5
    odds = constant / divisor if divisor > 0 else 0.0
    return odds / (1 + odds)
