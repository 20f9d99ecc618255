"""95 % confidence intervals of shares. Numbers only."""

import numpy as np
from numpy.typing import NDArray

#: Standard errors on each side of a 95 % confidence interval.
Z95 = 1.96

Numbers = NDArray[np.float64]


def wilson(hits: Numbers, units: Numbers) -> tuple[Numbers, Numbers]:
    """Ends of the interval of the share of hits among units of a random sample, each of the shape of `hits`.

    NaN without units.
    Wilson (1927), Journal of the American Statistical Association 22, 209–212.
    """
    squared = Z95**2
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = (hits + squared / 2) / (units + squared)
        half = Z95 / (units + squared) * np.sqrt(hits * (units - hits) / units + squared / 4)
    # What cannot be is cut off, though only rounding ever leads there.
    return np.where(hits == 0, half * 0, centre - half), np.where(hits == units, 1 + half * 0, centre + half)
